// Reading by `_lastUpdated`: nothing is lost at page edges, after expired links, with odd clocks or unsorted answers.
import { afterEach, describe, expect, it } from 'vitest';
import { type FhirStub, type FhirStubOptions, startFhirStub } from '../../test/sandbox/fhir/server.ts';
import { at, clockAt, keys, minutesAfter, observations, open, pages } from './testing.fixture.ts';

const stubs: FhirStub[] = [];
const start = async (options: FhirStubOptions): Promise<FhirStub> => {
  const stub = await startFhirStub({ now: () => minutesAfter(300), ...options });
  stubs.push(stub);
  return stub;
};
afterEach(async () => {
  await Promise.all(stubs.splice(0).map((stub) => stub.close()));
});

const all = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `o${index}`).sort();

describe('a pull', () => {
  it('goes on from the middle of a page chain', async () => {
    const stub = await start({ data: { Observation: observations(10) } });
    const source = await open(stub, { pageSize: '3' });
    const first = await pages(source, 'Observation', null, 2);
    const rest = await pages(source, 'Observation', first.at(-1)?.checkpoint ?? null);
    expect([...keys(first), ...keys(rest)].sort()).toEqual(all(10));
    expect(rest.at(-1)?.checkpoint).toEqual({ since: at(9) });
  });

  it('reads again from the newest safe time when its page link has expired', async () => {
    const stub = await start({ data: { Observation: observations(10) } });
    const source = await open(stub, { pageSize: '3' });
    const first = await pages(source, 'Observation', null, 2);
    stub.expirePages();
    const rest = await pages(source, 'Observation', first.at(-1)?.checkpoint ?? null);
    expect([...new Set([...keys(first), ...keys(rest)])].sort()).toEqual(all(10));
    expect(keys(rest)).not.toContain('o0');
  });

  it('begins again where it began when the answers came unsorted', async () => {
    const stub = await start({ data: { Observation: observations(10) } });
    const source = await open(stub, { pageSize: '3' });
    const [first] = await pages(source, 'Observation', null, 1);
    stub.expirePages();
    const rest = await pages(source, 'Observation', { ...first?.checkpoint, sorted: false });
    expect([...keys(rest)].sort()).toEqual(all(10));
  });

  it('ends when every page link expires at once, instead of going round', async () => {
    const stub = await start({ data: { Observation: observations(10, () => 590) } });
    const source = await open(stub, { pageSize: '3', overlapSeconds: '86400' });
    stub.faults.set({ mode: 'expired-pages' });
    await expect(pages(source, 'Observation')).rejects.toMatchObject({ code: 'source/checkpoint-expired' });
  });

  it('loses none of several records of one instant at a page edge', async () => {
    const stub = await start({ data: { Observation: observations(9, () => 5) } });
    const source = await open(stub, { pageSize: '2' });
    const first = await pages(source, 'Observation', null, 1);
    stub.expirePages();
    const rest = await pages(source, 'Observation', first.at(-1)?.checkpoint ?? null);
    expect([...new Set([...keys(first), ...keys(rest)])].sort()).toEqual(all(9));
  });

  it('overlaps while records may still appear late, and no longer', async () => {
    const stub = await start({ data: { Observation: observations(3) } });
    const early = await open(stub, { overlapSeconds: '120' }, clockAt(3));
    expect((await pages(early, 'Observation')).at(-1)?.checkpoint).toEqual({ since: at(1) });
    const late = await open(stub, { overlapSeconds: '120' }, clockAt(30));
    expect((await pages(late, 'Observation')).at(-1)?.checkpoint).toEqual({ since: at(2) });
  });

  it('never lets a record dated in the future move it past now', async () => {
    const stub = await start({ data: { Observation: observations(2, (index) => (index === 1 ? 99_999 : 1)) } });
    const source = await open(stub, { overlapSeconds: '60' }, clockAt(10));
    expect((await pages(source, 'Observation')).at(-1)?.checkpoint).toEqual({ since: at(9) });
    const back = await pages(source, 'Observation', { since: at(88_888) });
    expect(back.at(-1)?.checkpoint).toEqual({ since: at(9) });
  });

  it('reads everything again while the server dates nothing', async () => {
    const stub = await start({ data: {} });
    stub.store.put({ resourceType: 'Observation', id: 'o0', meta: { lastUpdated: '' } }, { keepTime: true });
    const source = await open(stub);
    const found = await pages(source, 'Observation');
    expect(keys(found)).toEqual(['o0']);
    expect(found.at(-1)?.checkpoint).toEqual({});
  });

  it('gives changed records and withdrawn ones, and nothing twice after that', async () => {
    let now = 300;
    const stub = await start({ data: { Observation: observations(4) }, now: () => minutesAfter(now) });
    const source = await open(stub, {}, { now: () => minutesAfter(now + 5) });
    const first = await pages(source, 'Observation');
    stub.store.retract('Observation', 'o1');
    now += 1;
    stub.store.put({ ...observations(1)[0], resourceType: 'Observation', id: 'o2' });
    now += 60;
    const second = await pages(source, 'Observation', first.at(-1)?.checkpoint ?? null);
    expect(second.flatMap((page) => page.deleted)).toEqual(['o1']);
    expect([...keys(second)].sort()).toEqual(['o2', 'o3']);
  });
});

