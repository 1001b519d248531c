// One request of the contract test: an operation with allowed or odd values, somebody's token, and the file's verdict
// on it. Bodies that are no JSON, headers that lie about them, and tokens that are none are among them.
import type { PersonaId } from '../sandbox/personas.ts';
import type { Random } from '../sandbox/world/random.ts';
import { allowsBody, allowsParameter, type Operation, type Parameter } from './contract-file.ts';
import { allowedText, bentBody, made, marker, oddTexts, type Pool, placeOf } from './contract-values.ts';

export interface ContractCase {
  readonly caller: PersonaId;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload?: string | Buffer;
  /** What the file says: every value allowed, one of them forbidden, or nothing that can be told. */
  readonly verdict: 'allowed' | 'forbidden' | 'unclear';
}

/** Who asks; the first round of an operation is everybody in turn, with nothing odd. */
export const callers: readonly PersonaId[] = [
  'caseworker-employment',
  'caseworker-social',
  'nurse-health',
  'private-provider',
  'citizen',
  'citizen',
  'consumer-system',
  'consumer-system',
  'administrator',
  'dpo',
  'dpo',
];

/** How much of a request is odd. */
type Bent = 'nothing' | 'one parameter' | 'the body' | 'the bytes' | 'the token' | 'the query';
const ways: readonly Bent[] = [
  'nothing',
  'nothing',
  'nothing',
  'one parameter',
  'one parameter',
  'the body',
  'the body',
  'the bytes',
  'the token',
  'the query',
];

const badTokens: readonly (string | undefined)[] = [
  undefined,
  '',
  'Bearer',
  'Bearer x',
  `Bearer ${marker}${marker}`,
  'Basic eDp5',
  `Bearer ${'a'.repeat(9000)}`,
  'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.',
  'Bearer eyJhbGciOiJIUzI1NiJ9.bm90IGpzb24.AAAA',
  'Bearer a.b.c.d.e.f.g.h.i.j.k',
  'bearer  \u00e6\u00f8\u00e5\u00e6\u00f8\u00e5\u00e6\u00f8\u00e5\u00e6\u00f8\u00e5\u00e6\u00f8\u00e5\u00e6\u00f8\u00e5',
];

interface Bytes {
  readonly payload: string | Buffer;
  readonly type?: string;
}
const strangeBytes: readonly ((json: string) => Bytes)[] = [
  () => ({ payload: '{"cpr":' }),
  () => ({ payload: `{"${marker}":${marker}` }),
  (json) => ({ payload: json, type: `text/${marker}` }),
  () => ({ payload: '' }),
  () => ({ payload: 'null' }),
  () => ({ payload: '[1,2]' }),
  () => ({ payload: '"text"' }),
  () => ({ payload: '{"__proto__":{"x":1}}' }),
  () => ({ payload: '{"constructor":{"prototype":{"x":1}}}' }),
  () => ({ payload: '['.repeat(30_000) }),
  () => ({ payload: `${'['.repeat(20_000)}${']'.repeat(20_000)}` }),
  () => ({ payload: `{"a":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}` }),
  () => ({ payload: `{"evidence":"${'x'.repeat(70_000)}"}` }),
  () => ({ payload: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]) }),
  (json) => ({ payload: `\ufeff${json}` }),
  (json) => ({ payload: json, type: 'text/plain' }),
  (json) => ({ payload: json, type: 'application/xml' }),
  (json) => ({ payload: json, type: 'application/x-www-form-urlencoded' }),
  (json) => ({ payload: json, type: 'multipart/form-data; boundary=x' }),
  (json) => ({ payload: json, type: 'application/json; charset=utf-16' }),
  (json) => ({ payload: json, type: 'application/json;;;' }),
  (json) => ({ payload: json, type: 'json' }),
  (json) => ({ payload: json, type: '' }),
];

