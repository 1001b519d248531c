// What a killed run left behind in a data folder. Called with the folder locked, so any server found there is an orphan:
// it is shut down, and a process id in its pid file that now belongs to somebody else is not mistaken for it.
import { readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HubError } from '../errors.ts';
import type { Logger } from '../log.ts';

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Linux: the server and its workers stand in the data folder. Elsewhere there is only the pid file. */
const processesIn = async (data: string, recorded: number): Promise<number[]> => {
  if (process.platform !== 'linux') return recorded > 0 && exists(recorded) ? [recorded] : [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const places = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  return pids.filter((_, at) => places[at] === data);
};

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch {
    // Gone in the meantime, which is what was wanted.
  }
};

const settled = async (data: string, recorded: number, patienceMs: number): Promise<boolean> => {
  for (const start = Date.now(); Date.now() - start < patienceMs; await delay(25)) {
    if ((await processesIn(data, recorded)).length === 0) return true;
  }
  return false;
};

const recordedPid = async (pidFile: string): Promise<number> => {
  const pid = Number.parseInt(await readFile(pidFile, 'utf8').catch(() => ''), 10);
  return Number.isNaN(pid) ? 0 : pid;
};

/** Stops the server running in a data folder: SIGINT for an orderly end, SIGQUIT when that takes too long. */
export const stopLeftOver = async (folder: string, log: Logger, patienceMs = 10_000): Promise<void> => {
  const data = await realpath(folder).catch(() => undefined);
  if (data === undefined) return;
  const pidFile = join(data, 'postmaster.pid');
  const recorded = await recordedPid(pidFile);
  const found = await processesIn(data, recorded);
  if (found.length > 0) {
    log.warn({ event: 'database.orphan-found', processes: found.length });
    // Workers whose server was killed end by themselves; only the server may be signalled to end in order.
    for (const pid of found.includes(recorded) ? [recorded] : found) signal(pid, 'SIGINT');
    if (!(await settled(data, recorded, patienceMs))) {
      for (const pid of await processesIn(data, recorded)) signal(pid, 'SIGQUIT');
      if (!(await settled(data, recorded, patienceMs))) {
        throw new HubError({
          code: 'store/unavailable',
          fault: 'config',
          message: 'A database left by an earlier run is still in the data folder and does not stop.',
          hint: `Stop the processes whose working folder is ${data}, then start again.`,
        });
      }
    }
  }
  // Nothing runs here: a number that still lives is another program's, and would make the server refuse to start.
  if (process.platform === 'linux' && recorded > 0 && exists(recorded)) await rm(pidFile, { force: true });
};
