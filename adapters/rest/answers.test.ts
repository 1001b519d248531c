// What counts as an answer: encodings, XML, errors inside 200, and everything that is no list and must not pass for one.
import { afterEach, describe, expect, test } from 'vitest';
import { type Asked, type Fixture, openRest, pullOne, rowsOf, type Said, startSource } from './testing.fixture.ts';

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

describe('never an empty snapshot', () => {
  test.each([
    ['an empty 200', { body: '' }],
    ['204', { status: 204, body: '' }],
    ['a log-in page', { headers: { 'content-type': 'text/html' }, body: '<!doctype html><html></html>' }],
    ['half a document', { headers: { 'content-type': 'application/json' }, body: '{"data":[{"id":"1"},{"i' }],
    ['no list', { body: { data: null } }],
    ['something else', { body: { besked: 'Velkommen' } }],
    ['a list that is none', { body: { data: { id: '1' } } }],
    ['null', { headers: { 'content-type': 'application/json' }, body: 'null' }],
    ['text', { body: 'OK' }],
  ])('JSON: %s', async (_name, said) => {
    const baseUrl = await serve(() => said);
    await expect(pullOne({ baseUrl, kinds: kinds() })).rejects.toMatchObject({
      code: 'source/bad-answer',
      fault: 'source',
    });
  });

  test.each([
    ['an empty 200', ''],
    ['a log-in page', '<html><body>Log ind</body></html>'],
    ['half a document', '<svar><ting><id>1</id></ting>'],
    ['JSON', '{"svar": []}'],
    ['bytes of another encoding', Buffer.from('<svar><ting><id>å</id></ting></svar>', 'latin1')],
  ])('XML: %s', async (_name, body) => {
    const baseUrl = await serve(() => ({ body }));
    const config = { baseUrl, format: 'xml', kinds: kinds({ records: 'svar.ting' }) };
    await expect(pullOne(config)).rejects.toMatchObject({ code: 'source/bad-answer', fault: 'source' });
  });

  test('an XML answer that says it is empty is empty', async () => {
    const baseUrl = await serve(() => ({ body: '<svar><antal>0</antal></svar>' }));
    expect((await pullOne({ baseUrl, format: 'xml', kinds: kinds({ records: 'svar.ting' }) })).keys).toEqual([]);
  });
});

test('JSON of another encoding is read in it', async () => {
  const text = JSON.stringify({ data: [{ id: 'Æ1', navn: 'Søren Åkjær' }] });
  const baseUrl = await serve(() => ({ body: Buffer.from(text, 'latin1') }));
  const { records } = await pullOne({ baseUrl, encoding: 'iso-8859-1', kinds: kinds() });
  expect(records).toEqual([{ key: 'Æ1', body: { id: 'Æ1', navn: 'Søren Åkjær' } }]);
});

test('an encoding that the source declares and nobody configured stops the run', async () => {
  const headers = { 'content-type': 'application/json; charset=iso-8859-1' };
  const baseUrl = await serve(() => ({ headers, body: Buffer.from('{"data":[{"id":"Æ"}]}', 'latin1') }));
  await expect(pullOne({ baseUrl, kinds: kinds() })).rejects.toMatchObject({ fault: 'config' });
  expect((await pullOne({ baseUrl, encoding: 'iso-8859-1', kinds: kinds() })).keys).toEqual(['Æ']);
});

test('an ISO-8859-1 XML service with offset paging and its errors inside 200', async () => {
  const all = rowsOf(25).map(({ id }, at) => `<bo:person nr="${id}"><navn>Bjørn Å. ${at}</navn></bo:person>`);
  let code = 'OK';
  const baseUrl = await serve(({ url }) => {
    const from = Number(url.searchParams.get('start'));
    const some = all.slice(from, from + Number(url.searchParams.get('antal')));
    const head = '<?xml version="1.0" encoding="ISO-8859-1"?>';
    const inner = `<status><kode>${code}</kode><tekst>Fejl ved opslag på Bjørn</tekst></status><ialt>${all.length}</ialt>`;
    const text = `${head}<bo:svar xmlns:bo="urn:x">${inner}<bo:personer>${some.join('')}</bo:personer></bo:svar>`;
    return { headers: { 'content-type': 'text/xml' }, body: Buffer.from(text, 'latin1') };
  });
  const config = {
    baseUrl,
    format: 'xml',
    pageSize: '10',
    paging: { style: 'offset', offset: 'start', limit: 'antal', total: 'svar.ialt', overlap: '2' },
    errors: {
      path: 'svar.status.kode',
      ok: ['OK'],
      retry: ['BUSY'],
      unauthorised: ['LOGIN'],
      none: ['TOM'],
      mustBeThere: 'yes',
    },
    kinds: kinds({ records: 'svar.personer.person', key: '@nr' }),
  };
  const { keys, records, pages } = await pullOne(config);
  expect(keys).toEqual(rowsOf(25).map(({ id }) => id));
  expect(records[3]?.body).toEqual({ '@nr': 't3', navn: 'Bjørn Å. 3' });
  expect(pages.every(({ total }) => total === 25)).toBe(true);

  for (const [said, expected] of [
    ['BUSY', { code: 'source/unavailable', fault: 'transient' }],
    ['LOGIN', { code: 'source/unauthorised', fault: 'config' }],
    ['E117', { code: 'source/bad-answer', fault: 'source' }],
    ['', { code: 'source/bad-answer', fault: 'source' }],
  ] as const) {
    code = said;
    const thrown = await pullOne(config).catch((error: unknown) => error);
    expect(thrown).toMatchObject(expected);
    expect(String((thrown as Error).message)).not.toMatch(/Bjørn|E117/);
  }
  code = 'TOM';
  expect((await pullOne({ ...config, paging: { style: 'none' } })).keys).toEqual([]);
});

