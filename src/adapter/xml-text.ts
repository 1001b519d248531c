// The characters of an XML document from its bytes, in whatever pieces they come. The encoding is the one asked for, else
// the byte order mark's, else the XML declaration's, else UTF-8. Bytes that are not of it end the reading: guessed
// letters in a citizen's name are worse than no answer.
import { TextDecoder } from 'node:util';
import { HubError } from '../errors.ts';

const badEncoding = (message: string, hint: string): HubError =>
  new HubError({ code: 'source/bad-answer', fault: 'source', message, hint });

const marks: readonly (readonly [readonly number[], string])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
  // `<?` in two bytes each, without a mark.
  [[0x3c, 0x00, 0x3f, 0x00], 'utf-16le'],
  [[0x00, 0x3c, 0x00, 0x3f], 'utf-16be'],
];

/** A declaration is the first thing in a document and short. */
const declarationBytes = 1024;

/** The label the first bytes speak of; undefined while more of them are needed. */
const labelOf = (head: Buffer, ended: boolean): string | undefined => {
  if (head.length < 4 && !ended) return undefined;
  const marked = marks.find(([bytes]) => bytes.every((byte, index) => head[index] === byte));
  if (marked !== undefined) return marked[1];
  if (head.subarray(0, 5).toString('latin1') !== '<?xml'.slice(0, head.length)) return 'utf-8';
  const close = head.indexOf('?>');
  if (close === -1 && head.length < declarationBytes && !ended) return undefined;
  const declaration = head.subarray(0, close === -1 ? declarationBytes : close).toString('latin1');
  const label = /\sencoding\s*=\s*["']([^"']*)["']/.exec(declaration)?.[1];
  // A document read as single bytes so far is not UTF-16, whatever it says: a gateway has translated it.
  return label === undefined || /^(utf-?16|ucs-?2|iso-10646-ucs-2)/i.test(label) ? 'utf-8' : label;
};

const decoderOf = (label: string, asked: boolean): TextDecoder => {
  try {
    return new TextDecoder(label, { fatal: true });
  } catch {
    if (asked)
      throw new HubError({
        code: 'config/invalid',
        fault: 'config',
        message: 'encoding: this character encoding is not known.',
        hint: 'Write for example utf-8, iso-8859-1, windows-1252 or utf-16le.',
      });
    throw badEncoding(
      'The XML declaration names a character encoding that is not known.',
      'Set `encoding` for this source to the one that is really used.',
    );
  }
};

/** Pieces of text. The byte order mark is left out. @throws HubError `source/bad-answer` */
export async function* readText(bytes: AsyncIterable<Uint8Array>, asked?: string): AsyncGenerator<string> {
  let decoder = asked === undefined ? undefined : decoderOf(asked, true);
  let head: Buffer = Buffer.alloc(0);
  const decode = (chunk: Uint8Array | undefined, by: TextDecoder): string => {
    try {
      return chunk === undefined ? by.decode() : by.decode(chunk, { stream: true });
    } catch {
      throw badEncoding(
        'The XML holds bytes that are not of its character encoding.',
        'Set `encoding` for this source to the one that is really used, often windows-1252 or iso-8859-1.',
      );
    }
  };
  for await (const chunk of bytes) {
    if (decoder !== undefined) {
      yield decode(chunk, decoder);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const label = labelOf(head, false);
    if (label === undefined) continue;
    decoder = decoderOf(label, false);
    yield decode(head, decoder);
  }
  if (decoder === undefined) {
    decoder = decoderOf(labelOf(head, true) ?? 'utf-8', false);
    yield decode(head, decoder);
  }
  yield decode(undefined, decoder);
}
