// Delimited text as a stream: rows with the byte where each ends, so that a reader can go on from the middle of a file.
// Memory stays at one chunk plus one row. A row that cannot be trusted is marked, never repaired. A file that stops
// inside a quoted value or without its last line break is half-written: a run failure, so nothing is swept.
// Written by hand because lines without quotes, nearly all, can be split natively: four times csv-parse, which is the
// oracle of the tests.
import { HubError } from '../errors.ts';

export const csvEncodings = ['utf-8', 'windows-1252', 'iso-8859-1'] as const;
export type CsvEncoding = (typeof csvEncodings)[number];
export const csvQuotes = ['"', "'", 'none'] as const;
export type CsvQuote = (typeof csvQuotes)[number];

export interface CsvOptions {
  /** One ASCII character. */
  readonly separator: string;
  readonly encoding: CsvEncoding;
  /** Position of the first byte in the file; 0 also skips a byte order mark. */
  readonly start: number;
  /** Whether a last row without line break is taken for half-written (default) or for a row. */
  readonly lastLine?: 'terminated' | 'any';
  /** What values with separators in them stand between; `none`: nothing, every quote is a character. Default `"`. */
  readonly quote?: CsvQuote;
  /** A longer row is a failure: most likely a quote that never closes. Default 1 MiB. */
  readonly maxRowBytes?: number;
}

export type CsvFlaw = 'quotes' | 'encoding';

export interface CsvRow {
  readonly cells: readonly string[];
  /** Position in the file right after the row's line break. */
  readonly end: number;
  /** `quotes`: where cells, or even the row, begin and end is a guess. `encoding`: bytes that are not of the encoding. */
  readonly flaw: CsvFlaw | undefined;
}

const NEWLINE = 10;
const RETURN = 13;

/** The characters windows-1252 has where ISO 8859-1 has control codes, from 0x80. */
const c1 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

const decoderOf = (encoding: CsvEncoding): ((bytes: Buffer, from: number, to: number) => string) => {
  if (encoding === 'utf-8') return (bytes, from, to) => bytes.toString('utf8', from, to);
  if (encoding === 'iso-8859-1') return (bytes, from, to) => bytes.toString('latin1', from, to);
  return (bytes, from, to) =>
    bytes.toString('latin1', from, to).replace(/[\u0080-\u009f]/g, (char) => c1.charAt(char.charCodeAt(0) - 0x80));
};

const halfWritten = (): HubError =>
  new HubError({
    code: 'source/half-written',
    fault: 'transient',
    message: 'A file ends in the middle of a row: it is most likely still being written.',
    hint: 'If the vendor never ends the last line, set lastLine: any for this kind.',
  });

const tooLong = (): HubError =>
  new HubError({
    code: 'source/bad-answer',
    fault: 'source',
    message: 'A row is longer than the limit: most likely a quote that never closes, or the wrong file.',
  });

const startOf = (bytes: Buffer): number => {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    throw new HubError({
      code: 'source/bad-answer',
      fault: 'source',
      message: 'A file is written in UTF-16, which is not supported.',
      hint: 'Ask for UTF-8, windows-1252 or ISO 8859-1.',
    });
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
};

interface Scanned {
  readonly cells: string[];
  /** Index right after the line break. */
  readonly next: number;
  readonly flawed: boolean;
}

/** Reads one row that holds a quote; undefined when it does not end within `bytes`. */
const scanQuoted = (
  bytes: Buffer,
  from: number,
  separator: number,
  mark: string,
  decode: ReturnType<typeof decoderOf>,
): Scanned | undefined => {
  const cells: string[] = [];
  const quote = mark.charCodeAt(0);
  let flawed = false;
  let at = from;
  for (;;) {
    let text = '';
    if (bytes[at] === quote) {
      let close = bytes.indexOf(quote, at + 1);
      while (close !== -1 && bytes[close + 1] === quote) close = bytes.indexOf(quote, close + 2);
      if (close === -1 || close + 1 >= bytes.length) return undefined;
      text = decode(bytes, at + 1, close).replaceAll(mark + mark, mark);
      at = close + 1;
    }
    let stop = at;
    while (stop < bytes.length && bytes[stop] !== separator && bytes[stop] !== NEWLINE) stop += 1;
    if (stop === bytes.length) return undefined;
    const last = bytes[stop] === NEWLINE;
    const to = last && stop > at && bytes[stop - 1] === RETURN ? stop - 1 : stop;
    if (to > at) {
      // Text after a closing quote.
      if (at > from && bytes[at - 1] === quote) flawed = true;
      text += decode(bytes, at, to);
    }
    cells.push(text);
    at = stop + 1;
    if (last) return { cells, next: at, flawed };
  }
};

/** The rows in batches, one batch per chunk. Empty lines are skipped. */
export async function* readCsv(chunks: AsyncIterable<Uint8Array>, options: CsvOptions): AsyncGenerator<CsvRow[]> {
  const decode = decoderOf(options.encoding);
  const separator = options.separator.charCodeAt(0);
  const mark = options.quote ?? '"';
  const nextQuote = (bytes: Buffer, from: number): number =>
    mark === 'none' ? -1 : bytes.indexOf(mark.charCodeAt(0), from);
  const limit = options.maxRowBytes ?? 1024 * 1024;
  let rest: Buffer = Buffer.alloc(0);
  // Position in the file of the first byte of `rest`.
  let position = options.start;
  let begun = false;

  const take = (bytes: Buffer): CsvRow[] => {
    const rows: CsvRow[] = [];
    let at = 0;
    let quote = nextQuote(bytes, 0);
    for (;;) {
      const newline = bytes.indexOf(NEWLINE, at);
      if (newline === -1) break;
      if (quote !== -1 && quote < at) quote = nextQuote(bytes, at);
      if (quote === -1 || quote > newline) {
        const to = newline > at && bytes[newline - 1] === RETURN ? newline - 1 : newline;
        if (to > at) {
          const line = decode(bytes, at, to);
          const flaw = line.includes('\ufffd') ? 'encoding' : undefined;
          rows.push({ cells: line.split(options.separator), end: position + newline + 1, flaw });
        }
        at = newline + 1;
        continue;
      }
      const row = scanQuoted(bytes, at, separator, mark, decode);
      if (row === undefined) break;
      const foreign = row.cells.some((cell) => cell.includes('\ufffd'));
      const flaw = row.flawed ? 'quotes' : foreign ? 'encoding' : undefined;
      rows.push({ cells: row.cells, end: position + row.next, flaw });
      at = row.next;
    }
    rest = bytes.subarray(at);
    position += at;
    return rows;
  };

  for await (const chunk of chunks) {
    const bytes =
      rest.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : Buffer.concat([rest, chunk]);
    rest = bytes;
    if (!begun && options.start === 0) {
      if (bytes.length < 3) continue;
      const skip = startOf(bytes);
      rest = bytes.subarray(skip);
      position += skip;
    }
    begun = true;
    const rows = take(rest);
    if (rest.length > limit) throw tooLong();
    if (rows.length > 0) yield rows;
  }
  if (rest.length === 0) return;
  const rows = take(options.lastLine === 'any' ? Buffer.concat([rest, Buffer.from('\n')]) : rest);
  if (rest.length > 0) throw halfWritten();
  // The line break added above is not in the file.
  const fileEnd = options.lastLine === 'any' ? position - 1 : position;
  if (rows.length > 0) yield rows.map((row) => ({ ...row, end: Math.min(row.end, fileEnd) }));
}
