// Stage 1: does a raw record have the shape its adapter promises? A record that does not is data, not an exception;
// the reason names the path of the field, never its value.
import type { KindSpec, RawRecord } from '../adapter/contract.ts';

export interface Failure {
  readonly code: string;
  readonly path: string;
}

export interface Decoded {
  readonly key: string;
  /** As the source gave it when decoding failed. */
  readonly body: unknown;
  readonly failure: Failure | undefined;
}

/** Property names are the schema's or list indexes; anything else could be data used as a name. */
const safePath = (path: readonly PropertyKey[]): string =>
  path
    .map((part) =>
      typeof part === 'number' ? '[]' : /^[\p{L}_][\p{L}\d_ -]{0,40}$/u.test(String(part)) ? String(part) : '…',
    )
    .join('.');

/** Postgres can neither hold nor index every text, and one record's key must not stop the whole page. */
export const storable = (key: string): boolean =>
  key !== '' && key.length <= 500 && !key.includes('\u0000') && key.isWellFormed();

/** A kind as far as reading its records goes. */
export interface Decodable {
  readonly spec: Pick<KindSpec, 'body'>;
}

export const decode = (kind: Decodable, records: readonly RawRecord[]): readonly Decoded[] =>
  records.map(({ key, body }) => {
    if (!storable(key)) return { key: '', body, failure: { code: 'key/unreadable', path: '' } };
    const result = kind.spec.body.safeParse(body);
    if (result.success) return { key, body: result.data, failure: undefined };
    const issue = result.error.issues[0];
    return { key, body, failure: { code: `body/${issue?.code ?? 'invalid'}`, path: safePath(issue?.path ?? []) } };
  });
