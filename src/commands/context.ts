// What every command needs: where the data folder and configuration are, the database (given, running, or started for
// the length of the command), the keys, and how to print.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { HubConfig } from '../config/hub.ts';
import { loadConfig } from '../config/load.ts';
import { HubError } from '../errors.ts';
import type { WorkSource } from '../jobs/worker.ts';
import { createLogger, type Logger } from '../log.ts';
import { composeHub, type Hub } from '../main.ts';
import type { NewAct } from '../store/acts.ts';
import { createKeyRing, type KeyMaterial, type KeyRing, newKeyMaterial } from '../store/crypto.ts';
import { createPool, type Pool } from '../store/db.ts';
import { runningUrl, startEmbedded } from '../store/embedded.ts';
import { checkKeys } from '../store/key-check.ts';
import { migrate, schemaIsCurrent } from '../store/migrate.ts';

export const dataFolder = (): string => resolve(process.env['SAMSPIL_DATA_DIR'] ?? '.samspil');

/** Fills in the addresses of a running sandbox; see commands/sandbox.ts. */
const sandboxFile = (folder: string): string => join(folder, 'sandbox', 'addresses.json');
export const sandboxConfig = join(import.meta.dirname, '..', '..', 'test', 'sandbox', 'config', 'samspil.yaml');

export const rememberSandbox = (folder: string, env: Readonly<Record<string, string>>): void => {
  mkdirSync(join(folder, 'sandbox'), { recursive: true });
  writeFileSync(sandboxFile(folder), JSON.stringify(env), { mode: 0o600 });
  Object.assign(process.env, env);
};

/** The configuration in use: the named one, the running sandbox's, or the one lying here. */
export const configPathIfAny = (given?: string): string | undefined => {
  const named = given ?? process.env['SAMSPIL_CONFIG'];
  if (named !== undefined) return resolve(named);
  const folder = dataFolder();
  if (existsSync(sandboxFile(folder))) {
    Object.assign(process.env, JSON.parse(readFileSync(sandboxFile(folder), 'utf8')));
    return sandboxConfig;
  }
  return existsSync('samspil.yaml') ? resolve('samspil.yaml') : undefined;
};

export const configPath = (given?: string): string => {
  const path = configPathIfAny(given);
  if (path !== undefined) return path;
  throw new HubError({
    code: 'config/invalid',
    fault: 'config',
    message: 'There is no configuration.',
    hint: 'Name one with SAMSPIL_CONFIG or --config, put samspil.yaml here, or run `npm start` first for the sandbox.',
  });
};

export const openKeys = (folder: string): KeyRing => {
  const given = process.env['SAMSPIL_KEYS_FILE'];
  const file = given ?? join(folder, 'keys.json');
  if (!existsSync(file)) {
    if (given !== undefined || process.env['DATABASE_URL'] !== undefined)
      throw new HubError({
        code: 'config/missing-secret',
        fault: 'config',
        message: 'The key file is not there.',
        hint: 'Make one with `samspil keys create > keys.json` (once, and keep a copy), and name it with SAMSPIL_KEYS_FILE.',
      });
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, `${JSON.stringify(newKeyMaterial(), null, 2)}\n`, { mode: 0o600 });
  }
  return createKeyRing(JSON.parse(readFileSync(file, 'utf8')) as KeyMaterial);
};

export interface Database {
  readonly url: string;
  close(): Promise<void>;
}

/** The given database, the one a running Samspil has in this folder, or one started now. */
export const openDatabase = async (folder: string, log: Logger, exclusive = false): Promise<Database> => {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined) return { url: given, close: async () => undefined };
  const running = exclusive ? undefined : await runningUrl(folder);
  if (running !== undefined) return { url: running, close: async () => undefined };
  const embedded = await startEmbedded({ folder, log });
  return { url: embedded.url, close: () => embedded.stop() };
};

export const redisUrl = (): string | undefined => process.env['REDIS_URL'];

export interface Opened {
  readonly hub: Hub;
  readonly folder: string;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly config?: string;
  readonly log?: Logger;
  /** Bring the schema up to date; otherwise an outdated one is refused. */
  readonly migrate?: boolean;
  readonly exclusive?: boolean;
  readonly poolSize?: number;
  /** Called when the database is there and before the configuration is read. */
  readonly before?: (pool: Pool) => Promise<void>;
}

