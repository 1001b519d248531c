// What becomes of a network meeting: moved, changed, called off and taken away, each with what was given for it; what its
// followers are told; what waits for the journal; what a protected person's readers get.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useDatabase } from '../postgres.ts';
import { createMeetingHub, inDays, type MeetingHub, nurse, provider } from './meeting-hub.ts';

const database = useDatabase();
let world: MeetingHub;

beforeAll(async () => {
  world = await createMeetingHub(database.pool(), 5);
});
beforeEach(() => world.begin());

const both = (id: string) => [id, world.goal()].sort();
const sequenceOf = (ics: string): number => Number(/SEQUENCE:(\d+)/.exec(ics)?.[1]);

describe('moved', () => {
  it('within what was said stays agreed; beyond it, the citizen is asked again and what was given stands', async () => {
    const id = await world.convene();
    await world.answer(id, 'accepted');
    const before = (await world.get('nurse-health', 'calendar.ics')).body;
    await world.change(id, { start: inDays(9), end: inDays(9.1) });
    expect((await world.listed('citizen'))[0]).toMatchObject({ status: 'planned', answer: 'accepted' });
    expect(sequenceOf((await world.get('nurse-health', 'calendar.ics')).body)).toBeGreaterThanOrEqual(
      sequenceOf(before),
    );
    await world.change(id, { start: inDays(20), end: inDays(20.1) });
    expect((await world.listed('citizen'))[0]).toMatchObject({ status: 'onHold', answer: 'proposed' });
    expect(await world.proposals()).toHaveLength(4);
    expect(await world.seenBy('nurse-health')).toEqual(both(id));
    expect((await world.answer(id, 'accepted')).consents).toHaveLength(4);
    expect(await world.proposals()).toEqual([]);
  });

  it('to whom it asks next: the new one waits, the former one loses it at once', async () => {
    const id = await world.convene();
    await world.answer(id, 'accepted');
    const trine = { name: 'Trine Krogh', recipient: 'person:egevang-trkr' };
    await world.change(id, { participants: [nurse, trine] });
    expect(await world.seenBy('private-provider')).toBe(404);
    expect(await world.seenBy('nurse-health')).toEqual(both(id));
    expect(await world.seenBy('caseworker-social')).toBe(404);
    const asked = await world.proposals();
    expect(asked.map((one: { recipient: string }) => one.recipient)).toEqual([trine.recipient, trine.recipient]);
    await world.answer(id, 'accepted');
    expect(await world.seenBy('caseworker-social')).toEqual(both(id));
  });

  it('to another agenda: what is on it no more is taken back, what is new is asked for', async () => {
    const id = await world.convene();
    await world.answer(id, 'accepted');
    const secret = await world.hub.world.record({
      kind: 'goal',
      citizens: [world.citizen()],
      ownerUnit: 'jobcenter',
      domain: 'health',
      sensitivity: 'sensitive',
    });
    await world.change(id, { agenda: [{ text: 'Det andet mål', record: secret }] });
    // As sensitive as its agenda now is: what was said yes to reaches it no more.
    expect(await world.seenBy('nurse-health')).toBe(404);
    expect((await world.listed('citizen'))[0]).toMatchObject({ sensitivity: 'sensitive', answer: 'proposed' });
    await world.answer(id, 'accepted');
    expect(await world.seenBy('nurse-health')).toEqual([id, secret].sort());
    expect(await world.seenBy('private-provider')).toEqual([id, secret].sort());
  });

  it('is by the convener and the unit; a participant reads, anybody else finds nothing', async () => {
    const id = await world.convene();
    await world.answer(id, 'accepted');
    expect((await world.post('nurse-health', `meetings/${id}`, { title: 'x' })).statusCode).toBe(403);
    expect((await world.post('nurse-health', `meetings/${id}/withdraw`)).statusCode).toBe(403);
    expect((await world.post('caseworker-social', `meetings/${id}`, { title: 'x' })).statusCode).toBe(404);
    expect((await world.post('caseworker-employment', `meetings/${world.goal()}`, { title: 'x' })).statusCode).toBe(
      404,
    );
    expect((await world.post('caseworker-employment', `meetings/${id}`, {})).statusCode).toBe(400);
  });
});

describe('over', () => {
  it('called off, its participants see that, and no more what it was about', async () => {
    const id = await world.convene();
    await world.answer(id, 'accepted');
    await world.change(id, { status: 'cancelled' });
    expect(await world.seenBy('nurse-health')).toEqual([id]);
    expect((await world.get('nurse-health', 'calendar.ics')).body).toContain('STATUS:CANCELLED');
    expect((await world.post('caseworker-employment', `meetings/${id}`, { title: 'x' })).statusCode).toBe(409);
    expect((await world.post('citizen', `meetings/${id}/answer`, { answer: 'accepted' })).statusCode).toBe(409);
  });

  it('called off before it was answered, asks for nothing any more', async () => {
    const id = await world.convene();
    await world.change(id, { status: 'cancelled' });
    expect(await world.proposals()).toEqual([]);
    expect(await world.seenBy('nurse-health')).toBe(404);
  });

  it('taken away, is nobody’s, and every consent for it has ended', async () => {
    const id = await world.convene();
    await world.answer(id, 'accepted');
    expect((await world.post('caseworker-employment', `meetings/${id}/withdraw`)).statusCode).toBe(204);
    expect(await world.seenBy('citizen')).toEqual([world.goal()]);
    expect(await world.seenBy('nurse-health')).toBe(404);
    const { consents } = (await world.get('citizen', 'consents')).json();
    const newest = consents.filter((one: { version: number }) => one.version === 2);
    expect(newest.map((one: { withdrawn: boolean }) => one.withdrawn)).toEqual(Array(4).fill(true));
    const { rows } = await database.pool().query('select from meeting where record_id = $1', [id]);
    expect(rows).toEqual([]);
  });
});

