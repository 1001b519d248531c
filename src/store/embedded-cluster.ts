// Makes the database folder (initdb) once, and lets the hub in: an ordinary role that owns the database `samspil`, so
// that nothing the hub does runs as superuser. A folder half made by a killed run is made again.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Client } from 'pg';
import { HubError } from '../errors.ts';
import type { Account, Binaries, RunAs } from './embedded-binaries.ts';

/** The files of one embedded server. */
export interface Home {
  readonly root: string;
  readonly data: string;
  readonly password: string;
  readonly url: string;
  readonly log: string;
}

/** Programs get no more of our environment than they need: it may hold secrets. */
export const bareEnvironment = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

export const homeIn = (folder: string): Home => {
  const root = join(resolve(folder), 'postgres');
  const at = (name: string): string => join(root, name);
  return { root, data: at('data'), password: at('password'), url: at('url'), log: at('server.log') };
};

export const embeddedFailed = (message: string, home: Home): HubError =>
  new HubError({
    code: 'store/unavailable',
    fault: 'config',
    message,
    hint: `The reason is in ${home.log}. A PostgreSQL 18 of your own can be given with DATABASE_URL.`,
  });

export const checkVersion = (home: Home): void => {
  const version = readFileSync(join(home.data, 'PG_VERSION'), 'utf8').trim();
  if (version === '18') return;
  throw new HubError({
    code: 'store/schema-version',
    fault: 'config',
    message: `The data folder was made by PostgreSQL ${version}; this is PostgreSQL 18.`,
    hint: 'Move the data with pg_dump and pg_restore, or start with an empty data folder.',
  });
};

export interface ClusterOptions {
  readonly binaries: Binaries;
  readonly runAs: RunAs;
  readonly account: Account | undefined;
  readonly fast: boolean;
}

export const createCluster = (home: Home, { binaries, runAs, account, fast }: ClusterOptions): void => {
  const partial = `${home.data}.partial`;
  const given = `${home.password}.initdb`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { mode: 0o700 });
  const password = randomBytes(24).toString('hex');
  for (const path of [home.password, given]) writeFileSync(path, password, { mode: 0o600 });
  if (account !== undefined) for (const path of [partial, given]) chownSync(path, account.uid, account.gid);
  const log = openSync(home.log, 'a', 0o600);
  const args = [
    `--pgdata=${partial}`,
    '--username=postgres',
    `--pwfile=${given}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    ...(fast ? ['--no-sync'] : []),
  ];
  const [command = '', ...rest] = [...runAs.prefix, binaries.initdb, ...args];
  const done = spawnSync(command, rest, { ...runAs.ids, cwd: '/', env: bareEnvironment, stdio: ['ignore', log, log] });
  closeSync(log);
  rmSync(given, { force: true });
  if (done.status !== 0) throw embeddedFailed('The embedded PostgreSQL could not be set up.', home);
  renameSync(partial, home.data);
};

/** Gives the hub's role a new password, making role and database the first time. Returns the password. */
export const admitHub = async (admin: Client): Promise<string> => {
  const password = randomBytes(24).toString('hex');
  const role = await admin.query("select from pg_roles where rolname = 'samspil'");
  if (role.rowCount === 0) await admin.query('create role samspil login createdb createrole');
  await admin.query(`alter role samspil password '${password}'`);
  const database = await admin.query("select from pg_database where datname = 'samspil'");
  if (database.rowCount === 0) await admin.query('create database samspil owner samspil');
  return password;
};
