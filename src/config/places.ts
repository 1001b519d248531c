// Where a source's settings stand, so that whoever must change one finds it: its file, and the environment variable or
// file that a secret is taken from. Never what the secret is.
import { statSync } from 'node:fs';

/** What `${…}` was filled in from. */
export type Place =
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string };

/** What is remembered of reading a configuration. */
export interface ConfigPlaces {
  readonly readAt: Date;
  /** The file each source is configured in. */
  readonly files: Readonly<Record<string, string>>;
  /** Setting → what filled it in: `sources.employment.config.clientSecret`. */
  readonly filled: Readonly<Record<string, readonly Place[]>>;
}

/** How a source is reached, and with what. */
export interface Setup {
  /** Undefined: nobody knows, as in a test. */
  readonly file: string | undefined;
  readonly addresses: readonly { readonly setting: string; readonly value: string }[];
  /** No place: the secret stands in the configuration file itself. */
  readonly secrets: readonly { readonly setting: string; readonly places: readonly Place[] }[];
  /** A file it was read from has changed since: that holds from the next start. */
  readonly changedAt: Date | undefined;
}

interface Leaf {
  readonly setting: string;
  readonly value: unknown;
}

const leavesOf = (value: unknown, setting: string): readonly Leaf[] => {
  if (Array.isArray(value)) return value.flatMap((one, n) => leavesOf(one, `${setting}[${n}]`));
  if (typeof value !== 'object' || value === null) return [{ setting, value }];
  return Object.entries(value).flatMap(([name, one]) => leavesOf(one, setting === '' ? name : `${setting}.${name}`));
};

const placeNames = /(^|\.)(folder|host|wsdl)$/;

/** An address as it may be shown: what follows a `?` can hold a key. */
const addressOf = ({ setting, value }: Leaf): readonly string[] => {
  if (typeof value !== 'string') return [];
  const url = /^(https?|sftp):\/\//.test(value) ? URL.parse(value) : null;
  if (url !== null) return [`${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`];
  return placeNames.test(setting) ? [value] : [];
};

const changedAfter = (paths: readonly string[], readAt: Date): Date | undefined => {
  const times = paths.flatMap((path) => statSync(path, { throwIfNoEntry: false })?.mtime ?? []);
  return times.filter((at) => at > readAt).sort((a, b) => b.getTime() - a.getTime())[0];
};

/** @param config of the source's adapter, with `mask` in the place of every secret */
export const setupOf = (name: string, config: unknown, mask: string, places: ConfigPlaces | undefined): Setup => {
  const prefix = `sources.${name}.`;
  const leaves = leavesOf(config, 'config');
  const ofTls = Object.keys(places?.filled ?? {}).filter((path) => path.startsWith(`${prefix}tls.`));
  const settings = [
    ...leaves.filter(({ value }) => value === mask).map(({ setting }) => setting),
    ...ofTls.map((path) => path.slice(prefix.length)),
  ];
  const secrets = settings.map((setting) => ({ setting, places: places?.filled[prefix + setting] ?? [] }));
  const file = places?.files[name];
  const read = [
    ...(file === undefined ? [] : [file]),
    ...secrets.flatMap((one) => one.places.flatMap((place) => (place.kind === 'file' ? [place.path] : []))),
  ];
  return {
    file,
    addresses: leaves.flatMap((leaf) => addressOf(leaf).map((value) => ({ setting: leaf.setting, value }))),
    secrets,
    changedAt: places === undefined ? undefined : changedAfter(read, places.readAt),
  };
};
