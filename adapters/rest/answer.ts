// One answer as records and what surrounds them: JSON or XML in the declared encoding. An empty body, a page of HTML, half
// a document or an answer without its list is a fault of the source, never an empty list.
import { valuesAt } from '../../src/adapter/fields.ts';
import type { Http, HttpRequest } from '../../src/adapter/http.ts';
import { checkErrors, type ErrorsConfig } from '../../src/adapter/inner-errors.ts';
import { badAnswer } from '../../src/adapter/listing.ts';
import { readXml, type XmlObject } from '../../src/adapter/xml.ts';
import { HubError } from '../../src/errors.ts';

export interface Reading {
  readonly format: 'json' | 'xml';
  readonly encoding: string | undefined;
  /** Where the records are; empty: the answer has none. */
  readonly records: string;
  readonly errors: ErrorsConfig | undefined;
  /** Statuses that mean that there is nothing. */
  readonly none: readonly number[];
}

export interface Answer {
  readonly records: readonly unknown[];
  /** What the answer says beside its records: totals, tokens, links. */
  readonly rest: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

const noJson = (): HubError =>
  badAnswer(
    'The source said 200, but what it sent is no JSON.',
    'A gateway or a log-in page may have answered for it.',
  );

const parsed = (text: string): unknown => {
  if (text.trim() === '') throw badAnswer('The source said 200 and sent nothing.');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw noJson();
  }
};

const decoded = async (bytes: AsyncIterable<Uint8Array>, encoding: string): Promise<string> => {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let text = '';
  try {
    for await (const chunk of bytes) text += decoder.decode(chunk, { stream: true });
    return text + decoder.decode();
  } catch (thrown) {
    if (thrown instanceof HubError) throw thrown;
    throw badAnswer('The answer holds bytes that are not of its character encoding.', 'Check `encoding`.');
  }
};

/** Letters read in the wrong encoding are worse than no answer: what the source declares must be what is configured. */
const sameEncoding = (contentType: string | undefined): void => {
  const declared = /;\s*charset\s*=\s*"?([\w-]+)/i.exec(contentType ?? '')?.[1]?.toLowerCase();
  if (declared === undefined || /^(utf-?8|us-ascii)$/.test(declared)) return;
  throw new HubError({
    code: 'source/bad-answer',
    fault: 'config',
    message: 'The source declares another character encoding than UTF-8.',
    hint: 'Set `encoding` to the one in its Content-Type, or to utf-8 if that is what it really sends.',
  });
};

/** The whole answer as JSON; what `http` has parsed is not parsed again. */
const readJson = async (http: Http, request: HttpRequest, encoding: string | undefined) => {
  if (encoding === undefined || encoding === 'utf-8') {
    const { status, headers, body } = await http.request(request);
    if (encoding === undefined) sameEncoding(headers['content-type']);
    const json = typeof body === 'string' && status !== 204 ? parsed(body) : body;
    return { status, headers, json };
  }
  const { status, headers, body } = await http.stream(request);
  const text = await decoded(body, encoding);
  return { status, headers, json: status === 204 ? undefined : parsed(text) };
};

const noList = (): HubError =>
  badAnswer('The answer holds no records where they should be.', 'Check `records` against an answer of the source.');

/** The records of a JSON answer. @throws when the list is not there */
export const recordsIn = (json: unknown, path: string): readonly unknown[] => {
  if (json === null || typeof json !== 'object') throw noList();
  if (path === '.') return [json];
  if (path === '[]') {
    if (!Array.isArray(json)) throw noList();
    return json;
  }
  const steps = path.split('.');
  const last = (steps.at(-1) ?? '').replace(/\[\]$/, '');
  const holders = valuesAt(json, steps.slice(0, -1).join('.'));
  const lists = holders.flatMap((holder): readonly unknown[] => {
    const inner = (holder as Readonly<Record<string, unknown>>)[last];
    return inner === undefined || inner === null ? [] : [inner];
  });
  if (lists.length === 0 || (path.endsWith('[]') && !lists.every(Array.isArray))) throw noList();
  return lists.flat();
};

const readJsonAnswer = async (http: Http, request: HttpRequest, reading: Reading): Promise<Answer> => {
  const { status, headers, json } = await readJson(http, request, reading.encoding);
  if (reading.none.includes(status)) return { records: [], rest: {}, headers };
  if (status === 204) throw badAnswer('The source said that it has no content (204).');
  const state = checkErrors(json, reading.errors);
  const none = state === 'none' || reading.records === '';
  return { records: none ? [] : recordsIn(json, reading.records), rest: json, headers };
};

/** An answer about something else, for example a page of HTML, has another root. */
const rootAs = (rest: XmlObject, [root]: readonly string[]): boolean =>
  root === '*' || (root !== undefined && Object.keys(rest).every((name) => name === root));

const readXmlAnswer = async (http: Http, request: HttpRequest, reading: Reading): Promise<Answer> => {
  const { status, headers, body } = await http.stream(request);
  if (status === 204 || reading.none.includes(status)) {
    for await (const _ of body) break;
    if (!reading.none.includes(status)) throw badAnswer('The source said that it has no content (204).');
    return { records: [], rest: {}, headers };
  }
  const way = reading.records === '' ? [] : reading.records.split('.');
  const records: unknown[] = [];
  let rest: XmlObject = {};
  const { encoding } = reading;
  for await (const item of readXml(body, { records: way, ...(encoding === undefined ? {} : { encoding }) }))
    if (item.type === 'record') records.push(item.value);
    else rest = item.value;
  const state = checkErrors(rest, reading.errors);
  if (state === 'none') return { records: [], rest, headers };
  if (way.length > 0 && records.length === 0 && !rootAs(rest, way)) throw noList();
  return { records, rest, headers };
};

export const readAnswer = (http: Http, request: HttpRequest, reading: Reading): Promise<Answer> =>
  reading.format === 'xml'
    ? readXmlAnswer(http, { ...request, headers: { accept: 'application/xml, text/xml', ...request.headers } }, reading)
    : readJsonAnswer(http, request, reading);
