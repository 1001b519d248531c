// Reads the hub's configuration: YAML with ${ENV} and ${file:/path} filled in, secrets never printed; ${path:name} is a
// file's place, told from the configuration's own. An `include` at the top level takes lists (units, statutes) and
// sources from files beside it.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { HubError } from '../errors.ts';
import { type HubConfig, hubConfig } from './hub.ts';
import { readYaml } from './yaml.ts';

const fill = (text: string, at: string, folder: string): string =>
  text.replace(/\$\{([^}]+)\}/g, (_, name: string) => {
    if (name.startsWith('path:')) return resolve(folder, name.slice(5));
    const file = name.startsWith('file:') ? resolve(folder, name.slice(5)) : undefined;
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

const fillAll = (value: unknown, at: string, folder: string): unknown => {
  if (typeof value === 'string') return fill(value, at, folder);
  if (Array.isArray(value)) return value.map((element, n) => fillAll(element, `${at}[${n}]`, folder));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, fillAll(inner, at === '' ? name : `${at}.${name}`, folder)]),
  );
};

interface Included {
  readonly sources?: object;
}

/** `include: [units.yaml, nexus.yaml]`: each file is an object whose names are taken over; sources are put together. */
const withIncludes = (raw: unknown, path: string): unknown => {
  if (raw === null || typeof raw !== 'object' || !('include' in raw)) return raw;
  const { include, ...own } = raw as { include: unknown } & Record<string, unknown>;
  const files = Array.isArray(include) ? include : [include];
  const parts = files.map((file) => readYaml(resolve(dirname(path), String(file))) as Included);
  const mine = own as Included;
  // The file's own sources come first and win.
  const sources = Object.assign({}, mine.sources, ...parts.map((part) => part.sources), mine.sources);
  return Object.assign({}, ...parts, own, { sources });
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
  const config = parseConfig(fillAll(withIncludes(readYaml(path), path), '', folder), path.split('/').at(-1) ?? path);
  return { ...config, mappingFolders: config.mappingFolders.map((own) => resolve(folder, own)) };
};
