// Consents as a source tells them: believed as far as configuration says and no further, told to those who follow, shown to
// the citizen, ended with the source's word and never brought back after a person's.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../../src/consent/actor.ts';
import { declareConsent, listConsents, withdrawConsent } from '../../src/consent/consents.ts';
import { explain, visibleRecords } from '../../src/consent/decide.ts';
import type { PipelineDeps } from '../../src/pipeline/source.ts';
import { endEnrolment } from '../../src/store/enrolment.ts';
import { limitConsents } from '../../src/store/source-consents.ts';
import { readSyncState } from '../../src/store/sync-state.ts';
import { anna, bo, changesOf, enrolToy, lastPosition, toyDeps } from '../pipeline/toy.ts';
import { useDatabase } from '../postgres.ts';
import { actor, newRecord } from './people.ts';
import { belief, type ToldBody, telling } from './telling.ts';

const database = useDatabase();
let deps: PipelineDeps;
let citizen: { readonly citizenId: string; readonly enrolmentId: string };
let record: string;
const logged: [string, readonly string[]][] = [];
const told = telling(() => deps);
const believed = told.source(belief());

const permit: ToldBody = {
  cpr: anna,
  decision: 'grant',
  status: 'active',
  recipient: 'Jobcentret',
  domains: ['social'],
  from: '2026-01-01',
  to: '2099-12-31',
  given: '2026-02-03',
  at: '2026-02-03T10:00:00Z',
};
const job = actor({ person: 'job-1', unit: 'job' });
const self = (): Actor => actor({ kind: 'citizen', person: 'c', sector: 'private', citizen: citizen.citizenId });
const sees = async (who = job): Promise<boolean> =>
  (await visibleRecords(deps.pool, who, { citizens: [citizen.citizenId], records: [record] })).length > 0;
const versions = () => listConsents(deps.pool, deps.keys, self(), citizen.citizenId);
const say = async (body: Partial<ToldBody>, key = 'k1', source = believed): Promise<void> => {
  told.held.set(key, { ...permit, ...body });
  await told.tell(source, [key]);
};
const quarantined = async (): Promise<readonly string[]> =>
  (await deps.pool.query<{ code: string }>(`select code from quarantine where state = 'open' order by code`)).rows.map(
    ({ code }) => code,
  );

beforeAll(async () => {
  deps = { ...toyDeps(database.pool()), consentsTold: async (_tx, source, who) => void logged.push([source, who]) };
  await deps.pool.query(
    `insert into unit_version (unit_id, parent_id, name, type) values ('job', null, 'Jobcentret', 'unit'), ('social', null, 'Social', 'unit')`,
  );
});
beforeEach(async () => {
  await deps.pool.query(
    'truncate citizen, consent, sync_state, load_page, run, record, record_version, change, quarantine, held_deletion, look_mark cascade',
  );
  told.held.clear();
  logged.length = 0;
  citizen = await enrolToy(deps, anna);
  const { rows } = await deps.pool.query<{ id: number }>('select id from identity where citizen_id = $1', [
    citizen.citizenId,
  ]);
  record = await newRecord(deps.pool, { id: citizen.citizenId, number: rows[0]?.id ?? 0 });
});

