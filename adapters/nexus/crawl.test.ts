// How a citizen is crawled: no request more than needed, links followed and never built, what may not be seen, and what
// a grant becomes.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ask, nexusOf } from '../../test/adapters/nexus.ts';
import { canaries, closedCpr, type SampleData, sampleData, unknownCpr } from '../../test/sandbox/nexus/sample.ts';
import { type NexusStub, startNexusStub } from '../../test/sandbox/nexus/server.ts';
import { kindNames } from './records.ts';

let data: SampleData;
let stub: NexusStub;
beforeEach(async () => {
  data = sampleData();
  stub = await startNexusStub({ data, pageSize: 3 });
});
afterEach(() => stub.close());

/** How many requests something takes, tokens not counted. */
const requestsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const before = stub.stats();
  await work();
  const after = stub.stats();
  return after.requests - after.tokens - (before.requests - before.tokens);
};

describe('requests', () => {
  test('a citizen’s first grants take the way through the preferences, later ones only what is theirs', async () => {
    const open = nexusOf(stub, { rememberMinutes: '60' });
    // root, look-up, preferences, view, tree, two grants: what stands as removed in the tree is not fetched.
    expect(await requestsOf(async () => ask(await open(), 'grant'))).toBe(7);
    expect(await requestsOf(async () => ask(await open(), 'grant'))).toBe(4);
    expect(await requestsOf(async () => ask(await open(), 'pathway'))).toBe(2);
    expect(stub.stats().tokens).toBe(1);
  });

  test('kinds read one after the other share the look-up and the tree', async () => {
    const open = nexusOf(stub, { rememberMinutes: '60', shareSeconds: '60' });
    await ask(await open(), 'pathway');
    const more = async () => {
      for (const kind of ['patient', 'document', 'professional'] as const) await ask(await open(), kind);
    };
    expect(await requestsOf(more)).toBe(0);
  });

  test('what is shared is forgotten after its seconds', async () => {
    let now = Date.parse('2026-11-01T08:00:00Z');
    const open = nexusOf(stub, { shareSeconds: '15' }, { now: () => new Date(now) });
    expect(await ask(await open(), 'document')).toHaveLength(1);
    data.change(canaries.cpr, (patient) => ({ ...patient, pathways: [] }));
    expect(await ask(await open(), 'document')).toHaveLength(1);
    now += 15_000;
    expect(await ask(await open(), 'document')).toHaveLength(0);
  });

  test('links that have become wrong are looked for again, and make nobody unknown', async () => {
    let now = Date.parse('2026-11-01T08:00:00Z');
    const open = nexusOf(stub, { rememberMinutes: '60' }, { now: () => new Date(now) });
    await ask(await open(), 'document');
    stub.expireLinks();
    now += 60_000;
    expect(await ask(await open(), 'document')).toHaveLength(1);
  });

  test('no number is ever in an address', async () => {
    const source = await nexusOf(stub)();
    for (const kind of kindNames) await ask(source, kind);
    for (const url of stub.stats().urls) expect(url.replaceAll('-', '')).not.toContain(canaries.cpr);
  });
});

describe('who may be seen', () => {
  test('a citizen who is not accessible is refused in every kind', async () => {
    const source = await nexusOf(stub)();
    for (const kind of kindNames)
      await expect(ask(source, kind, closedCpr)).rejects.toMatchObject({ code: 'source/forbidden', fault: 'source' });
  });

  test('a citizen whom Nexus does not know has nothing', async () => {
    const source = await nexusOf(stub)();
    for (const kind of kindNames) expect(await ask(source, kind, unknownCpr)).toEqual([]);
  });

  test('access that is withdrawn counts at once, remembered links or not', async () => {
    const open = nexusOf(stub, { rememberMinutes: '60' });
    await ask(await open(), 'pathway');
    data.change(canaries.cpr, (patient) => ({ ...patient, accessible: false }));
    await expect(ask(await open(), 'pathway')).rejects.toMatchObject({ code: 'source/forbidden' });
  });
});

describe('records', () => {
  test('a grant’s elements are found by type, without the form around them and without the citizen in it', async () => {
    const [first] = await ask(await nexusOf(stub)(), 'grant');
    expect(first).toMatchObject({
      key: '6001',
      body: {
        patientId: '9001',
        pathwayId: '501',
        workflowState: { name: 'Bestilt' },
        elements: {
          paragraph: { paragraph: { name: 'Serviceloven', section: '§ 83 a' } },
          workflowApprovedDate: { date: '2026-08-31T22:00:00.000+0000' },
          repetition: { pattern: 'WEEK', next: { weekdays: 3, next: { visits: 1 } } },
        },
      },
    });
    const text = JSON.stringify(first);
    for (const gone of ['possibleValues', 'municipalityList', '_links', canaries.cpr.slice(0, 6), 'currentElements'])
      expect(text).not.toContain(gone);
  });

  test('a pathway within another knows both', async () => {
    const records = await ask(await nexusOf(stub)(), 'pathway');
    expect(records.map(({ key, body }) => [key, (body as { parentPathwayId?: unknown }).parentPathwayId])).toEqual([
      ['500', null],
      ['501', 500],
    ]);
  });

  test('the inbox comes page by page; a page with too few messages ends the citizen’s turn', async () => {
    const source = await nexusOf(stub)();
    expect(await ask(source, 'message')).toHaveLength(7);
    stub.faults.set({ mode: 'half-page' });
    await expect(ask(source, 'message')).rejects.toMatchObject({ code: 'source/bad-answer', fault: 'transient' });
  });

  test('a grant that is gone between the tree and its turn is left out', async () => {
    const source = await nexusOf(stub, { shareSeconds: '60' })();
    await ask(source, 'pathway');
    data.change(canaries.cpr, (patient) => ({ ...patient, pathways: [] }));
    expect(await ask(source, 'grant')).toEqual([]);
  });
});
