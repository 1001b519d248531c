// Reads the hub's configuration: YAML with ${ENV} and ${file:/path} filled in, secrets never printed; ${path:name} is a
// file's place, told from the configuration's own. An `include` at the top level takes lists (units, statutes) and
// sources from files beside it.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { HubError } from '../errors.ts';
import { type HubConfig, hubConfig } from './hub.ts';
import type { ConfigPlaces, Place } from './places.ts';
import { readYaml } from './yaml.ts';

interface Filling {
  readonly folder: string;
  /** Which setting was filled in from where. */
  readonly filled: Record<string, readonly Place[]>;
}

const fill = (text: string, at: string, { folder, filled }: Filling): string =>
  text.replace(/\$\{([^}]+)\}/g, (_, name: string) => {
    if (name.startsWith('path:')) return resolve(folder, name.slice(5));
    const file = name.startsWith('file:') ? resolve(folder, name.slice(5)) : undefined;
    const place: Place = file === undefined ? { kind: 'environment', at: name } : { kind: 'file', at: file };
    filled[at] = [...(filled[at] ?? []), place];
    const value =
      file === undefined ? process.env[name] : existsSync(file) ? readFileSync(file, 'utf8').trimEnd() : undefined;
    if (value === undefined)
      throw new HubError({
        code: 'config/missing-secret',
        fault: 'config',
        message: `${at}: \${${name}} is not there.`,
        hint:
          file === undefined ? `Set the environment variable ${name}.` : 'Create the file, readable by this process.',
      });
    return value;
  });

const fillAll = (value: unknown, at: string, filling: Filling): unknown => {
  if (typeof value === 'string') return fill(value, at, filling);
  if (Array.isArray(value)) return value.map((element, n) => fillAll(element, `${at}[${n}]`, filling));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, fillAll(inner, at === '' ? name : `${at}.${name}`, filling)]),
  );
};

interface Included {
  readonly sources?: object;
}

const filesOf = (part: unknown, path: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys((part as Included | null)?.sources ?? {}).map((source) => [source, path]));

/** `include: [units.yaml, nexus.yaml]`: each file is an object whose names are taken over; sources are put together. */
const withIncludes = (raw: unknown, path: string): { readonly raw: unknown; readonly files: ConfigPlaces['files'] } => {
  if (raw === null || typeof raw !== 'object' || !('include' in raw)) return { raw, files: filesOf(raw, path) };
  const { include, ...own } = raw as { include: unknown } & Record<string, unknown>;
  const files = Array.isArray(include) ? include : [include];
  const paths = files.map((file) => resolve(dirname(path), String(file)));
  const parts = paths.map((file) => readYaml(file) as Included);
  const mine = own as Included;
  // The file's own sources come first and win.
  const sources = Object.assign({}, mine.sources, ...parts.map((part) => part.sources), mine.sources);
  return {
    raw: Object.assign({}, ...parts, own, { sources }),
    files: Object.assign({}, ...paths.map((file, n) => filesOf(parts[n], file)), filesOf(mine, path)),
  };
};

/** Checks plain data against the configuration's schema. @throws HubError naming every field and what it should be. */
export const parseConfig = (raw: unknown, name: string): HubConfig => {
  const result = hubConfig.safeParse(raw);
  if (result.success) return result.data;
  const lines = result.error.issues.slice(0, 20).map((issue) => {
    const unknown = issue.code === 'unrecognized_keys' ? ` (${issue.keys.join(', ')})` : '';
    return `${name}: ${issue.path.join('.') || '(top)'}: ${issue.message}${unknown}`;
  });
  throw new HubError({
    code: 'config/invalid',
    fault: 'config',
    message: lines.join('\n'),
    hint: 'Correct the configuration file; README.md lists every setting.',
  });
};

export const loadConfig = (path: string): HubConfig => {
  const folder = dirname(path);
  const readAt = new Date();
  const { raw, files } = withIncludes(readYaml(path), path);
  const filled: Record<string, readonly Place[]> = {};
  const config = parseConfig(fillAll(raw, '', { folder, filled }), path.split('/').at(-1) ?? path);
  return {
    ...config,
    mappingFolders: config.mappingFolders.map((own) => resolve(folder, own)),
    places: { readAt, files, filled },
  };
};
