// What is asked: who the hub says it is, what has changed since, one citizen by a number that stands in no address.
import { afterEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { rest } from './index.ts';
import {
  type Asked,
  type Fixture,
  gather,
  openRest,
  pullOne,
  rowsOf,
  type Said,
  startSource,
} from './testing.fixture.ts';

let fixture: Fixture | undefined;
afterEach(async () => {
  await fixture?.close();
  fixture = undefined;
});
const serve = async (answer: (asked: Asked) => Said): Promise<string> => {
  fixture = await startSource(answer);
  return fixture.url;
};
const kinds = (kind: object = {}) => ({ ting: { list: { path: 'ting' }, records: 'data[]', key: 'id', ...kind } });
const clockAt = (text: string): Clock => ({ now: () => new Date(text) });

describe('who is asking', () => {
  test.each([
    ['none', { type: 'none' }, 'authorization', undefined],
    ['basic', { type: 'basic', username: 'hub', password: 'æble' }, 'authorization', 'Basic aHViOsOmYmxl'],
    ['bearer', { type: 'bearer', token: 'abc' }, 'authorization', 'Bearer abc'],
    ['apiKey', { type: 'apiKey', key: 'k1', header: 'Ocp-Apim-Subscription-Key' }, 'ocp-apim-subscription-key', 'k1'],
  ])('%s', async (_name, auth, header, value) => {
    const baseUrl = await serve(() => ({ body: { data: rowsOf(1) } }));
    await pullOne({ baseUrl, auth, headers: { 'x-kommune': '999' }, kinds: kinds() });
    expect(fixture?.asked[0]?.headers[header]).toBe(value);
    expect(fixture?.asked[0]?.headers['x-kommune']).toBe('999');
    expect(fixture?.asked[0]?.url.search).toBe('');
  });

  test('an apiKey is in the address only where the configuration names a parameter', async () => {
    const baseUrl = await serve(() => ({ body: { data: rowsOf(1) } }));
    await pullOne({ baseUrl, auth: { type: 'apiKey', key: 'k1', query: 'kode' }, kinds: kinds() });
    expect(fixture?.asked[0]?.url.search).toBe('?kode=k1');
  });

  test('oauth2 with a key for the gateway, and a new token when the old is refused', async () => {
    let tokens = 0;
    const baseUrl = await serve(({ url, headers, body }) => {
      if (url.pathname === '/token') {
        tokens += 1;
        expect(new URLSearchParams(body).get('audience')).toBe('ting');
        return { body: { access_token: `token${tokens}`, expires_in: 3600 } };
      }
      return headers['authorization'] === 'Bearer token2' ? { body: { data: rowsOf(1) } } : { status: 401, body: {} };
    });
    const apiKey = { key: 'gw', header: 'apikey' };
    const client = { clientId: 'hub', clientSecret: 's', extra: { audience: 'ting' } };
    const auth = { type: 'oauth2', tokenUrl: `${baseUrl}/token`, ...client, apiKey };
    expect((await pullOne({ baseUrl, auth, kinds: kinds() })).keys).toEqual(['t0']);
    // The key is the source's: it goes along to the source and to nobody else.
    const carried = fixture?.asked.map(({ url, headers }) => `${url.pathname} ${headers['apikey']}`);
    expect(new Set(carried)).toEqual(new Set(['/token undefined', '/ting gw']));
  });
});

describe('what has changed', () => {
  test.each([
    ['instant', '2026-07-01T10:20:00.000Z'],
    ['local', '2026-07-01T12:20:00'],
    ['date', '2026-07-01'],
    ['dk-date', '01-07-2026'],
    ['epoch', '1782901200'],
  ])('%s', async (format, written) => {
    const baseUrl = await serve(() => ({ body: { data: rowsOf(2) } }));
    const changedSince = { param: 'siden', format, overlapSeconds: '600' };
    const config = { baseUrl, kinds: kinds({ changedSince }) };
    const { pages } = await pullOne(config, null, clockAt('2026-07-01T10:30:00Z'));
    expect(fixture?.asked[0]?.url.search).toBe('');
    await pullOne(config, pages.at(-1)?.checkpoint, clockAt('2026-07-01T11:00:00Z'));
    expect(fixture?.asked[1]?.url.searchParams.get('siden')).toBe(written);
  });

  test('goes on from the records’ own time, past no record dated in the future, back for no pull without news', async () => {
    let rows: readonly object[] = [
      { id: '1', rettet: '2026-07-01 09:00:00' },
      { id: '2', rettet: '2099-01-01T00:00:00Z' },
    ];
    const baseUrl = await serve(() => ({ body: { data: rows } }));
    const changedSince = { param: 'filter', template: 'rettet ge {since}', field: 'rettet', overlapSeconds: '60' };
    const config = { baseUrl, kinds: kinds({ changedSince }) };
    let { pages } = await pullOne(config, null, clockAt('2026-07-01T10:00:00Z'));
    rows = [];
    for (let round = 0; round < 3; round += 1)
      ({ pages } = await pullOne(config, pages.at(-1)?.checkpoint, clockAt('2026-07-01T11:00:00Z')));
    const asked = fixture?.asked.slice(1).map(({ url }) => url.searchParams.get('filter'));
    expect(asked).toEqual(Array.from({ length: 3 }, () => 'rettet ge 2026-07-01T09:59:00.000Z'));
  });

  test('a pull that came short of the source’s own total is asked for again from where it began', async () => {
    let total = 2;
    const baseUrl = await serve(() => ({ body: { n: total, data: rowsOf(2) } }));
    const kind = { changedSince: { param: 'siden', overlapSeconds: '0' }, paging: { style: 'none', total: 'n' } };
    const config = { baseUrl, kinds: kinds(kind) };
    let { pages } = await pullOne(config, null, clockAt('2026-07-01T10:00:00Z'));
    total = 3;
    for (const at of ['2026-07-01T11:00:00Z', '2026-07-01T12:00:00Z'])
      ({ pages } = await pullOne(config, pages.at(-1)?.checkpoint, clockAt(at)));
    const asked = fixture?.asked.slice(1).map(({ url }) => url.searchParams.get('siden'));
    expect(asked).toEqual(['2026-07-01T10:00:00.000Z', '2026-07-01T10:00:00.000Z']);
  });
});

describe('one citizen', () => {
  const cpr = '0101701234';
  const ask = async (config: object) => {
    const source = await openRest(config);
    return gather(source.byCitizen?.['ting']?.({ cpr, signal: AbortSignal.timeout(5000) }) ?? nothing());
  };
  async function* nothing() {}

  test('by a number in a header', async () => {
    const baseUrl = await serve(() => ({ body: { data: rowsOf(3) } }));
    const byCitizen = { path: 'borger/ting', header: 'x-civilregistrationIdentifier' };
    expect((await ask({ baseUrl, kinds: kinds({ byCitizen }) })).keys).toHaveLength(3);
    expect(fixture?.asked[0]?.headers['x-civilregistrationidentifier']).toBe(cpr);
  });

  test('by a number in the body, page by page, and in no address', async () => {
    const baseUrl = await serve(({ body }) => {
      const { paging } = JSON.parse(body) as { paging: { nr: number; antal: number } };
      return { body: { n: 12, data: rowsOf(12).slice(paging.nr * 5, paging.nr * 5 + 5) } };
    });
    const paging = { style: 'page', in: 'body', page: 'paging.nr', size: 'paging.antal', first: '0', total: 'n' };
    const byCitizen = {
      path: 'soeg',
      method: 'POST',
      body: '{"aktive": true, "borger": {"cpr": "{cpr}"}}',
      cprFormat: 'dashed',
    };
    const list = { path: 'soeg', method: 'POST' };
    const { keys, pages } = await ask({ baseUrl, pageSize: '5', paging, kinds: kinds({ list, byCitizen }) });
    expect(keys).toHaveLength(12);
    expect(pages).toHaveLength(3);
    expect(JSON.parse(fixture?.asked[1]?.body ?? '')).toEqual({
      aktive: true,
      borger: { cpr: '010170-1234' },
      paging: { nr: 1, antal: 5 },
    });
    expect(fixture?.asked.filter(({ url }) => /0101/.test(url.href))).toEqual([]);
  });

  test('by the source’s own id, looked up once for all kinds, and the records say whose they are', async () => {
    const baseUrl = await serve(({ url, body }) => {
      if (url.pathname === '/borger/find')
        return { body: JSON.parse(body).nr === cpr ? { hits: [{ id: 'b 7' }, { id: 'b8' }] } : { hits: [] } };
      return { body: { data: rowsOf(2, url.pathname.includes('b8') ? 10 : 0) } };
    });
    const citizen = { path: 'borger/find', method: 'POST', body: { nr: '{cpr}' }, id: 'hits[].id' };
    const kind = { list: undefined, byCitizen: { path: 'borger/{citizen}/ting', as: 'borgerId' } };
    const config = { baseUrl, citizen, kinds: { ...kinds(kind), andet: kinds(kind).ting } };
    const source = await openRest(config);
    const signal = AbortSignal.timeout(5000);
    const { records, pages } = await gather(source.byCitizen?.['ting']?.({ cpr, signal }) ?? nothing());
    expect(records.map(({ body }) => body)).toMatchObject([
      { id: 't0', borgerId: 'b 7' },
      { id: 't1' },
      { id: 't10', borgerId: 'b8' },
      { id: 't11' },
    ]);
    expect(pages.every(({ checkpoint }) => checkpoint === null)).toBe(true);
    await gather(source.byCitizen?.['andet']?.({ cpr, signal }) ?? nothing());
    expect(fixture?.asked.filter(({ url }) => url.pathname === '/borger/find')).toHaveLength(1);
    expect((await gather(source.byCitizen?.['ting']?.({ cpr: '0202702345', signal }) ?? nothing())).keys).toEqual([]);
    expect(fixture?.asked.filter(({ url }) => url.href.includes(cpr))).toEqual([]);
  });

  test('{citizen} needs a look-up', () => {
    const byCitizen = { path: 'borger/{citizen}/ting' };
    const parsed = rest.config.safeParse({ baseUrl: 'https://x.example', kinds: kinds({ byCitizen }) });
    expect(parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.'))).toEqual([
      'kinds.ting.byCitizen',
    ]);
  });

  test.each([
    ['nobody of that number', { status: 404, body: {} }, undefined],
    ['a refusal', { status: 403, body: {} }, { code: 'source/forbidden', fault: 'source' }],
    ['an empty 200', { body: '' }, { code: 'source/bad-answer' }],
  ])('%s', async (_name, said, failure) => {
    const baseUrl = await serve(() => said);
    const work = ask({ baseUrl, kinds: kinds({ byCitizen: { path: 'b', header: 'cpr' } }) });
    if (failure === undefined) expect((await work).keys).toEqual([]);
    else await expect(work).rejects.toMatchObject(failure);
  });

  test.each([
    ['path', { path: 'borger/{cpr}', header: 'cpr' }],
    ['query.nr', { path: 'borger', query: { nr: '{cpr}' }, header: 'cpr' }],
  ])('a configuration that would put a number into the address is refused at %s', (path, byCitizen) => {
    const parsed = rest.config.safeParse({ baseUrl: 'https://x.example', kinds: kinds({ byCitizen }) });
    const issues = parsed.success ? [] : parsed.error.issues;
    expect(issues.map((issue) => issue.path.join('.'))).toEqual([`kinds.ting.byCitizen.${path}`]);
    expect(issues[0]?.message).toContain('never be part of a URL');
  });

  test('a link with the number in it is not followed', async () => {
    const baseUrl = await serve(() => ({ body: { naeste: '/b?cpr=010170-1234', data: rowsOf(1) } }));
    const config = {
      baseUrl,
      paging: { style: 'link', next: 'naeste' },
      kinds: kinds({ byCitizen: { path: 'b', header: 'cpr' } }),
    };
    await expect(ask(config)).rejects.toMatchObject({ code: 'source/bad-answer' });
    expect(fixture?.asked).toHaveLength(1);
  });
});

test('slows down before the source must say 429', async () => {
  const from = Date.now();
  const baseUrl = await serve(({ url }) => {
    const page = Number(url.searchParams.get('page'));
    const headers = { 'x-ratelimit-remaining': page === 1 ? '0' : '50', 'x-ratelimit-reset': '1' };
    return { headers, body: { data: page < 3 ? rowsOf(10, page * 10) : [] } };
  });
  await pullOne({ baseUrl, pageSize: '10', rate: { reserve: '0' }, paging: { style: 'page' }, kinds: kinds() });
  expect(Date.now() - from).toBeGreaterThan(900);
});

test('a wait too long for a page is left to the schedule', async () => {
  const headers = { ratelimit: '"default";r=0;t=900' };
  const baseUrl = await serve(() => ({ headers, body: { mere: true, data: rowsOf(10) } }));
  const paging = { style: 'page', hasMore: 'mere' };
  await expect(pullOne({ baseUrl, pageSize: '10', paging, kinds: kinds() })).rejects.toMatchObject({
    code: 'source/rate-limited',
    fault: 'transient',
    retryAfterMs: expect.any(Number) as number,
  });
});
