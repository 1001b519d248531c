// One pull of one kind: choose the files, read them record by record into pages, give a checkpoint with every page that
// says where to go on. Only the last page says `done`, after the last file was seen unchanged.
import { createHash, type Hash } from 'node:crypto';
import type { AdapterContext, Page, PullOptions, RawRecord } from '../../src/adapter/contract.ts';
import { HubError } from '../../src/errors.ts';
import { createBatch } from './batch.ts';
import type { KindSettings } from './config.ts';
import { chooseUnread, remembered } from './delta.ts';
import type { Drop, DropFile } from './drop.ts';
import { type FileBytes, readItems } from './formats.ts';
import type { FilesCheckpoint, SeenFile } from './records.ts';
import { chooseFiles, refuseIfOverdue, sameBytes, sameFiles, seenAs, stillGrowing } from './snapshot.ts';

const PAGE = 1000;

export interface PullContext {
  readonly kind: string;
  readonly settings: KindSettings;
  readonly sites: readonly string[];
  readonly settleSeconds: number;
  readonly open: (signal: AbortSignal) => Promise<Drop>;
  readonly context: Pick<AdapterContext, 'log' | 'clock'>;
  /** Hashes of files read only to compare them, by name, size and time. */
  readonly compared: Map<string, string>;
}

const refuseIfAborted = (signal: AbortSignal): void => {
  if (signal.aborted)
    throw new HubError({ code: 'run/cancelled', fault: 'transient', message: 'The pull was cancelled.' });
};

/** @param hash of all bytes, also of those before `from`'s start */
const bytesOf = (drop: Drop, { path, size }: DropFile, signal: AbortSignal, hash?: Hash): FileBytes => ({
  size,
  part: (start, end) => drop.read(path, { start, end }, signal),
  async *from(start) {
    if (hash !== undefined && start > 0)
      for await (const chunk of drop.read(path, { start: 0, end: start - 1 }, signal)) hash.update(chunk);
    for await (const chunk of drop.read(path, { start, end: size - 1 }, signal)) {
      hash?.update(chunk);
      yield chunk;
    }
  },
});

const hashOf = async (drop: Drop, file: DropFile, pull: PullContext, signal: AbortSignal): Promise<string> => {
  const { id, size, mtimeMs } = seenAs(file);
  const name = `${id} ${size} ${mtimeMs}`;
  let hash = pull.compared.get(name);
  if (hash === undefined) {
    const digest = createHash('sha256');
    if (size > 0) for await (const chunk of bytesOf(drop, file, signal).from(0)) digest.update(chunk);
    hash = digest.digest('base64url');
    if (pull.compared.size > 100) pull.compared.clear();
    pull.compared.set(name, hash);
  }
  return hash;
};

interface Piece {
  readonly records: readonly RawRecord[];
  readonly deleted: readonly string[];
  /** Where the next page of this file begins. */
  readonly offset: number;
  /** The file was read to its end and had not changed meanwhile; with its hash if that was in one go. */
  readonly ended?: { readonly hash?: string };
}

/** One file from `offset` on (0 = from its first record), in pieces of at most 1,000 records. */
async function* readFile(
  drop: Drop,
  file: DropFile,
  offset: number,
  pull: PullContext,
  signal: AbortSignal,
): AsyncGenerator<Piece> {
  const { settings, kind, context } = pull;
  const hash = offset === 0 && settings.delivery === 'full' ? createHash('sha256') : undefined;
  const { id, size } = seenAs(file);
  const opened = (absent: readonly string[]): void =>
    context.log.info({ event: 'file.opened', kind, file: id, size, offset, ...(absent.length > 0 ? { absent } : {}) });
  const batch = createBatch(settings);
  let last = offset;
  for await (const items of readItems(bytesOf(drop, file, signal, hash), offset, settings, opened)) {
    for (const { record, end } of items) {
      batch.add(record);
      last = end;
      if (batch.size < PAGE) continue;
      yield { ...batch.take(), offset: end };
      refuseIfAborted(signal);
    }
  }
  const after = await drop.stat(file.path, signal);
  if (after === undefined || after.size !== file.size || after.mtimeMs !== file.mtimeMs) throw stillGrowing();
  const ended = hash === undefined ? {} : { hash: hash.digest('base64url') };
  yield { ...batch.take(), offset: settings.format === 'xml' ? last : file.size, ended };
}