const oddQueries: readonly string[] = [
  'limit=1&limit=2',
  'limit[]=1',
  'after=x&after=y',
  'from=2026-01-01&from=2026-01-02',
  '__proto__=x',
  `${marker}=${marker}`,
  `limit=${marker}`,
  '%ff=%fe',
  '&&&&',
  '=',
  '?',
  'fields=plans&fields=goals',
  'a='.repeat(500),
  `x=${'y'.repeat(8000)}`,
];

/** Texts a header can carry: what is beyond Latin-1 or a control character cannot leave any client. */
const headerText = (text: string): string => text.replace(/[^ -~\u0080-\u00ff]/g, '');

const pathText = (text: string, random: Random): string =>
  // Now and then as it is: clients that do not encode exist.
  random.chance(0.2) ? text.replace(/[^!-~]|[#?]/g, '') : encodeURIComponent(text);

export const contractCase = (operation: Operation, pool: Pool, random: Random, plainly?: PersonaId): ContractCase => {
  const bent = plainly === undefined ? random.pick(ways) : 'nothing';
  const caller = plainly ?? random.pick(callers);
  const oddOne: Parameter | undefined =
    bent === 'one parameter' && operation.parameters.length > 0 ? random.pick(operation.parameters) : undefined;
  const headers: Record<string, string> = {};
  const query: string[] = [];
  let path = operation.path;
  let forbidden = false;
  let unclear = false;
  for (const parameter of operation.parameters) {
    const odd = parameter === oddOne;
    if (!odd && !parameter.required && (plainly !== undefined || random.chance(0.5))) continue;
    const newest = plainly === undefined ? undefined : pool.of(placeOf(operation, parameter)).at(-1);
    const text = odd ? random.pick(oddTexts) : (newest ?? allowedText(operation, parameter, pool, random));
    const sent = parameter.in === 'header' ? headerText(text).trim() : text.toWellFormed();
    if (!allowsParameter(parameter, sent)) forbidden = true;
    if (odd && /[%\ufffd]|^\.|^$/.test(sent)) unclear = true;
    if (parameter.in === 'header') headers[parameter.name.toLowerCase()] = sent;
    else if (parameter.in === 'query') query.push(`${parameter.name}=${encodeURIComponent(sent)}`);
    else path = path.replace(`{${parameter.name}}`, odd ? pathText(sent, random) : sent);
  }
  if (bent === 'the query') {
    query.push(random.pick(oddQueries));
    unclear = true;
  }
  let payload: string | Buffer | undefined;
  if (operation.body !== undefined && (operation.body.required || plainly !== undefined || random.chance(0.7))) {
    const good = pool.of(`${operation.path} body`);
    const plain =
      good.length > 0 && (plainly !== undefined || random.chance(0.5))
        ? JSON.parse(random.pick(good))
        : made(operation.body.schema, random);
    const body: unknown = bent === 'the body' ? bentBody(plain, operation.body.schema, random) : plain;
    payload = JSON.stringify(body);
    headers['content-type'] = 'application/json';
    // An optional body may as well be null.
    if (body === null && !operation.body.required) unclear = true;
    // JSON reads back what was written: `undefined` and the like are gone.
    if (!allowsBody(operation, JSON.parse(payload))) forbidden = true;
  }
  if (bent === 'the bytes') {
    const bytes = random.pick(strangeBytes)(typeof payload === 'string' ? payload : '{}');
    payload = bytes.payload;
    headers['content-type'] = bytes.type ?? 'application/json';
    unclear = true;
  }
  if (bent === 'the token') {
    const token = random.pick(badTokens);
    headers['authorization'] = token ?? '';
    if (!operation.open) forbidden = true;
  }
  return {
    caller,
    method: operation.method,
    url: query.length === 0 ? path : `${path}?${query.join('&')}`,
    headers,
    ...(payload === undefined ? {} : { payload }),
    verdict: forbidden && !unclear ? 'forbidden' : forbidden || unclear ? 'unclear' : 'allowed',
  };
};