describe('a grant that a source tells', () => {
  it('shows with the next read, says where it is from, and is told to followers and to the log', async () => {
    expect(await sees()).toBe(false);
    const before = await lastPosition(deps.pool);
    await say({});
    expect(await sees()).toBe(true);
    expect(await versions()).toEqual([
      expect.objectContaining({
        decision: 'grant',
        recipient: 'unit:job',
        domains: ['social'],
        upTo: 'normal',
        from: '2026-01-01',
        to: '2099-12-31',
        recordedBy: 'told',
        recordedAs: 'system',
        source: 'told',
        evidence: 'consent k1',
        text: expect.stringMatching(/Registreret i told den 3\.2\.2026\.$/),
      }),
    ]);
    expect((await changesOf(deps.pool, before)).map(({ op }) => op)).toEqual(['look']);
    expect(logged).toEqual([['told', [citizen.citizenId]]]);
    const [why] = await explain(deps.pool, job, citizen.citizenId, record);
    expect(why?.basis).toMatch(/^consent:/);
    const { rows } = await deps.pool.query(
      `select from record_version where kind = 'consent' union all select from record_body`,
    );
    expect(rows).toEqual([]);
  });

  it('told again word for word changes nothing', async () => {
    await say({});
    const before = await lastPosition(deps.pool);
    await say({ at: '2026-04-01T10:00:00Z', given: '2026-04-01' });
    expect([(await versions()).length, await changesOf(deps.pool, before), logged.length]).toEqual([1, [], 1]);
  });

  it('is followed: changed, ended, said again, deleted; every version stays, and so what was seen when', async () => {
    await say({});
    const during = new Date();
    await say({ domains: ['employment'] });
    expect(await sees()).toBe(false);
    await say({});
    expect(await sees()).toBe(true);
    await say({ status: 'inactive' });
    expect(await sees()).toBe(false);
    await say({});
    await told.tell(believed, [], ['k1']);
    expect(await sees()).toBe(false);
    await say({});
    expect(await sees()).toBe(true);
    expect((await versions()).map(({ withdrawn }) => withdrawn)).toEqual([
      false,
      true,
      false,
      true,
      false,
      false,
      false,
    ]);
    const then = await visibleRecords(deps.pool, job, { citizens: [citizen.citizenId], at: during });
    expect(then.map(({ recordId }) => recordId)).toEqual([record]);
  });

  it('said longer ago than what was heard last comes too late', async () => {
    await say({ status: 'inactive', at: '2026-05-01T10:00:00Z' });
    await say({ at: '2026-04-01T10:00:00Z' });
    expect(await sees()).toBe(false);
    await say({ at: '2026-05-02T10:00:00Z' });
    expect(await sees()).toBe(true);
  });

  it('ends at the last day, an instant not later than it says', async () => {
    await say({ to: '2030-06-30' });
    await say({ to: '2030-06-30T10:00:00+02:00' }, 'k2');
    const { rows } = await deps.pool.query<{ to: Date }>('select valid_to as to from consent order by valid_to');
    expect(rows.map(({ to }) => to.toISOString())).toEqual(['2030-06-30T08:00:00.000Z', '2030-06-30T22:00:00.000Z']);
  });
});

describe('what is not understood', () => {
  it.each<[string, Partial<ToldBody>]>([
    ['recipient/unknown', { recipient: 'Kontoret' }],
    ['recipient/missing', { recipient: '' }],
    ['domains/missing', { domains: [] }],
    ['domains/not-understood', { domains: ['kultur'] }],
    ['domains/not-believed', { domains: ['health'] }],
    ['kinds/not-understood', { kinds: ['brev'] }],
    ['purposes/not-believed', { purposes: ['forskning'] }],
    ['upTo/not-understood', { upTo: 'meget' }],
    ['from/missing', { from: '' }],
    ['from/not-understood', { from: '2026-13-01' }],
    ['to/missing', { to: '' }],
    ['to/missing', { to: '9999-12-31' }],
    ['to/not-understood', { to: 'snart' }],
    ['to/before-start', { to: '2025-12-30' }],
    ['limitedBy/not-understood', { only: 'kun breve' }],
    ['status/missing', { status: 'måske' }],
    ['decision/missing', { decision: 'nogenlunde' }],
  ])('%s: grants nothing, is set aside, and ends what was granted before', async (code, body) => {
    await say({});
    expect(await sees()).toBe(true);
    await say(body);
    expect([await sees(), await quarantined()]).toEqual([false, [code]]);
    await say({});
    expect([await sees(), await quarantined()]).toEqual([true, []]);
  });

  it('is never more than what is believed', async () => {
    await say({ domains: ['social', 'health', 'employment'], upTo: 'sensitive' });
    expect((await versions())[0]).toMatchObject({ domains: ['social', 'employment'], upTo: 'confidential' });
    await say({}, 'k1', told.source(belief({ purposes: ['statistics'] })));
    expect((await versions())[0]).toMatchObject({ domains: ['social'], purposes: ['statistics'] });
    await say({ to: '' }, 'k1', told.source(belief({ openEnded: true })));
    expect((await versions())[0]).not.toHaveProperty('to');
  });

  it('is nobody’s yes when it is about several', async () => {
    await enrolToy(deps, bo);
    await say({ cpr: [anna, bo] });
    expect([await versions(), await quarantined()]).toEqual([[], ['subject/several']]);
  });

  it('is not believed at all where configuration does not name the source', async () => {
    await say({}, 'k1', told.source(undefined));
    await say({ decision: 'refuse' }, 'k2', told.source(undefined));
    expect([await versions(), await quarantined()]).toEqual([[], []]);
  });
});