/** The newest file of every site; unchanged ones are not read again. */
async function* pullSnapshot(
  drop: Drop,
  pull: PullContext,
  { after, signal }: PullOptions<FilesCheckpoint>,
): AsyncGenerator<Page<FilesCheckpoint>> {
  const { settings, sites, settleSeconds, context } = pull;
  const choice = { pattern: settings.pattern, sites, settleSeconds, now: context.clock.now, signal };
  const chosen = await chooseFiles(drop, after, choice);
  const same = after !== null && sameFiles(chosen.map(seenAs), after.files);
  let files: readonly SeenFile[] = same ? after.files : chosen.map(seenAs);
  if (
    after?.done === true &&
    (same || (await sameBytes(chosen, after.files, (file) => hashOf(drop, file, pull, signal))))
  ) {
    // Every site's own: one that goes on hides none that has stopped.
    refuseIfOverdue(Math.min(...chosen.map(({ mtimeMs }) => mtimeMs)), settings.newWithinHours, context.clock.now());
    const renewed = files.map((file, at) => ({ ...after.files[at], ...file }));
    yield { records: [], deleted: [], checkpoint: { ...after, files: renewed }, unchanged: true };
    return;
  }
  // A newer delivery while the last was still being read: its snapshot begins anew, and says so.
  const from = same ? after : { at: 0, offset: 0, rows: 0 };
  let rows = from.rows;
  let begins = !same;
  for (const [at, file] of chosen.entries()) {
    if (at < from.at) continue;
    for await (const piece of readFile(drop, file, at === from.at ? from.offset : 0, pull, signal)) {
      rows += piece.records.length;
      const { ended } = piece;
      if (ended !== undefined) files = files.with(at, { ...seenAs(file), ...ended });
      const done = ended !== undefined && at === chosen.length - 1;
      const next = ended !== undefined && !done ? { at: at + 1, offset: 0 } : { at, offset: piece.offset };
      const checkpoint = { files: [...files], ...next, rows, done };
      yield { records: piece.records, deleted: [], checkpoint, ...(begins ? { begins } : {}) };
      begins = false;
      refuseIfAborted(signal);
    }
  }
}

/** Every file that has not been read, oldest first; none is no failure, unless one is due. */
async function* pullDelta(
  drop: Drop,
  pull: PullContext,
  { after, signal }: PullOptions<FilesCheckpoint>,
): AsyncGenerator<Page<FilesCheckpoint>> {
  const { settings, settleSeconds, context } = pull;
  const choice = { pattern: settings.pattern, settleSeconds, now: context.clock.now, signal };
  const { files, read, offset, lost } = await chooseUnread(drop, after, choice);
  if (files.length === 0 && read.length > 0)
    refuseIfOverdue(Math.max(...read.map(({ mtimeMs }) => mtimeMs)), settings.newWithinHours, context.clock.now());
  if (lost) context.log.warn({ event: 'file.gone-half-read', kind: pull.kind });
  let rows = after?.rows ?? 0;
  for (const [index, file] of files.entries()) {
    const own = seenAs(file);
    const before = remembered([...read, ...files.slice(0, index).map(seenAs), own]).filter(({ id }) => id !== own.id);
    for await (const piece of readFile(drop, file, index === 0 ? offset : 0, pull, signal)) {
      rows += piece.records.length + piece.deleted.length;
      const place = { files: [...before, own], at: before.length, offset: piece.offset };
      const done = piece.ended !== undefined;
      yield { records: piece.records, deleted: piece.deleted, checkpoint: { ...place, rows, done } };
      refuseIfAborted(signal);
    }
  }
}

/** @throws HubError: source/not-found, source/half-written, source/bad-answer … */
export async function* pullKind(
  pull: PullContext,
  options: PullOptions<FilesCheckpoint>,
): AsyncGenerator<Page<FilesCheckpoint>> {
  refuseIfAborted(options.signal);
  const drop = await pull.open(options.signal);
  try {
    yield* pull.settings.delivery === 'full' ? pullSnapshot(drop, pull, options) : pullDelta(drop, pull, options);
  } finally {
    await drop.close();
  }
}
