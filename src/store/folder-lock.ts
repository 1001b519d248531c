// One process per data folder. The lock names its holder by pid, start time, boot and pid namespace, so a killed
// holder's lock is taken over at once and a reused pid is not mistaken for it; a holder in another container cannot be
// looked up, so its heartbeat (the file's modification time) decides.
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, readlink, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HubError } from '../errors.ts';

export interface FolderLock {
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  readonly started: string;
  readonly boot: string;
  readonly space: string;
  readonly nonce: string;
}

const heartbeatMs = 2_000;
const silentMs = 10_000;

const textOr = (reading: Promise<string>): Promise<string> => reading.then((text) => text.trim()).catch(() => '');

/** When a process started, in the kernel's ticks; empty when it is gone or the system does not say. */
const startOf = async (pid: number): Promise<string> => {
  const line = await textOr(readFile(`/proc/${pid}/stat`, 'utf8'));
  // The command may hold spaces and parentheses: count the fields from the last one. A zombie is no holder.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? '' : (fields[19] ?? '');
};

const describeSelf = async (): Promise<Holder> => ({
  pid: process.pid,
  started: await startOf(process.pid),
  boot: await textOr(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
  space: await textOr(readlink('/proc/self/ns/pid')),
  nonce: randomUUID(),
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const verdict = async (file: string, text: string, self: Holder): Promise<'held' | 'stale' | 'unsure'> => {
  let holder: Partial<Holder>;
  try {
    holder = JSON.parse(text) as Partial<Holder>;
  } catch {
    return 'stale';
  }
  if (typeof holder.pid !== 'number' || holder.boot !== self.boot) return 'stale';
  if (holder.space === self.space) {
    const same = isAlive(holder.pid) && (await startOf(holder.pid)) === holder.started;
    return same ? 'held' : 'stale';
  }
  const beat = await stat(file)
    .then((found) => found.mtimeMs)
    .catch(() => 0);
  return Date.now() - beat > silentMs ? 'stale' : 'unsure';
};

const lockedFolder = (): HubError =>
  new HubError({
    code: 'store/locked-folder',
    fault: 'config',
    message: 'Another Samspil is running on this data folder.',
    hint: 'Stop it first, or give this one its own folder with SAMSPIL_DATA_DIR.',
  });

/** Removes a dead holder's lock. One at a time and only the very lock that was judged: a fresh one may have come since. */
const removeStale = async (file: string, seen: string, mine: string): Promise<void> => {
  const turn = `${file}.takeover`;
  try {
    await link(mine, turn);
  } catch {
    const age =
      Date.now() -
      (await stat(turn)
        .then((found) => found.ctimeMs)
        .catch(() => Date.now()));
    if (age > silentMs) await rm(turn, { force: true });
    await delay(20);
    return;
  }
  try {
    if ((await readFile(file, 'utf8').catch(() => undefined)) === seen) await rm(file);
  } finally {
    await rm(turn, { force: true });
  }
};

/** Takes the folder for this process, or throws `store/locked-folder`. Creates the folder when it is missing. */
export const lockFolder = async (folder: string): Promise<FolderLock> => {
  await mkdir(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const file = join(folder, 'lock');
  const self = await describeSelf();
  const mine = `${file}.${self.nonce}`;
  await writeFile(mine, JSON.stringify(self), { mode: 0o600 });
  try {
    for (let waited = 0; ; ) {
      try {
        await link(mine, file);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const text = await readFile(file, 'utf8').catch(() => undefined);
      if (text === undefined) continue;
      const state = await verdict(file, text, self);
      if (state === 'stale') await removeStale(file, text, mine);
      else if (state === 'held' || waited > silentMs + heartbeatMs) throw lockedFolder();
      else {
        await delay(heartbeatMs);
        waited += heartbeatMs;
      }
    }
  } finally {
    await rm(mine, { force: true });
  }
  const beat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => {}), heartbeatMs).unref();
  return {
    release: async () => {
      clearInterval(beat);
      if ((await textOr(readFile(file, 'utf8'))) === JSON.stringify(self)) await rm(file, { force: true });
    },
  };
};
