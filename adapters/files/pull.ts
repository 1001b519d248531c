// One pull of one kind: choose the files, read them row by row into pages, give a checkpoint with every page that
// names the byte to go on from. Only the last page says `done`, after the last file was seen unchanged.
import type { AdapterContext, Page, PullOptions, RawRecord } from '../../src/adapter/contract.ts';
import { type CsvRow, readCsv } from '../../src/adapter/csv.ts';
import { HubError } from '../../src/errors.ts';
import type { KindSettings } from './config.ts';
import type { Drop, DropFile } from './drop.ts';
import type { FilesCheckpoint } from './records.ts';
import { absentColumns, readHeader, rowReader } from './rows.ts';
import { chooseFiles, sameFiles, seenAs, stillGrowing } from './snapshot.ts';

const PAGE = 1000;

export interface PullContext {
  readonly kind: string;
  readonly settings: KindSettings;
  readonly sites: readonly string[];
  readonly settleSeconds: number;
  readonly open: (signal: AbortSignal) => Promise<Drop>;
  readonly context: Pick<AdapterContext, 'log' | 'clock'>;
}

const refuseIfAborted = (signal: AbortSignal): void => {
  if (signal.aborted)
    throw new HubError({ code: 'run/cancelled', fault: 'transient', message: 'The pull was cancelled.' });
};

const rowsFrom = (drop: Drop, file: DropFile, start: number, settings: KindSettings, signal: AbortSignal) =>
  start >= file.size
    ? noRows()
    : readCsv(drop.read(file.path, { start, end: file.size - 1 }, signal), { ...settings, start });

async function* noRows(): AsyncGenerator<CsvRow[]> {}

const headerOf = async (drop: Drop, file: DropFile, settings: KindSettings, signal: AbortSignal): Promise<CsvRow> => {
  for await (const [first] of rowsFrom(drop, file, 0, settings, signal)) if (first !== undefined) return first;
  throw new HubError({
    code: 'source/bad-answer',
    fault: 'source',
    message: 'A file is empty: not even a header row.',
    hint: 'An empty delivery has its header row; without one nothing is concluded from it.',
  });
};

interface Piece {
  readonly records: readonly RawRecord[];
  /** Where the next page of this file begins. */
  readonly offset: number;
  /** The file was read to its end and had not changed meanwhile. */
  readonly ended: boolean;
}

/** One file from `offset` on (0 = from its first row), in pieces of at most 1,000 records. */
async function* readFile(
  drop: Drop,
  file: DropFile,
  offset: number,
  pull: PullContext,
  signal: AbortSignal,
): AsyncGenerator<Piece> {
  const { settings, kind, context } = pull;
  const header = await headerOf(drop, file, settings, signal);
  const columns = readHeader(header, settings);
  const absent = absentColumns(columns, settings);
  const { id, size } = seenAs(file);
  context.log.info({ kind, file: id, size, offset, ...(absent.length > 0 ? { absent } : {}) }, 'file.opened');
  const read = rowReader(columns, settings);
  // Numbering equal rows needs all that came before: such a file is read again from its first row, without giving it.
  const start = settings.keyTextColumns.length > 0 ? header.end : Math.max(offset, header.end);
  let records: RawRecord[] = [];
  for await (const rows of rowsFrom(drop, file, start, settings, signal)) {
    for (const row of rows) {
      const record = read(row);
      if (row.end <= offset) continue;
      records.push(record);
      if (records.length < PAGE) continue;
      yield { records, offset: row.end, ended: false };
      refuseIfAborted(signal);
      records = [];
    }
  }
  const after = await drop.stat(file.path, signal);
  if (after === undefined || after.size !== file.size || after.mtimeMs !== file.mtimeMs) throw stillGrowing();
  yield { records, offset: file.size, ended: true };
}

/** @throws HubError: source/not-found, source/half-written, source/bad-answer … */
export async function* pullKind(
  pull: PullContext,
  options: PullOptions<FilesCheckpoint>,
): AsyncGenerator<Page<FilesCheckpoint>> {
  const { after, signal } = options;
  refuseIfAborted(signal);
  const drop = await pull.open(signal);
  try {
    const choice = {
      pattern: pull.settings.pattern,
      sites: pull.sites,
      settleSeconds: pull.settleSeconds,
      now: pull.context.clock.now,
      signal,
    };
    const chosen = await chooseFiles(drop, after, choice);
    const files = chosen.map(seenAs);
    const same = after !== null && sameFiles(files, after.files);
    if (after?.done === true && same) {
      yield { records: [], deleted: [], checkpoint: after, unchanged: true };
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
        const done = piece.ended && at === chosen.length - 1;
        const next = piece.ended && !done ? { at: at + 1, offset: 0 } : { at, offset: piece.offset };
        const checkpoint = { files, ...next, rows, done };
        yield { records: piece.records, deleted: [], checkpoint, ...(begins ? { begins } : {}) };
        begins = false;
        refuseIfAborted(signal);
      }
    }
  } finally {
    await drop.close();
  }
}
