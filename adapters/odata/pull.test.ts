// OData as it is met: both ways of paging, siblings by one number, records below a parent, sessions, and bad days.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Source } from '../../src/adapter/contract.ts';
import { openOData, recordsOf, shippedKinds, stubConfig } from '../../test/adapters/odata.ts';
import type { DubuData } from '../../test/sandbox/dubu/data.ts';
import { cprOf, sampleAktivitet, sampleDubu, sampleSag } from '../../test/sandbox/dubu/sample.ts';
import { type DubuStub, dubuCredentials, startDubuStub } from '../../test/sandbox/dubu/server.ts';
import { odata } from './index.ts';

let data: DubuData;
let stub: DubuStub;
const signal = new AbortController().signal;
beforeEach(async () => {
  data = sampleDubu(25);
  stub = await startDubuStub({ data });
});
afterEach(() => stub.close());

const pull = (source: Source, kind: string) =>
  recordsOf(source.pull[kind]?.({ after: null as never, signal }) ?? none());
const ask = (source: Source, kind: string, cpr: string) =>
  recordsOf(source.byCitizen?.[kind]?.({ cpr, signal }) ?? none());
async function* none() {}
const idOf = ({ body }: { readonly body: unknown }): number => (body as { readonly id: number }).id;

describe.each(['skip', 'next'])('paging by %s', (paging) => {
  test('gives everything in order, asks for what is selected only, and drops annotations', async () => {
    const source = await openOData(stubConfig(stub, { paging }));
    const sager = await pull(source, 'sag');
    expect(sager.map(idOf)).toEqual(Array.from({ length: 25 }, (_, n) => 4000 + n));
    expect(sager[3]?.body).toMatchObject({ primaerPerson: { cprnr: cprOf(3) }, tvang: false });
    expect(JSON.stringify(sager)).not.toMatch(/@odata|fornavn|relation/);
    expect(stub.urls.filter((url) => url.includes('/odata/Sag')).length).toBeGreaterThan(2);
  });
});

test('closed cases are filtered by the source', async () => {
  data.sager.set(4001, { ...sampleSag(1), status: { brugervendtNoegle: 'SagStatus2', titel: 'Afsluttet' } });
  expect((await pull(await openOData(stubConfig(stub)), 'sag')).map(idOf)).not.toContain(4001);
});

test('activities come with their case, also more of them than a page holds', async () => {
  data.aktiviteter.set(
    4003,
    Array.from({ length: 27 }, (_, n) => sampleAktivitet(1000 + n)),
  );
  data.aktiviteter.delete(4004);
  const records = await pull(await openOData(stubConfig(stub)), 'aktivitet');
  expect(records).toHaveLength(23 * 2 + 27);
  expect(records.find((one) => idOf(one) === 1026)?.body).toMatchObject({
    sag: { id: 4003, tvang: false, isSensitive: false, team: 'boern' },
  });
});

test('a sibling is found by a number that stands in no address', async () => {
  const source = await openOData(stubConfig(stub));
  expect((await ask(source, 'sag', cprOf(503))).map(idOf)).toEqual([4003]);
  expect(await ask(source, 'aktivitet', cprOf(503))).toHaveLength(2);
  expect(stub.urls.filter((url) => decodeURIComponent(url).includes(cprOf(503)))).toEqual([]);
});

test('one number with more cases than a page holds', async () => {
  for (let n = 100; n < 123; n += 1)
    data.sager.set(4000 + n, { ...sampleSag(n), primaerPerson: sampleSag(1).primaerPerson });
  expect(await ask(await openOData(stubConfig(stub, { paging: 'next' })), 'sag', cprOf(1))).toHaveLength(24);
});

test('a session by header instead of a token', async () => {
  const headers = { cookie: dubuCredentials.session };
  const source = await openOData(stubConfig(stub, { auth: { type: 'none' }, headers }));
  expect(await source.probe(signal)).toMatchObject({ up: true });
  expect(await pull(source, 'sag')).toHaveLength(25);
  const ended = await openOData(stubConfig(stub, { auth: { type: 'none' }, headers: { cookie: 'x=y' } }));
  expect(await ended.probe(signal)).toMatchObject({ up: false, code: 'source/unauthorised' });
});

test('changes are asked for in the source’s own words', async () => {
  const kinds = {
    sag: { ...shippedKinds['sag'], changedSince: { field: 'startDato', format: 'date', overlapSeconds: '0' } },
  };
  const source = await openOData(stubConfig(stub, { kinds }));
  const pages = [];
  for await (const page of source.pull['sag']?.({ after: null as never, signal }) ?? none()) pages.push(page);
  expect(pages.at(-1)?.checkpoint).toMatchObject({ done: true, since: '2026-05-03T22:00:00.000Z' });
  await recordsOf(source.pull['sag']?.({ after: pages.at(-1)?.checkpoint as never, signal }) ?? none());
  const last = decodeURIComponent(stub.urls.at(-1) ?? '');
  expect(last).toContain("$filter=(status/brugervendtNoegle ne 'SagStatus2') and (startDato ge 2026-05-04)");
});

describe('never an empty snapshot', () => {
  test.each([
    ['login-page', { code: 'source/bad-answer', fault: 'source' }],
    ['half', { code: 'source/bad-answer', fault: 'source' }],
    ['empty', { code: 'source/bad-answer', fault: 'source' }],
    ['error-inside', { code: 'source/bad-answer', fault: 'transient' }],
    ['error-500', { code: 'source/unavailable', fault: 'transient' }],
    ['down', { code: 'source/unreachable', fault: 'transient' }],
  ] as const)('%s', async (fault, expected) => {
    const source = await openOData(stubConfig(stub));
    await source.probe(signal);
    stub.fault = fault;
    const thrown = await pull(source, 'sag').catch((error: unknown) => error);
    expect(thrown).toMatchObject(expected);
    expect(String((thrown as Error).message)).not.toContain('Prøve');
  });
});

test('a query the source does not accept is the configuration’s fault, told without its words', async () => {
  const kinds = { sag: { set: 'Sag', key: 'id', select: ['findesIkke'] } };
  await expect(pull(await openOData(stubConfig(stub, { kinds })), 'sag')).rejects.toMatchObject({
    code: 'source/bad-request',
    fault: 'config',
  });
});

test('a next link to another host is not followed', async () => {
  const source = await openOData(
    stubConfig(stub, { paging: 'next', baseUrl: stub.url.replace('127.0.0.1', 'localhost') }),
  );
  await expect(pull(source, 'sag')).rejects.toMatchObject({ code: 'source/bad-answer' });
});

test('records of a kind below a parent need a parent that is there', () => {
  const { aktivitet } = shippedKinds;
  const parsed = odata.config.safeParse({ baseUrl: 'https://x.example', kinds: { aktivitet } });
  expect(parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.'))).toEqual([
    'kinds.aktivitet.parent',
  ]);
});
