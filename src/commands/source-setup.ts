// How a source is reached and with what, for whoever must mend it: its addresses, and where each of its secrets stands.
// What the secrets are is told nowhere.
import { statSync } from 'node:fs';
import type { HubConfig, SourceConfig } from '../config/hub.ts';
import type { ConfigPlaces } from '../config/places.ts';
import type { SourceSetup } from '../dashboard/steering.ts';
import { withoutSecrets } from '../kit/secrets.ts';
import { sourceParts } from '../main.ts';
import type { MappingFolders } from '../mapping/load.ts';

const mask = '***';

/** What the adapter is told, every secret masked. */
export const maskedConfig = (name: string, config: SourceConfig, folders: MappingFolders): unknown =>
  withoutSecrets(sourceParts(name, config, folders).adapter.config, config.config, mask).config;

interface Leaf {
  readonly setting: string;
  readonly value: unknown;
}

const leavesOf = (value: unknown, setting: string): readonly Leaf[] => {
  if (Array.isArray(value)) return value.flatMap((one, n) => leavesOf(one, `${setting}[${n}]`));
  if (typeof value !== 'object' || value === null) return [{ setting, value }];
  return Object.entries(value).flatMap(([name, one]) => leavesOf(one, `${setting}.${name}`));
};

const placeNames = /\.(folder|host|wsdl)$/;

/** An address as it may be shown: what follows a `?` can hold a key. */
const addressOf = ({ setting, value }: Leaf): readonly string[] => {
  if (typeof value !== 'string') return [];
  const url = /^https?:\/\//.test(value) ? URL.parse(value) : null;
  if (url !== null) return [`${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`];
  return placeNames.test(setting) ? [value] : [];
};

const changedAfter = (paths: readonly string[], readAt: Date): Date | undefined => {
  const times = paths.flatMap((path) => statSync(path, { throwIfNoEntry: false })?.mtime ?? []);
  return times.filter((at) => at > readAt).sort((a, b) => b.getTime() - a.getTime())[0];
};

/** @param masked its `config`, as `maskedConfig` gives it */
export const setupOf = (name: string, masked: unknown, places: ConfigPlaces | undefined): SourceSetup => {
  const prefix = `sources.${name}.`;
  const leaves = leavesOf(masked, 'config');
  const ofTls = Object.keys(places?.filled ?? {}).filter((path) => path.startsWith(`${prefix}tls.`));
  const settings = [
    ...leaves.filter(({ value }) => value === mask).map(({ setting }) => setting),
    ...ofTls.map((path) => path.slice(prefix.length)),
  ];
  const secrets = settings.map((setting) => ({ setting, places: places?.filled[prefix + setting] ?? [] }));
  const file = places?.files[name];
  const files = secrets.flatMap((one) => one.places.flatMap(({ kind, at }) => (kind === 'file' ? [at] : [])));
  return {
    file,
    addresses: leaves.flatMap((leaf) => addressOf(leaf).map((value) => ({ setting: leaf.setting, value }))),
    secrets,
    changedAt:
      places === undefined ? undefined : changedAfter(file === undefined ? files : [file, ...files], places.readAt),
  };
};

/** The same at the terminal, a line each. */
export const setupLines = (name: string, config: SourceConfig, hub: HubConfig, folders: MappingFolders) => {
  const { file, addresses, secrets } = setupOf(name, maskedConfig(name, config, folders), hub.places);
  return [
    ...addresses.map(({ setting, value }) => `${name}: ${setting} is ${value}`),
    ...secrets.map(({ setting, places }) => {
      const from = places.map(({ kind, at }) => (kind === 'file' ? at : `the environment variable ${at}`));
      return `${name}: ${setting} stands in ${from.join(' and ') || 'the configuration itself'}`;
    }),
    ...(file === undefined ? [] : [`${name}: configured in ${file}`]),
  ];
};