test('two different records with one key are a wrong configuration, not one record', async () => {
  const baseUrl = await serve(() => ({
    body: {
      data: [
        { sag: '1', nr: '1' },
        { sag: '1', nr: '2' },
      ],
    },
  }));
  await expect(pullOne({ baseUrl, kinds: kinds({ key: 'sag' }) })).rejects.toMatchObject({ fault: 'config' });
  expect((await pullOne({ baseUrl, kinds: kinds({ key: ['sag', 'nr'] }) })).keys).toEqual(['1|1', '1|2']);
});

test('what the source counts and does not hold is counted as ignored, so that its total can agree', async () => {
  const data = [{ id: '1' }, { id: '2' }, { id: '2' }, { id: '3' }];
  const baseUrl = await serve(({ url }) => {
    const id = url.pathname.split('/')[2];
    if (id === undefined) return { body: { n: 4, data } };
    return id === '3' ? { status: 404, body: {} } : { body: { id } };
  });
  const paging = { style: 'none', total: 'n' };
  const { pages } = await pullOne({ baseUrl, paging, kinds: kinds({ detail: { path: 'ting/{key}' } }) });
  expect(pages).toMatchObject([{ records: [{ key: '1' }, { key: '2' }], ignored: 2, total: 4 }]);
});

test('half-objects are completed, those that vanished meanwhile are left out', async () => {
  let most = 0;
  let underWay = 0;
  const baseUrl = await serve(({ url }) => {
    underWay += 1;
    most = Math.max(most, underWay);
    queueMicrotask(() => (underWay -= 1));
    const id = url.pathname.split('/')[2];
    if (id === undefined) return { body: { data: rowsOf(20) } };
    return id === 't7' ? { status: 404, body: {} } : { body: { ting: { id, tekst: `Hele ${id}` } } };
  });
  const detail = { path: 'ting/{key}', record: 'ting', concurrency: '3' };
  const { records } = await pullOne({ baseUrl, kinds: kinds({ detail }) });
  expect(records).toHaveLength(19);
  expect(records[4]?.body).toEqual({ id: 't4', navn: 'Nr. 4', tekst: 'Hele t4' });
  expect(fixture?.asked.length).toBe(21);
});

test('a key that looks like a CPR goes into no address', async () => {
  const baseUrl = await serve(() => ({ body: { data: [{ id: '010190-1234' }] } }));
  const thrown = await pullOne({ baseUrl, kinds: kinds({ detail: { path: 'ting/{key}' } }) }).catch((e: unknown) => e);
  expect(thrown).toMatchObject({ code: 'config/invalid', fault: 'config' });
  expect((thrown as Error).message).not.toContain('010190');
  expect(fixture?.asked.map(({ url }) => url.pathname)).toEqual(['/ting']);
});

test('reported deletions come as keys', async () => {
  const data = [
    { id: '1', status: 'Aktiv' },
    { id: '2', status: 'Slettet' },
  ];
  const baseUrl = await serve(() => ({ body: { data } }));
  const deletes = { path: 'status', values: ['Slettet'] };
  const { pages } = await pullOne({ baseUrl, kinds: kinds({ deletes, changedSince: { param: 'siden' } }) });
  expect(pages.map(({ deleted, records }) => [deleted, records.length])).toEqual([[['2'], 1]]);
});

test('the source is probed where nothing personal is, or not at all', async () => {
  const baseUrl = await serve(({ url }) => (url.pathname === '/ping' ? { body: {} } : { status: 404, body: {} }));
  const signal = AbortSignal.timeout(5000);
  expect(await (await openRest({ baseUrl, kinds: kinds() })).probe(signal)).toMatchObject({ up: true });
  expect(await (await openRest({ baseUrl, probe: { path: 'ping' }, kinds: kinds() })).probe(signal)).toMatchObject({
    up: true,
  });
  const wrong = await openRest({ baseUrl, probe: { path: 'findes-ikke' }, kinds: kinds() });
  expect(await wrong.probe(signal)).toMatchObject({ up: false, code: 'source/not-found' });
});
