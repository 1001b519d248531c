// Timeline and overlaps over the feed: from what the reader sees alone, in pages that are the whole, logged with what was shown.
import { beforeAll, describe, expect, it } from 'vitest';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { useDatabase } from '../postgres.ts';
import { createHub, type Hub, type Person } from './fixture.ts';

const database = useDatabase();
let hub: Hub;
let maja: Person;
const soon = (hour: number): string =>
  `${new Date(Date.now() + 86_400_000).toISOString().slice(0, 11)}0${hour}:00:00.000Z`;

beforeAll(async () => {
  const keys = createKeyRing(newKeyMaterial());
  hub = await createHub(database.pool(), { keys, accessLog: createAccessLog(database.pool(), keys) });
  for (const unit of ['jobcenter', 'social']) await hub.world.unit(unit, null);
  maja = await hub.world.person('0102703333');
  const add = (kind: string, fields: Readonly<Record<string, unknown>>, social = false) =>
    hub.world.record({
      citizens: [maja],
      kind: kind as 'plan',
      fields,
      ...(social ? { domain: 'social', source: 'sensum', ownerUnit: 'social' } : { ownerUnit: 'jobcenter' }),
    });
  await add('intervention', {
    type: 'intervention',
    title: 'Mentor',
    status: 'active',
    grantedAt: '2026-01-10',
    period: { start: '2026-02-01' },
  });
  await add(
    'intervention',
    { type: 'intervention', title: 'Mentor', status: 'active', period: { start: '2026-03-01', end: '2026-12-31' } },
    true,
  );
  await add('statusEntry', { at: '2026-02-01T08:00:00.000Z', type: 'progress', text: 'Møder stabilt' });
  await add('statusEntry', {
    at: '2026-02-01',
    type: 'functionalLevel',
    measure: { scale: 'FSIII', value: 2, label: 'Moderat' },
  });
  await add('appointment', { title: 'Jobsamtale', start: soon(8), end: soon(9), status: 'planned' });
  await add('appointment', { title: 'Botilbud', start: soon(8), status: 'planned' }, true);
});

const ask = (path: string, persona: Parameters<Hub['ask']>[0] = 'citizen') =>
  hub.ask(persona, `/v1/citizens/${maja.id}/${path}`, persona === 'citizen' ? { citizen: maja.id } : {});

describe('the timeline', () => {
  it('puts everything in order, days before the instants of that day', async () => {
    const { entries } = (await ask('timeline')).json() as {
      entries: readonly { what: string; title: string; at: string }[];
    };
    const told = entries.map(({ what, title }) => `${what} ${title}`);
    expect(told.filter((one) => one.startsWith('appointment'))).toHaveLength(2);
    expect(told.filter((one) => !one.startsWith('appointment'))).toEqual([
      'ends Mentor',
      'begins Mentor',
      'status Fremskridt',
      'status Funktionsevne',
      'begins Mentor',
      'granted Mentor',
    ]);
    expect(entries.map(({ at }) => at.slice(0, 10))).toEqual(
      entries
        .map(({ at }) => at.slice(0, 10))
        .toSorted()
        .toReversed(),
    );
  });

  it('comes in pages that together are the whole', async () => {
    const whole = (await ask('timeline')).json().entries;
    const paged: unknown[] = [];
    let next = '';
    for (let more = true; more; ) {
      const page = (await ask(`timeline?limit=3${next}`)).json();
      paged.push(...page.entries);
      more = page.more;
      next = `&after=${page.next}`;
    }
    expect(paged).toEqual(whole);
    expect((await ask('timeline?after=none')).json().errors[0].path).toBe('after');
  });
});

describe('overlaps', () => {
  it('name both sides for whoever sees both, and nothing for whoever sees one', async () => {
    const both = (await ask('overlaps')).json().overlaps as readonly {
      rule: string;
      sides: readonly { source: string }[];
    }[];
    expect(both.map(({ rule, sides }) => [rule, ...sides.map(({ source }) => source).toSorted()].join(' '))).toEqual([
      'doubleBooking momentum sensum',
      'sameEffort momentum sensum',
    ]);
    expect((await ask('overlaps', 'caseworker-social')).json().overlaps).toEqual([]);
    expect((await ask('overlaps', 'nurse-health')).statusCode).toBe(404);
    const { rows } = await database
      .pool()
      .query<{ n: number }>(
        `select cardinality(records) as n from access_log where endpoint like '%overlaps' order by id limit 1`,
      );
    expect(rows[0]?.n).toBe(4);
  });
});
