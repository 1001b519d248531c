// Which files make up the complete snapshot of one kind: the newest of every site, none of them still growing, none
// missing that was there last time. Anything doubtful is a run failure, so that nothing is deleted because of it.
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { HubError } from '../../src/errors.ts';
import type { Drop, DropFile } from './drop.ts';
import type { FilesCheckpoint, SeenFile } from './records.ts';

/** Names of transfers in progress, and hidden files. */
const unfinished = /^\.|\.(tmp|part|partial|filepart|uploading|crdownload|swp)$|~$/i;

/** `Borger_[0-9]*.csv` as a test; case and the two ways to write å as Unicode make no difference. */
export const namePattern = (pattern: string): ((name: string) => boolean) => {
  const source = pattern
    .normalize('NFC')
    .split(/(\[0-9\]|\*|\?)/)
    .map((piece) => ({ '[0-9]': '[0-9]', '*': '.*', '?': '.' })[piece] ?? piece.replace(/[\\^$.|+(){}[\]]/g, '\\$&'))
    .join('');
  const test = new RegExp(`^${source}$`, 'isu');
  return (name) => !unfinished.test(name) && test.test(name.normalize('NFC'));
};

const hash = (text: string): string => createHash('sha256').update(text.normalize('NFC')).digest('hex').slice(0, 16);

/** How a file is named in checkpoints and logs. */
export const seenAs = (file: DropFile): SeenFile => ({
  id: hash(`${file.site}/${file.name}`),
  site: hash(file.site),
  size: file.size,
  mtimeMs: file.mtimeMs,
});

export const sameFiles = (one: readonly SeenFile[], other: readonly SeenFile[]): boolean =>
  one.length === other.length &&
  one.every((file, index) => {
    const match = other[index];
    return file.id === match?.id && file.size === match.size && file.mtimeMs === match.mtimeMs;
  });

/** The newest matching file of each site, in the sites' order. Equal times: the last name. */
export const newestPerSite = (files: readonly DropFile[], matches: (name: string) => boolean): DropFile[] => {
  const newest = new Map<string, DropFile>();
  for (const file of files) {
    if (!matches(file.name)) continue;
    const best = newest.get(file.site);
    const newer =
      best === undefined || file.mtimeMs > best.mtimeMs || (file.mtimeMs === best.mtimeMs && file.name > best.name);
    if (newer) newest.set(file.site, file);
  }
  return [...newest.values()].sort((a, b) => (a.site < b.site ? -1 : 1));
};

/** Does every file hold the very bytes of the one read last from its site? Then only its name or date is new. */
export const sameBytes = async (
  chosen: readonly DropFile[],
  before: readonly SeenFile[],
  hashOf: (file: DropFile) => Promise<string>,
): Promise<boolean> => {
  const now = chosen.map(seenAs);
  const alike = now.every((file, at) => file.site === before[at]?.site && file.size === before[at]?.size);
  if (now.length !== before.length || !alike) return false;
  for (const [at, file] of chosen.entries()) {
    const [own, old] = [now[at], before[at]];
    if (own?.id === old?.id && own?.mtimeMs === old?.mtimeMs) continue;
    if (old?.hash === undefined || (await hashOf(file)) !== old.hash) return false;
  }
  return true;
};

const missing = (message: string, hint: string): HubError =>
  new HubError({ code: 'source/not-found', fault: 'source', message, hint });

export const stillGrowing = (): HubError =>
  new HubError({
    code: 'source/half-written',
    fault: 'transient',
    message: 'A file changed while the hub looked at it: it is still being written, or was replaced.',
    retryAfterMs: 60_000,
  });

export const cutOff = (): HubError =>
  new HubError({
    code: 'source/half-written',
    fault: 'transient',
    message: 'A file ends in the middle of a record: it is most likely still being written.',
    retryAfterMs: 60_000,
  });

/** A site that delivered last time must still have a file, and not an older one. */
const refuseStepBack = (now: readonly SeenFile[], before: readonly SeenFile[]): void => {
  for (const old of before) {
    const current = now.find((file) => file.site === old.site);
    if (current === undefined)
      throw missing(
        'A site that delivered this kind last time has no file now.',
        'If the site has ended, reload this kind: sync <source> --kind <kind> --reload.',
      );
    if (current.id !== old.id && current.mtimeMs < old.mtimeMs)
      throw missing(
        'The newest file of a site is older than the one last read, which is gone.',
        'Wait for the next delivery; to go back to the older file on purpose, reload this kind.',
      );
  }
};

const QUIET_MS = 10 * 60_000;

type Look = () => Promise<readonly DropFile[]>;

/** Looks twice at files that are young. @throws source/half-written */
export const settle = async (
  files: readonly DropFile[],
  again: Look,
  options: Pick<ChooseOptions, 'settleSeconds' | 'now' | 'signal'>,
): Promise<void> => {
  const now = options.now().getTime();
  if (files.every((file) => now - file.mtimeMs > QUIET_MS)) return;
  await wait(options.settleSeconds * 1000, undefined, { signal: options.signal }).catch(() => undefined);
  if (options.signal.aborted)
    throw new HubError({ code: 'run/cancelled', fault: 'transient', message: 'The pull was cancelled.' });
  if (!sameFiles(files.map(seenAs), (await again()).map(seenAs))) throw stillGrowing();
};

export interface ChooseOptions {
  readonly pattern: string;
  /** Sites that must be there, where the configuration names them. */
  readonly sites: readonly string[];
  readonly settleSeconds: number;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** The files of the snapshot, seen to be at rest. @throws source/not-found, source/half-written */
export const chooseFiles = async (
  drop: Drop,
  before: FilesCheckpoint | null,
  options: ChooseOptions,
): Promise<readonly DropFile[]> => {
  const matches = namePattern(options.pattern);
  const look = async (): Promise<DropFile[]> => newestPerSite(await drop.list(options.signal), matches);
  const files = await look();
  if (files.length === 0)
    throw missing('No file of this kind is in the folder.', 'Check the folder and the file name pattern of this kind.');
  if (options.sites.some((site) => !files.some((file) => file.site === site)))
    throw missing(
      'A site named in the configuration has no file of this kind.',
      'Take the site off the list when it has ended.',
    );
  const seen = files.map(seenAs);
  refuseStepBack(seen, before?.files ?? []);
  // Read to the end before, and as it was: nothing to settle.
  if (before?.done === true && sameFiles(seen, before.files)) return files;
  await settle(files, look, options);
  return files;
};

const HOUR_MS = 3_600_000;

/** All that came has been read. @throws HubError source/not-delivered when a newer file is due, where that is known. */
export const refuseIfOverdue = (newestMs: number, dueHours: number | undefined, now: Date): void => {
  const hours = (now.getTime() - newestMs) / HOUR_MS;
  if (dueHours === undefined || hours <= dueHours) return;
  throw new HubError({
    code: 'source/not-delivered',
    fault: 'source',
    message: `No new file for ${Math.floor(hours)} hours; one is due within ${dueHours}.`,
    hint: 'Ask whoever delivers the files. What is stored stays as it is.',
  });
};
