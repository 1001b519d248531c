// Which files of a kind that comes as changes have not been read yet, oldest first. Read ones are remembered for a week
// after the newest, so that a file which arrives late is read all the same; what is older counts as read.
import type { Drop, DropFile } from './drop.ts';
import type { FilesCheckpoint, SeenFile } from './records.ts';
import { type ChooseOptions, namePattern, sameFiles, seenAs, settle } from './snapshot.ts';

const WEEK_MS = 7 * 86_400_000;
const MOST = 2000;

/** Read files worth remembering: the newest of them, and those of the week before it. */
export const remembered = (files: readonly SeenFile[]): readonly SeenFile[] => {
  const newest = Math.max(...files.map((file) => file.mtimeMs));
  return files
    .filter((file) => file.mtimeMs >= newest - WEEK_MS)
    .toSorted((a, b) => a.mtimeMs - b.mtimeMs)
    .slice(-MOST);
};

export interface Unread {
  /** In reading order. */
  readonly files: readonly DropFile[];
  /** Read before, to be remembered. */
  readonly read: readonly SeenFile[];
  /** How far the first of them has been read. */
  readonly offset: number;
  /** The file that was being read is gone, or another one under its name. */
  readonly lost: boolean;
}

const inOrder = (a: DropFile, b: DropFile): number => a.mtimeMs - b.mtimeMs || (a.path < b.path ? -1 : 1);

/** @throws source/half-written */
export const chooseUnread = async (
  drop: Drop,
  before: FilesCheckpoint | null,
  options: Omit<ChooseOptions, 'sites'>,
): Promise<Unread> => {
  const matches = namePattern(options.pattern);
  const current = before?.done === false ? before.files[before.at] : undefined;
  const read = (before?.files ?? []).filter((file) => file !== current);
  // With a full memory only what is newer than the oldest remembered can be told apart.
  const newest = Math.max(...read.map((file) => file.mtimeMs));
  const since = read.length >= MOST ? Math.min(...read.map((file) => file.mtimeMs)) : newest - WEEK_MS;
  const isCurrent = (file: DropFile): boolean => current !== undefined && sameFiles([seenAs(file)], [current]);
  const look = async (): Promise<DropFile[]> =>
    (await drop.list(options.signal))
      .filter((file) => matches(file.name) && (read.length === 0 || file.mtimeMs >= since))
      .filter((file) => !read.some((old) => sameFiles([seenAs(file)], [old])))
      .sort((a, b) => Number(isCurrent(b)) - Number(isCurrent(a)) || inOrder(a, b));
  const files = await look();
  if (files.length > 0) await settle(files, look, options);
  const goesOn = files[0] !== undefined && isCurrent(files[0]);
  return { files, read, offset: goesOn ? (before?.offset ?? 0) : 0, lost: current !== undefined && !goesOn };
};
