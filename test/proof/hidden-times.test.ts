// A change in what a reader is not shown moves nothing of what they are: no time in a text, no tag, no 304. Whoever is shown
// what changed sees it at once.
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { transaction } from '../../src/store/db.ts';
import { type NewRecord, saveRecords } from '../../src/store/records.ts';
import { createHub, type Hub, type Person } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();
const keys = createKeyRing(newKeyMaterial());
let hub: Hub;
let maja: Person;
let clock = Date.parse('2026-11-20T10:00:00Z');

interface Told {
  readonly title: string;
  readonly location?: string;
  readonly linkTo?: string;
  readonly others?: string;
  readonly encrypted?: boolean;
}

/** Stores the appointment as a pull at a later time would, its location being what gives a protected citizen away. */
const pull = async (id: string, told: Told): Promise<void> => {
  clock += 3_600_000;
  const now = new Date(clock);
  const { title, location, linkTo, others } = told;
  const envelope = { id, kind: 'appointment', domain: 'employment', source: 'momentum', sensitivity: 'normal' };
  const times = { observedAt: now.toISOString(), mapping: 'momentum.x@1', sourceUpdatedAt: now.toISOString() };
  const shown = { ...envelope, ...times, title, start: '2026-12-01T09:00:00Z', status: 'planned' };
  const { rows } = await database
    .pool()
    .query<{ home_id: string }>('select home_id from identity where id = $1', [maja.identity]);
  const record: NewRecord = {
    id,
    key: id,
    entity: 'appointment',
    part: '',
    domain: 'employment',
    sensitivity: 'normal',
    ownerUnit: undefined,
    named: [],
    thirdPartyProtected: false,
    mixed: false,
    contentHash: keys.fingerprint(JSON.stringify([title, location, linkTo, others])),
    raw: undefined,
    mapping: 'momentum.x@1',
    sourceUpdatedAt: undefined,
    subjects: [
      {
        subject: { citizenId: maja.id, identityId: maja.identity, homeId: rows[0]?.home_id ?? maja.id },
        withheld: false,
      },
    ],
    links: linkTo === undefined ? [] : [{ rel: 'about', toId: linkTo }],
    protectedUntil: undefined,
    encrypted: told.encrypted ?? false,
    render: () => ({
      full: JSON.stringify({ ...shown, ...(location === undefined ? {} : { location }) }),
      stripped: location === undefined ? undefined : JSON.stringify(shown),
    }),
  };
  const page = { source: 'momentum', kind: 'x', now, records: [record], keys: [id], staleKeys: [] };
  await transaction(database.pool(), async (tx) => {
    await saveRecords(tx, keys, page);
    await tx.query(`select append_changes(array[$1::uuid], array[null::uuid], array['look'])`, [maja.id]);
  });
};

const read = async (who: 'public' | 'private') => {
  const answer = await hub.ask('caseworker-employment', `/v1/citizens/${maja.id}/plan?fields=appointments`, {
    claims: { sector: who },
  });
  expect(answer.statusCode, answer.body).toBe(200);
  return { tag: answer.headers.etag, appointments: answer.json().appointments };
};

beforeAll(async () => {
  hub = await createHub(database.pool(), { keys });
  await hub.world.unit('jobcenter', null);
  maja = await hub.world.person('0102703333');
  await hub.world.say(maja, 'grant', 'role:caseworker', { domains: ['employment'] });
  await hub.world.protect(maja);
});

describe.each([{ encrypted: false }, { encrypted: true }])('an appointment ($encrypted)', ({ encrypted }) => {
  const id = randomUUID();
  const steps: readonly (readonly [string, Told])[] = [
    ['gets a place', { title: 'Samtale', location: 'Engvej 1' }],
    ['moves to another', { title: 'Samtale', location: 'Engvej 2' }],
    ['points to a record nobody may see', { title: 'Samtale', location: 'Engvej 2', linkTo: randomUUID() }],
    ['concerns somebody else too', { title: 'Samtale', location: 'Engvej 2', others: 'x' }],
    ['has no place any more', { title: 'Samtale' }],
    ['gets one again', { title: 'Samtale', location: 'Engvej 3' }],
  ];

  it.each(steps)('%s: nothing moves for who is not shown it', async (_what, told) => {
    await pull(id, { title: 'Samtale', ...(told.location === 'Engvej 1' ? {} : { location: 'Engvej 0' }), encrypted });
    const [before, open] = [await read('private'), await read('public')];
    await pull(id, { ...told, encrypted });
    const [after, openAfter] = [await read('private'), await read('public')];
    expect(after).toEqual(before);
    expect(JSON.stringify(after)).not.toContain('Engvej');
    const moved = JSON.stringify(openAfter.appointments) !== JSON.stringify(open.appointments);
    expect(openAfter.tag === open.tag).toBe(!moved);
    expect(openAfter.appointments.find((one: { id: string }) => one.id === id)?.location).toBe(told.location);
  });

  it('that changes for everybody does so for everybody, in time and tag', async () => {
    const before = await read('private');
    await pull(id, { title: 'Anden samtale', location: 'Engvej 3', encrypted });
    const after = await read('private');
    expect(after.tag).not.toBe(before.tag);
    const mine = after.appointments.find((one: { id: string }) => one.id === id);
    expect(mine).toMatchObject({ title: 'Anden samtale', observedAt: new Date(clock).toISOString() });
  });

  it('that is to be written anew is, also where a stored text can no longer be read', async () => {
    await database.pool().query(`update record set content_hash = '' where id = $1`, [id]);
    if (encrypted) await database.pool().query(`update record_body set cipher = 'x' where record_id = $1`, [id]);
    await pull(id, { title: 'Anden samtale', location: 'Engvej 3', encrypted });
    const mine = (await read('public')).appointments.find((one: { id: string }) => one.id === id);
    expect(mine).toMatchObject({ location: 'Engvej 3', observedAt: new Date(clock).toISOString() });
  });
});

it('a row from before has no fingerprints, and its tag still follows what is shown', async () => {
  const id = randomUUID();
  await pull(id, { title: 'Gammel', location: 'Engvej 1' });
  await database
    .pool()
    .query('update record_body set shown_hash = null, stripped_hash = null where record_id = $1', [id]);
  await hub.world.say(maja, 'grant', 'role:nobody');
  const [open, closed] = [await read('public'), await read('private')];
  expect(open.tag).not.toBe(closed.tag);
});