/** Everything a role or command works with. Close it at the end. */
export const openHub = async (options: OpenOptions = {}): Promise<Opened> => {
  const folder = dataFolder();
  const log = options.log ?? createLogger({ level: process.env['LOG_LEVEL'] ?? 'warn' });
  const database = await openDatabase(folder, log, options.exclusive);
  const pool = createPool(database.url, { max: options.poolSize ?? 10 });
  const close = async (): Promise<void> => {
    await pool.end().catch(() => undefined);
    await database.close();
  };
  try {
    if (options.migrate === true || process.env['DATABASE_URL'] === undefined) await migrate(pool);
    else if (!(await schemaIsCurrent(pool)))
      throw new HubError({
        code: 'store/schema-version',
        fault: 'config',
        message: 'The database schema is not up to date.',
        hint: 'Run `samspil migrate` first.',
      });
    const keys = openKeys(folder);
    await checkKeys(pool, keys);
    await options.before?.(pool);
    const config: HubConfig = loadConfig(configPath(options.config));
    const hub = composeHub({ config, pool, keys, log, databaseUrl: database.url, redisUrl: redisUrl() });
    return { hub, folder, close };
  } catch (error) {
    await close();
    throw error;
  }
};

/** Runs a command against the hub and closes it, whatever happens. */
export const withHub = async <T>(options: OpenOptions, work: (opened: Opened) => Promise<T>): Promise<T> => {
  const opened = await openHub(options);
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
};

/** The configured source of this name. */
export const sourceNamed = ({ hub }: Opened, name: string): WorkSource => {
  const work = hub.sources.get(name);
  if (work === undefined)
    throw new HubError({
      code: 'config/unknown-name',
      fault: 'config',
      message: `There is no source "${name}".`,
      hint: `Sources: ${[...hub.sources.keys()].join(', ')}.`,
    });
  return work;
};

export const wantsJson = (command: Command): boolean => command.optsWithGlobals()['json'] === true;
export const configOf = (command: Command): { config?: string } => {
  const given = command.optsWithGlobals()['config'] as string | undefined;
  return given === undefined ? {} : { config: given };
};

const cell = (value: unknown): string => {
  if (value === null || value === undefined) return '–';
  if (value instanceof Date) return value.toLocaleString('sv-SE', { timeZone: 'Europe/Copenhagen' });
  return String(value);
};

/** Rows as an aligned table for people, or as JSON. */
export const print = (command: Command, rows: readonly object[], empty: string): void => {
  if (wantsJson(command)) {
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  const [first] = rows;
  if (first === undefined) {
    process.stdout.write(`${empty}\n`);
    return;
  }
  const names = Object.keys(first);
  const lines = [names, ...rows.map((row) => names.map((name) => cell((row as Record<string, unknown>)[name])))];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const numeric = names.map((name) => rows.every((row) => typeof (row as Record<string, unknown>)[name] === 'number'));
  for (const line of lines)
    process.stdout.write(
      `${line
        .map((text, n) => (numeric[n] === true ? text.padStart(widths[n] ?? 0) : text.padEnd(widths[n] ?? 0)))
        .join('  ')
        .trimEnd()}\n`,
    );
};

export const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** An instant given as an option. */
export const instantOf = (name: string, text: string | undefined): Date | undefined => {
  if (text === undefined) return undefined;
  const at = new Date(text);
  if (!Number.isNaN(at.getTime())) return at;
  throw new HubError({
    code: 'request/invalid',
    fault: 'config',
    message: `--${name} is not an instant.`,
    hint: 'For example 2026-11-21T18:00:00Z.',
  });
};

/** A number from 1 to 9,999 given as an option. */
export const countOf = (name: string, text: string): number => {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count > 0) return count;
  throw new HubError({
    code: 'request/invalid',
    fault: 'config',
    message: `--${name}: a number from 1 to 9,999.`,
    hint: `For example --${name} 50.`,
  });
};

/** Who is at the terminal, for what is written down about a decision. */
export const operator = (): string => process.env['USER'] ?? 'command line';

/** Whose act it is, and when. */
export const acting = ({ clock }: Hub): Pick<NewAct, 'at' | 'person' | 'role'> => ({
  at: clock.now(),
  person: operator(),
  role: 'command line',
});