it('copies are told: nothing while it is asked, all with the yes, removed with the no', async () => {
  const consumer = { name: 'Borgerportalen', recipient: 'organisation:egevang-borgerportal' };
  const changes = async (after: string) =>
    (
      await world.hub.ask('consumer-system', `/v1/changes${after === '' ? '' : `?after=${after}`}`, world.as('dpo'))
    ).json();
  const first = await changes('');
  const id = await world.convene({ ...world.meeting(), participants: [consumer, provider] });
  const second = await changes(first.cursor);
  expect(second.entries).toEqual([]);
  await world.hub.world.say(world.citizen(), 'grant', 'consumer:borgerportal', { record: id, upTo: 'confidential' });
  const third = await changes(second.cursor);
  expect(third.entries).toMatchObject([
    expect.anything(),
    { op: 'created', kind: 'appointment', record: { id, status: 'onHold', agenda: ['Målet om praktik', 'Eventuelt'] } },
  ]);
  await world.answer(id, 'accepted');
  const fourth = await changes(third.cursor);
  expect(fourth.entries).toMatchObject([{ op: 'changed', record: { id, status: 'planned' } }]);
  await world.post('caseworker-employment', `meetings/${id}/withdraw`);
  const fifth = await changes(fourth.cursor);
  expect(fifth.entries.map((one: { op: string }) => one.op)).toContain('removed');
});

it('each version waits for the journal, the answer with who gave it; the end of the enrolment leaves only that', async () => {
  const id = await world.convene();
  await world.answer(id, 'accepted');
  const end = { method: 'POST', url: `/v1/enrolments/${world.citizen().enrolment}/end` } as const;
  expect((await world.hub.ask('citizen', end, world.as('citizen'))).statusCode).toBeLessThan(300);
  const answer = await world.hub.ask('caseworker-employment', '/v1/journalising', world.as('caseworker-employment'));
  const items = answer.json().items.filter((one: { record: string }) => one.record === id);
  expect(items).toMatchObject([
    { kind: 'appointment', version: 1, enrolmentEnded: true, content: { status: 'onHold', location: 'Lokale 4' } },
    { kind: 'appointment', version: 2, content: { status: 'planned', answer: 'accepted', answeredBy: 'Borgeren' } },
  ]);
  for (const table of ['meeting', 'consent_proposal'])
    expect(
      (
        await database
          .pool()
          .query(`select from ${table} where ${table === 'meeting' ? 'record_id' : 'meeting_id'} = $1`, [id])
      ).rowCount,
    ).toBe(0);
  for (const one of items) {
    const url = `/v1/journalising/${one.id}/confirm`;
    const payload = { journalReference: '2026-9' };
    await world.hub.ask('caseworker-employment', { method: 'POST', url, payload }, world.as('caseworker-employment'));
  }
  expect((await database.pool().query('select from born_record where record_id = $1', [id])).rowCount).toBe(0);
});

describe('a protected person', () => {
  const seenByProvider = async () => (await world.listed('private-provider'))[0];
  it('who is the citizen: private participants get neither names nor the place', async () => {
    const id = await world.convene();
    await world.hub.world.protect(world.citizen());
    await world.answer(id, 'accepted');
    expect(await seenByProvider()).toMatchObject({ id, participants: [{ role: 'borger' }, { role: nurse.role }, {}] });
    expect(await seenByProvider()).not.toHaveProperty('location');
    expect((await world.listed('nurse-health'))[0]).toMatchObject({ location: 'Lokale 4' });
  });

  it('who takes part, as the convener says: the same, until a list says that nobody is', async () => {
    const hidden = { name: 'En pårørende', role: 'pårørende', protected: true };
    const id = await world.convene({ ...world.meeting(), participants: [hidden, provider] });
    await world.answer(id, 'accepted');
    expect((await seenByProvider()).participants).toEqual([{ role: 'pårørende' }, {}]);
    await world.change(id, { title: 'Nyt navn' });
    expect(await seenByProvider()).not.toHaveProperty('location');
    await world.change(id, { participants: [provider] });
    expect(await seenByProvider()).not.toHaveProperty('location');
    await world.change(id, { participants: [{ ...provider, protected: false }] });
    expect(await seenByProvider()).toMatchObject({ participants: [{ name: provider.name }], location: 'Lokale 4' });
  });
});