describe('a refusal that a source tells', () => {
  it('reaches further when it is not understood, and grants of the hub do not pass it', async () => {
    await declareConsent(
      deps.pool,
      self(),
      citizen.citizenId,
      { decision: 'grant', recipient: 'unit:job' },
      { keys: deps.keys },
    );
    expect(await sees()).toBe(true);
    await say({
      decision: 'refuse',
      recipient: 'Kontoret',
      domains: ['social', 'kultur'],
      from: 'x',
      to: 'y',
      only: 'z',
      purposes: ['p'],
    });
    expect(await sees()).toBe(false);
    const [refusal] = await versions();
    expect(refusal).toMatchObject({ decision: 'refuse', from: '1900-01-01' });
    for (const limit of ['recipient', 'domains', 'purposes', 'to']) expect(refusal).not.toHaveProperty(limit);
    await say({ decision: 'refuse', status: 'inactive' });
    expect(await sees()).toBe(true);
  });

  it('stays when its newer version is not understood, and when the enrolment ends', async () => {
    await say({ decision: 'refuse' });
    await say({ decision: 'refuse', status: '?' });
    expect((await versions()).map(({ withdrawn }) => withdrawn)).toEqual([false]);
    await endEnrolment(deps.pool, citizen.enrolmentId, 'test');
    await enrolToy(deps, anna);
    await say({ decision: 'refuse' });
    expect((await versions()).map(({ withdrawn }) => withdrawn)).toEqual([false]);
  });
});

describe('a person', () => {
  it('who withdraws here has the last word, whatever the source says of it later', async () => {
    await say({});
    const [consent] = await versions();
    await withdrawConsent(deps.pool, self(), consent?.id ?? '', { keys: deps.keys });
    await say({});
    await say({ to: '2098-12-31', at: '2026-06-01T10:00:00Z' });
    await told.tell(believed, [], ['k1']);
    await say({ to: '2097-12-31', at: '2026-07-01T10:00:00Z' });
    expect([await sees(), (await versions()).length]).toEqual([false, 2]);
    await say({ decision: 'refuse', at: '2026-08-01T10:00:00Z' });
    expect((await versions())[0]).toMatchObject({ decision: 'refuse', withdrawn: false, recordedBy: 'told' });
    await say({ at: '2026-09-01T10:00:00Z' });
    expect([await sees(), (await versions())[0]?.withdrawn]).toEqual([false, true]);
  });

  it('whose enrolment ended is not bound anew by what was granted before', async () => {
    await say({});
    await endEnrolment(deps.pool, citizen.enrolmentId, 'test');
    const { rows } = await deps.pool.query('select from record union all select from source_consent');
    expect(rows).toEqual([]);
    await enrolToy(deps, anna);
    await say({ at: '2026-06-01T10:00:00Z' });
    expect((await versions())[0]?.withdrawn).toBe(true);
  });

  it('does not take the consent of another along when the source moves it', async () => {
    await say({});
    const other = await enrolToy(deps, bo);
    await say({ cpr: bo });
    expect(await sees()).toBe(false);
    const { rows } = await deps.pool.query<{ citizen_id: string }>(
      `select citizen_id from consent where superseded_at = 'infinity' and not withdrawn`,
    );
    expect(rows).toEqual([{ citizen_id: other.citizenId }]);
  });
});

describe('configuration', () => {
  it('that believes less ends what it no longer believes, and believed again it counts again', async () => {
    await say({});
    const before = await lastPosition(deps.pool);
    await limitConsents(deps.pool, deps.keys, { told: { mayGrant: ['social'], upTo: 'normal' } });
    expect([await sees(), await changesOf(deps.pool, before)]).toEqual([true, []]);
    await limitConsents(deps.pool, deps.keys, { told: { mayGrant: ['employment'], upTo: 'normal' } });
    expect([await sees(), (await changesOf(deps.pool, before)).length]).toEqual([false, 1]);
    expect((await readSyncState(deps.pool, 'told', 'consent')).reloadWanted).toBe(true);
    await say({});
    expect(await sees()).toBe(true);
    await say({ decision: 'refuse' }, 'k2');
    await limitConsents(deps.pool, deps.keys, {});
    const inForce = (await versions()).filter(
      ({ withdrawn, version, id }, _, all) =>
        !withdrawn && !all.some((other) => other.id === id && other.version > version),
    );
    expect(inForce.map(({ decision }) => decision)).toEqual(['refuse']);
  });
});
