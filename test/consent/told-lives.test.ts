// What a source told of consents through the lives of citizens and records: asked for one by one, numbers that become one and
// part again, a citizen who withdraws while the source is being heard, a source that is no longer believed or never was.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { consenting, heard, tellLog } from '../../src/beliefs.ts';
import { hubConfig } from '../../src/config/hub.ts';
import type { Actor } from '../../src/consent/actor.ts';
import { listConsents, withdrawConsent } from '../../src/consent/consents.ts';
import { shippedMappings } from '../../src/main.ts';
import { loadMappings } from '../../src/mapping/load.ts';
import { parseNumber } from '../../src/model/cpr.ts';
import type { PipelineDeps } from '../../src/pipeline/source.ts';
import { approveHeld, listHeld } from '../../src/store/held-deletions.ts';
import { mergeCitizens, splitCitizen } from '../../src/store/people.ts';
import { anna, bo, enrolToy, toyDeps } from '../pipeline/toy.ts';
import { useDatabase } from '../postgres.ts';
import { actor } from './people.ts';
import { belief, type ToldBody, telling } from './telling.ts';

const database = useDatabase();
let deps: PipelineDeps;
const told = telling(() => deps);
const believed = told.source(belief());

const permit = (cpr: string, more: Partial<ToldBody> = {}): ToldBody => ({
  cpr,
  decision: 'grant',
  status: 'active',
  recipient: 'Jobcentret',
  domains: ['social'],
  from: '2026-01-01',
  to: '2099-12-31',
  ...more,
});
const self = (id: string): Actor => actor({ kind: 'citizen', person: 'c', sector: 'private', citizen: id });
const inForce = async (): Promise<readonly { readonly citizen: string; readonly decision: string }[]> =>
  (
    await deps.pool.query<{ citizen: string; decision: string }>(
      `select citizen_id as citizen, decision from consent where superseded_at = 'infinity' and not withdrawn order by decision`,
    )
  ).rows;
const configured = (consents: object) =>
  hubConfig.parse({
    municipality: { code: '0999', name: 'E' },
    purposes: ['coordinated-plan'],
    enrolmentBases: [{ code: 'lab-40-3', title: 'LAB' }],
    sources: {},
    consents,
  });
const numberOf = (cpr: string) => parseNumber(cpr) ?? { number: cpr, type: 'cpr' as const };

beforeAll(() => {
  deps = toyDeps(database.pool());
});
beforeEach(async () => {
  await deps.pool.query(
    'truncate citizen, consent, sync_state, load_page, run, record, record_version, change, quarantine, look_mark cascade',
  );
  told.held.clear();
});

it('asked for one citizen, what is not among it any more is withdrawn, of this citizen alone', async () => {
  const [one, other] = [await enrolToy(deps, anna), await enrolToy(deps, bo)];
  told.held
    .set('a', permit(anna))
    .set('b', permit(bo))
    .set('no', permit(anna, { decision: 'refuse' }));
  await told.tellOf(believed, one.citizenId);
  await told.tellOf(believed, other.citizenId);
  expect(await inForce()).toHaveLength(3);
  told.held.delete('a');
  told.held.delete('b');
  await told.tellOf(believed, one.citizenId);
  expect(await inForce()).toEqual([
    { citizen: other.citizenId, decision: 'grant' },
    { citizen: one.citizenId, decision: 'refuse' },
  ]);
});

it('missing from a complete pull it ends under the guard; a mass of it is held until somebody approves', async () => {
  const guarded = told.source(belief(), { count: 2, share: 0.5 });
  await enrolToy(deps, anna);
  for (const n of [1, 2, 3, 4]) told.held.set(`k${n}`, permit(anna));
  await told.tellAll(guarded);
  told.held.delete('k4');
  expect([await told.tellAll(guarded), (await inForce()).length]).toEqual([0, 3]);
  told.held.clear();
  expect([await told.tellAll(guarded), (await inForce()).length]).toEqual([3, 3]);
  const [held] = await listHeld(deps.pool);
  await approveHeld(deps.pool, held?.id ?? 0, 'test');
  expect(await inForce()).toEqual([]);
});

