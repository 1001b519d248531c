// JSON lines as a stream: one value per line, with the byte where each ends, so that a reader can go on from the middle
// of a file. Memory stays at one chunk plus one line. A line that is not JSON is marked, never repaired; a last line
// that is cut off is half-written: a run failure, so nothing is swept.
import { HubError } from '../errors.ts';

export interface JsonLinesOptions {
  /** Position of the first byte in the file; 0 also skips a byte order mark. */
  readonly start: number;
  /** Default UTF-8. */
  readonly encoding?: string | undefined;
  /** A longer line is a failure: most likely not JSON lines. Default 1 MiB. */
  readonly maxLineBytes?: number;
}

export interface JsonLine {
  /** Undefined: the line is not JSON, or not of the encoding. */
  readonly value: unknown;
  /** Position in the file right after the line break. */
  readonly end: number;
}

const NEWLINE = 10;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** The lines in batches, one batch per chunk. Empty lines are skipped. */
export async function* readJsonLines(
  chunks: AsyncIterable<Uint8Array>,
  options: JsonLinesOptions,
): AsyncGenerator<JsonLine[]> {
  const decoder = new TextDecoder(options.encoding ?? 'utf-8', { ignoreBOM: options.start > 0 });
  const limit = options.maxLineBytes ?? 1024 * 1024;
  let rest: Buffer = Buffer.alloc(0);
  // Position in the file of the first byte of `rest`.
  let position = options.start;

  const lineOf = (bytes: Buffer, from: number, to: number): JsonLine | undefined => {
    const text = decoder.decode(bytes.subarray(from, to)).trim();
    if (text === '') return undefined;
    const value = text.includes('\ufffd') ? undefined : parse(text);
    return { value, end: position + to + 1 };
  };

  for await (const chunk of chunks) {
    const bytes =
      rest.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : Buffer.concat([rest, chunk]);
    const lines: JsonLine[] = [];
    let at = 0;
    for (let newline = bytes.indexOf(NEWLINE); newline !== -1; newline = bytes.indexOf(NEWLINE, at)) {
      const line = lineOf(bytes, at, newline);
      if (line !== undefined) lines.push(line);
      at = newline + 1;
    }
    position += at;
    rest = bytes.subarray(at);
    if (rest.length > limit)
      throw new HubError({
        code: 'source/bad-answer',
        fault: 'source',
        message: 'A line is longer than the limit: most likely the file is not JSON lines.',
      });
    if (lines.length > 0) yield lines;
  }
  const last = lineOf(rest, 0, rest.length);
  if (last === undefined) return;
  // A cut-off object never parses, so the last line needs no line break to be whole.
  if (typeof last.value !== 'object')
    throw new HubError({
      code: 'source/half-written',
      fault: 'transient',
      message: 'A file ends in the middle of a line: it is most likely still being written.',
    });
  yield [{ ...last, end: position + rest.length }];
}
