// Requests and answers of OData v4: the collection, its count and its next link, the error body, without annotations.
import { textAt } from '../../src/adapter/fields.ts';
import type { Http, HttpRequest } from '../../src/adapter/http.ts';
import { badAnswer } from '../../src/adapter/listing.ts';
import { HubError } from '../../src/errors.ts';
import type { ODataConfig } from './config.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface Collection {
  readonly rows: readonly Row[];
  readonly count?: number;
  readonly next?: string;
}

const isObject = (value: unknown): value is Row => value !== null && typeof value === 'object' && !Array.isArray(value);

/** `@odata.etag`, `navn@odata.type` …: about the data, not of it. */
export const withoutAnnotations = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutAnnotations);
  if (!isObject(value)) return value;
  const plain: Record<string, unknown> = {};
  for (const name in value) if (!name.includes('@')) plain[name] = withoutAnnotations(value[name]);
  return plain;
};

const collectionIn = (body: unknown): Collection => {
  if (typeof body === 'string')
    throw badAnswer('The source said 200, but what it sent is no JSON.', 'A log-in page may have answered for it.');
  // An error that came after the answer had begun.
  if (isObject(body) && body['error'] !== undefined && body['error'] !== null)
    throw badAnswer('The source reports an error inside an answer that says 200.', undefined, 'transient');
  const rows = isObject(body) ? body['value'] : undefined;
  if (!isObject(body) || !Array.isArray(rows))
    throw badAnswer('The answer is no OData collection: it has no `value`.', 'Check `set`.');
  const count = body['@odata.count'] ?? body['@count'];
  const next = body['@odata.nextLink'] ?? body['@nextLink'];
  return {
    rows: rows.map((row) => withoutAnnotations(row) as Row),
    ...(count === undefined || count === null || !/^\d+$/.test(String(count)) ? {} : { count: Number(count) }),
    ...(typeof next === 'string' && next !== '' ? { next } : {}),
  };
};

/** Service errors say which option is wrong only by what they are about; their texts may hold values. */
const refusedQuery = (): HubError =>
  new HubError({
    code: 'source/bad-request',
    fault: 'config',
    message: 'The source does not accept the query (400).',
    hint: 'Compare select, expand, filter and orderby of this kind with the source’s $metadata.',
  });

export interface Client {
  get(url: string, pageSize: number | undefined, signal: AbortSignal): Promise<Collection>;
  /** The query options travel in the body (OData 4.01, `/$query`). */
  query(path: string, options: string, signal: AbortSignal): Promise<Collection>;
}

export const createClient = (http: Http, config: ODataConfig): Client => {
  const ask = async (request: HttpRequest): Promise<Collection> => {
    const { status, body } = await http.request({
      ...request,
      headers: { accept: 'application/json;odata.metadata=minimal', 'odata-maxversion': '4.01', ...request.headers },
      timeoutMs: config.timeoutSeconds * 1000,
      maxBytes: Math.round(config.maxMegabytes * 1024 * 1024),
      accept: [400],
    });
    if (status === 400) throw refusedQuery();
    if (status === 204) throw badAnswer('The source said that it has no content (204).');
    return collectionIn(body);
  };
  return {
    get: (url, pageSize, signal) =>
      ask({ url, signal, ...(pageSize === undefined ? {} : { headers: { prefer: `odata.maxpagesize=${pageSize}` } }) }),
    query: (path, options, signal) =>
      ask({
        method: 'POST',
        url: `${config.baseUrl}/${path}/$query`,
        headers: { 'content-type': 'text/plain' },
        body: options,
        signal,
      }),
  };
};

/** The record's key as the source spells it. */
export const keyOf = (row: Row, key: readonly string[]): string => {
  const parts = key.map((name) => textAt(row, name.replaceAll('/', '.')) ?? '');
  return parts.includes('') ? '' : parts.join('|');
};