describe('the server', () => {
  it('may give its links without host', async () => {
    const stub = await start({ data: { Observation: observations(5) }, relativeLinks: true, maximumCount: 2 });
    expect(keys(await pages(await open(stub), 'Observation'))).toHaveLength(5);
  });

  it('may give more at once than a page holds', async () => {
    const stub = await start({ data: { Observation: observations(2500) }, fixedCount: 2200 });
    const source = await open(stub, { pageSize: '500' });
    const found = await pages(source, 'Observation');
    expect(found.map((page) => page.records.length)).toEqual([1000, 1000, 200, 300]);
    const again = await pages(source, 'Observation', found[1]?.checkpoint ?? null);
    expect(new Set(keys(again)).size).toBe(2500);
  });

  it('is asked for nothing it does not know', async () => {
    const stub = await start({ data: { Observation: observations(3) } });
    const source = await open(stub, { sort: 'no', changedSince: 'no' });
    expect(keys(await pages(source, 'Observation', { since: at(2) }))).toHaveLength(3);
    expect(stub.stats().urls.filter((url) => /_sort|_lastUpdated/.test(url))).toEqual([]);
  });

  it('may remark on the search: counted, not stored', async () => {
    const stub = await start({ data: { Observation: observations(1) } });
    const [page] = await pages(await open(stub, { search: { Observation: { unheard: 'of' } } }), 'Observation');
    expect(page).toMatchObject({ ignored: 1 });
    expect(page?.records).toHaveLength(1);
  });

  it.each([
    ['error-500', 'source/unavailable', 'transient'],
    ['rate-limit', 'source/rate-limited', 'transient'],
    ['garbage', 'source/bad-answer', 'source'],
    ['forbidden', 'source/forbidden', 'config'],
    ['unauthorised', 'source/unauthorised', 'config'],
    ['down', 'source/unreachable', 'transient'],
  ] as const)('fails as %s: %s', async (mode, code, fault) => {
    const stub = await start({ data: { Observation: observations(1) } });
    const source = await open(stub);
    stub.faults.set({ mode });
    await expect(pages(source, 'Observation')).rejects.toMatchObject({ code, fault });
    const probe = await source.probe(AbortSignal.timeout(5000));
    expect(probe).toMatchObject({ up: false, code });
  });

  it('may cut its answer in the middle', async () => {
    const stub = await start({ data: { Observation: observations(1) } });
    const source = await open(stub);
    stub.faults.set({ mode: 'half-page' });
    await expect(pages(source, 'Observation')).rejects.toMatchObject({ fault: 'transient' });
  });

  it('gets a new token once when it forgot the old one', async () => {
    const stub = await start({ data: { Observation: observations(1) }, auth: { clientId: 'hub', clientSecret: 's' } });
    const auth = { type: 'oauth2', tokenUrl: stub.tokenUrl, clientId: 'hub', clientSecret: 's' };
    const source = await open(stub, { auth });
    await pages(source, 'Observation');
    stub.expireTokens();
    expect(keys(await pages(source, 'Observation'))).toEqual(['o0']);
    expect(stub.stats().tokens).toBe(1);
  });
});