it('of several recipients those who are understood are granted, those no longer named are not, also when it comes late', async () => {
  const { citizenId } = await enrolToy(deps, anna);
  const source = telling(() => deps, true);
  const names = async (at: number, ...named: string[]): Promise<readonly string[]> => {
    const said = permit(anna, { names: named, at: new Date(Date.UTC(2026, 1, at)).toISOString() });
    source.held.set('a', said);
    await source.tell(source.source(belief()), ['a']);
    const { rows } = await deps.pool.query<{ recipient: string }>(
      `select recipient from consent where citizen_id = $1 and superseded_at = 'infinity' and not withdrawn order by 1`,
      [citizenId],
    );
    return rows.map(({ recipient }) => recipient);
  };
  expect(await names(1, 'Jobcentret', 'role:mentor')).toEqual(['role:mentor', 'unit:job']);
  expect(await names(3, 'Jobcentret', 'Kontoret')).toEqual(['unit:job']);
  expect(await names(2, 'Jobcentret', 'role:mentor')).toEqual(['unit:job']);
  expect(await names(4, 'Kontoret')).toEqual([]);
  expect(await names(3, 'Jobcentret')).toEqual([]);
  expect(await names(5, 'Jobcentret')).toEqual(['unit:job']);
});

it('follows its number through a merge and a split, and holds for that number alone', async () => {
  const [one, other] = [await enrolToy(deps, anna), await enrolToy(deps, bo)];
  told.held.set('a', permit(anna)).set('no', permit(anna, { decision: 'refuse', domains: ['employment'] }));
  await told.tell(believed, ['a', 'no']);
  const why = { reason: 'test', actor: 'test' };
  await mergeCitizens(deps.pool, deps.keys, { current: numberOf(bo), former: numberOf(anna) }, why);
  await told.tell(believed, ['a', 'no']);
  expect((await inForce()).map(({ citizen }) => citizen)).toEqual([other.citizenId, other.citizenId]);
  const { rows } = await deps.pool.query<{ n: number }>('select cardinality(numbers) as n from consent');
  expect(rows.map(({ n }) => n)).toEqual([1, 1]);
  await splitCitizen(deps.pool, deps.keys, numberOf(anna), why);
  await told.tell(believed, ['a', 'no']);
  expect((await inForce()).map(({ citizen }) => citizen)).toEqual([one.citizenId, one.citizenId]);
  told.held.set('a', permit(anna, { status: 'inactive' })).set('no', permit(anna, { status: 'inactive' }));
  await told.tell(believed, ['a', 'no']);
  expect(await inForce()).toEqual([]);
});

it('a withdrawal while the source is being heard stands, whichever comes first', async () => {
  const { citizenId } = await enrolToy(deps, anna);
  told.held.set('a', permit(anna));
  await told.tell(believed, ['a']);
  const [consent] = await listConsents(deps.pool, deps.keys, self(citizenId), citizenId);
  for (let round = 0; round < 10; round += 1) {
    told.held.set('a', permit(anna, { to: `20${60 + round}-12-31` }));
    const both = await Promise.allSettled([
      told.tell(believed, ['a']),
      round < 3
        ? Promise.resolve()
        : withdrawConsent(deps.pool, self(citizenId), consent?.id ?? '', { keys: deps.keys }),
    ]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect((await inForce()).length).toBe(round < 3 ? 1 : 0);
  }
});

it('what it changes is in the log the citizen reads, in the same transaction', async () => {
  const config = configured({});
  const logged = { ...deps, consentsTold: tellLog({ pool: deps.pool, keys: deps.keys, config }) };
  const { citizenId } = await enrolToy(deps, anna);
  const source = telling(() => logged);
  source.held.set('a', permit(anna));
  await source.tell(source.source(belief()), ['a']);
  await source.tell(source.source(belief()), ['a']);
  const { rows } = await deps.pool.query('select citizen_id, person, endpoint, decision from access_log');
  expect(rows).toEqual([
    { citizen_id: citizenId, person: 'told', endpoint: 'consents of a source', decision: 'allowed' },
  ]);
});

describe('by configuration', () => {
  const consent = loadMappings([shippedMappings], 'fhir').get('Consent');

  it('nobody is believed, and what only tells of consents is not asked for', () => {
    expect(consenting('health', configured({}))).toEqual({});
    expect(heard(consent, {})).toBeUndefined();
    expect(heard(loadMappings([shippedMappings], 'fhir').get('Goal'), {})).toBeDefined();
  });

  it('a source is believed as far as is written, and by default in refusals alone', () => {
    const { consents } = consenting('health', configured({ from: { health: {} } }));
    expect(consents).toEqual({
      mayGrant: [],
      upTo: 'normal',
      openEnded: false,
      recipients: {},
      known: ['coordinated-plan'],
    });
    expect(heard(consent, { consents: consents ?? belief() })).toBe(consent);
    expect(() => configured({ from: { health: { recipients: { Kontoret: 'kontoret' } } } })).toThrow();
    expect(() => configured({ from: { health: { mayGrant: ['culture'] } } })).toThrow();
  });
});
