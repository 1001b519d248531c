// The embedded database through everything a process can go through: stop, kill, kill of both, a second instance.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLogger } from '../log.ts';
import { type Embedded, runningUrl, startEmbedded } from './embedded.ts';

const log = createLogger({ level: 'silent' });
let folder = '';
const opened: { stop(): Promise<unknown> | unknown }[] = [];

beforeEach(async () => {
  // Closed to all but us, as a checkout under a home folder is: as root the server's account must still get in.
  folder = await mkdtemp(join(tmpdir(), 'samspil-embedded-'));
});

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

const start = async (): Promise<Embedded> => {
  const server = await startEmbedded({ folder, log, fast: true });
  opened.push(server);
  return server;
};

const ask = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client
    .query<Record<string, unknown>>(sql)
    .then(({ rows }) => rows.flatMap((row) => Object.values(row)))
    .finally(() => client.end());
};

const hold = async (): Promise<{ child: ChildProcess; url: string }> => {
  const script = new URL('../../test/embedded-holder.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  opened.push({ stop: () => child.kill('SIGKILL') });
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return { child, url: line.toString().trim() };
};

const killed = async (child: ChildProcess): Promise<void> => {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
};

interface Running {
  readonly pid: number;
  readonly group: number;
  readonly place: string;
}

const running = async (): Promise<Running[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const all = pids.map(async (pid): Promise<Running[]> => {
    try {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      const [, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return [{ pid, group: Number(group), place: await readlink(`/proc/${pid}/cwd`) }];
    } catch {
      return [];
    }
  });
  return (await Promise.all(all)).flat();
};

const inFolder = ({ place }: Running): boolean => place === join(folder, 'postgres/data');
const serverProcesses = async (): Promise<number[]> => (await running()).filter(inFolder).map(({ pid }) => pid);

/** Kills the shells that would shut the server down after us. */
const killGuardians = async (): Promise<void> => {
  const all = await running();
  const groups = new Set(all.filter(inFolder).map(({ group }) => group));
  for (const one of all) if (groups.has(one.group) && !inFolder(one)) process.kill(one.pid, 'SIGKILL');
};

const serverPid = async (): Promise<number> =>
  Number.parseInt(await readFile(join(folder, 'postgres/data/postmaster.pid'), 'utf8'), 10);

it('keeps its data over a stop, lets the hub in as an ordinary role, and leaves nothing running', async () => {
  const first = await start();
  await ask(first.url, 'create table kept (word text)');
  await ask(first.url, "insert into kept values ('æøå')");
  expect(await runningUrl(folder)).toBe(first.url);
  await first.stop();
  await first.stop();
  expect(await serverProcesses()).toEqual([]);
  expect(await runningUrl(folder)).toBeUndefined();

  const second = await start();
  expect(await ask(second.url, 'select word from kept')).toEqual(['æøå']);
  expect(await ask(second.url, 'select rolsuper from pg_roles where rolname = current_user')).toEqual([false]);
  expect(await ask(second.url, "select current_setting('server_version_num')::int / 10000")).toEqual([18]);
});

it('asks for the password', async () => {
  const { url } = await start();
  const guessed = new URL(url);
  guessed.password = 'guessed';
  await expect(ask(guessed.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
});

it('ends by itself when its process is killed, and starts again at once', async () => {
  const { child, url } = await hold();
  await ask(url, 'create table kept as select 42 as answer');
  await killed(child);
  await vi.waitFor(async () => expect(await serverProcesses()).toEqual([]), { timeout: 10_000 });
  const next = await start();
  expect(await ask(next.url, 'select answer from kept')).toEqual([42]);
});

it('recovers when its process and the server are both killed', async () => {
  const { child, url } = await hold();
  await ask(url, 'create table kept as select 42 as answer');
  const processes = await serverProcesses();
  await killGuardians();
  for (const pid of processes) process.kill(pid, 'SIGKILL');
  await killed(child);
  const next = await start();
  expect(await ask(next.url, 'select answer from kept')).toEqual([42]);
});

it('stops a server nobody holds any more before it starts its own', async () => {
  const { child, url } = await hold();
  await ask(url, 'create table kept as select 42 as answer');
  const orphan = await serverPid();
  await killGuardians();
  await killed(child);
  const next = await start();
  expect(await ask(next.url, 'select answer from kept')).toEqual([42]);
  expect(await serverProcesses()).not.toContain(orphan);
});

it('is not put off by a pid file whose number is now another program', async () => {
  await (await start()).stop();
  const data = join(folder, 'postgres/data');
  await writeFile(join(data, 'postmaster.pid'), `${process.pid}\n${data}\n1\n1\n\n\n1 1\nready\n`);
  expect(await ask((await start()).url, 'select 1')).toEqual([1]);
});

it('makes its folder anew when a first start was cut short', async () => {
  await (await start()).stop();
  await rm(join(folder, 'postgres/data'), { recursive: true });
  await writeFile(join(folder, 'postgres/data.partial'), 'half');
  expect(await ask((await start()).url, 'select 1')).toEqual([1]);
});

it('refuses a second instance on the folder, and leaves the first one alone', async () => {
  const { url } = await hold();
  await expect(start()).rejects.toMatchObject({ code: 'store/locked-folder', fault: 'config' });
  expect(await ask(url, 'select 1')).toEqual([1]);
  expect(await runningUrl(folder)).toBe(url);
});

it('logs no statement and no value', async () => {
  const { url } = await start();
  await ask(url, 'create table secret (cpr text primary key)');
  await ask(url, "insert into secret values ('marked-value')");
  await expect(ask(url, "insert into secret values ('marked-value')")).rejects.toThrow();
  await expect(ask(url, "select 'marked-value'::int")).rejects.toThrow();
  expect(await readFile(join(folder, 'postgres/server.log'), 'utf8')).not.toContain('marked-value');
});
