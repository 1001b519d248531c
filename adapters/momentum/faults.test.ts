// Bad days: gateway time-outs in bursts, slow-downs, revoked tokens, cut pages, citizens the source will not show.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HubError } from '../../src/errors.ts';
import { gather, openMomentum } from '../../test/adapters/momentum.ts';
import type { MomentumData } from '../../test/sandbox/momentum/data.ts';
import { citizenId, cprOf, sampleData } from '../../test/sandbox/momentum/sample.ts';
import { type MomentumStub, startMomentumStub } from '../../test/sandbox/momentum/server.ts';
import { findCitizens } from './citizens.ts';
import type { Client } from './client.ts';
import { momentumConfig } from './config.ts';

let data: MomentumData;
let stub: MomentumStub;
const signal = new AbortController().signal;
beforeEach(async () => {
  data = sampleData(35);
  stub = await startMomentumStub({ data });
});
afterEach(() => stub.close());

describe('504', () => {
  test('bursts are ridden out within the page', async () => {
    const source = await openMomentum(stub);
    stub.faults.set({ mode: 'error-504', everyNth: 5, burst: 2 });
    expect((await gather(source.pull.meeting({ after: null, signal }))).records).toHaveLength(24);
    const own = source.byCitizen?.journal({ cpr: cprOf(3), signal }) ?? none();
    expect((await gather<unknown>(own)).records).toHaveLength(1);
  });

  test('a lasting one is thrown as transient after the tries', async () => {
    const source = await openMomentum(stub, { retries: '2' });
    await source.probe(signal);
    const before = stub.stats().requests;
    stub.faults.set({ mode: 'error-504' });
    await expect(gather(source.pull.plan({ after: null, signal }))).rejects.toMatchObject({
      code: 'source/unavailable',
      fault: 'transient',
    });
    expect(stub.stats().requests - before).toBe(3);
  });

  test('abort ends the pause between tries', async () => {
    const source = await openMomentum(stub, { retryPauseMs: '60000' });
    stub.faults.set({ mode: 'error-504' });
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    await expect(gather(source.pull.plan({ after: null, signal: abort.signal }))).rejects.toMatchObject({
      code: expect.stringMatching(/^(run\/cancelled|source\/unavailable)$/) as string,
    });
  });
});

test.each([
  ['rate-limit', { code: 'source/rate-limited', fault: 'transient', retryAfterMs: 1000 }],
  ['garbage', { code: 'source/bad-answer', fault: 'source' }],
  ['half-page', { code: 'source/bad-answer', fault: 'transient' }],
  ['down', { code: 'source/unreachable', fault: 'transient' }],
  ['error-500', { code: 'source/unavailable', fault: 'transient' }],
  ['timeout', { code: 'source/timeout', fault: 'transient' }],
  ['forbidden', { code: 'source/forbidden', fault: 'config' }],
] as const)('%s', async (mode, expected) => {
  const source = await openMomentum(stub, { retries: '0' });
  await source.probe(signal);
  stub.faults.set({ mode });
  await expect(gather(source.pull.task({ after: null, signal }))).rejects.toMatchObject(expected);
});

test('a revoked token is replaced once within the request', async () => {
  const source = await openMomentum(stub);
  stub.faults.set({ mode: 'unauthorised', everyNth: 3 });
  expect((await gather(source.pull.offer({ after: null, signal }))).records).toHaveLength(24);
  expect(stub.stats().tokens).toBeGreaterThan(1);
});

test('wrong credentials are told by the probe', async () => {
  const source = await openMomentum(stub, { apiKey: 'wrong' });
  expect(await source.probe(signal)).toMatchObject({ up: false, code: 'source/unauthorised' });
  const other = await openMomentum(stub, { clientSecret: 'wrong' });
  expect(await other.probe(signal)).toMatchObject({ up: false, code: 'source/unauthorised' });
});

describe('citizens the source refuses', () => {
  test('byCitizen throws source/forbidden, so that nothing is swept', async () => {
    data.refused.add(citizenId(3));
    const source = await openMomentum(stub);
    for (const kind of ['citizen', 'plan', 'journal'] as const)
      await expect(
        gather<unknown>(source.byCitizen?.[kind]?.({ cpr: cprOf(3), signal }) ?? none()),
      ).rejects.toMatchObject({
        code: 'source/forbidden',
        fault: 'source',
      });
  });
});

async function* none() {}

describe('look-up by number', () => {
  test('a citizen’s kinds are read one after the other with one look-up', async () => {
    const source = await openMomentum(stub);
    await gather(source.byCitizen?.citizen?.({ cpr: cprOf(3), signal }) ?? none());
    const before = stub.stats().requests;
    for (const kind of ['plan', 'offer', 'tag'] as const)
      await gather<unknown>(source.byCitizen?.[kind]?.({ cpr: cprOf(3), signal }) ?? none());
    expect(stub.stats().requests - before).toBe(3);
  });

  test('a former number finds the citizen', async () => {
    const row = data.citizens.get(citizenId(6));
    if (row !== undefined) data.citizens.put({ ...row, previousCprs: ['6202761006'] });
    const source = await openMomentum(stub);
    const { records } = await gather(source.byCitizen?.plan?.({ cpr: '6202761006', signal }) ?? none());
    expect(records.map(({ body }) => (body as { citizenId: string }).citizenId)).toEqual([citizenId(6)]);
  });

  test('a full-text hit on somebody else is not taken, a vanished one is passed over', async () => {
    const config = momentumConfig.parse({
      baseUrl: 'https://m.example',
      clientId: 'c',
      clientSecret: 's',
      apiKey: 'k',
      resource: 'r',
    });
    const hits = ['own', 'other', 'vanished', 'company'];
    const results = hits.map((id) => ({ id, category: id === 'company' ? 'Company' : 'Citizen' }));
    const client: Client = {
      post: async () => ({ totalCount: 4, results }),
      async get(path) {
        if (path.endsWith('vanished'))
          throw new HubError({ code: 'source/not-found', fault: 'source', message: '404' });
        return { id: path.split('/').at(-1), cpr: path.endsWith('own') ? '110375-1239' : '0202601001' };
      },
    };
    const found = await findCitizens(client, config, '1103751239', signal);
    expect(found.map(({ id }) => id)).toEqual(['own']);
  });
});
