// The index's bad days as fault classes, without a word of what it said.
import { afterEach, expect, it } from 'vitest';
import { HubError } from '../../src/errors.ts';
import { cprOf, gather, openIndex, sampleData } from '../../test/adapters/sf1470.ts';
import { type IndexFault, type IndexStub, startIndexStub } from '../../test/sandbox/sf1470/server.ts';

let stub: IndexStub;
afterEach(() => stub.close());

const failure = async (fault: IndexFault, more: object = {}): Promise<HubError> => {
  stub = await startIndexStub({ data: sampleData(12) });
  const source = await openIndex(stub, { timeoutSeconds: '1', ...more });
  stub.fail(fault);
  const pages = source.byCitizen?.sag?.({ cpr: cprOf(0), signal: AbortSignal.timeout(10_000) }) ?? [];
  const thrown = await gather(pages).catch((error: unknown) => error);
  if (thrown instanceof HubError) return thrown;
  throw new Error('did not fail as it should');
};

it.each([
  ['down', 'source/unreachable', 'transient'],
  ['timeout', 'source/timeout', 'transient'],
  ['error-503', 'source/unavailable', 'transient'],
  ['html', 'source/bad-answer', 'source'],
  ['cut', 'source/bad-answer', 'source'],
  ['platform-access', 'source/unauthorised', 'config'],
  ['platform-internal', 'source/unavailable', 'transient'],
  [{ status: 40 }, 'source/bad-request', 'source'],
  [{ status: 41 }, 'source/unauthorised', 'config'],
  [{ status: 43 }, 'source/forbidden', 'config'],
  [{ status: 49 }, 'source/bad-request', 'source'],
  [{ status: 53 }, 'source/unavailable', 'transient'],
  [{ status: 7 }, 'source/bad-answer', 'source'],
] as const)('%j is %s', async (fault, code, who) => {
  const error = await failure(fault);
  expect([error.code, error.fault]).toEqual([code, who]);
  for (const secret of ['0106889876', 'Maja', cprOf(0), 'findes ikke'])
    expect(`${error.message} ${error.hint}`).not.toContain(secret);
});

it('nothing found is an answer', async () => {
  stub = await startIndexStub({ data: sampleData(3) });
  const source = await openIndex(stub);
  stub.fail({ status: 44 });
  const signal = AbortSignal.timeout(5000);
  expect((await gather(source.byCitizen?.sag?.({ cpr: cprOf(0), signal }) ?? [])).keys).toEqual([]);
  expect(await source.probe(signal)).toMatchObject({ up: true });
});
