// A network meeting: seen by the citizen and the convener's unit until the citizen says yes to it, by its participants and
// with what its agenda names after that, and not for a day longer than was said.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useDatabase } from '../postgres.ts';
import { claims, createMeetingHub, inDays, type MeetingHub, nurse, provider } from './meeting-hub.ts';

const database = useDatabase();
let world: MeetingHub;

beforeAll(async () => {
  world = await createMeetingHub(database.pool(), 4);
});
beforeEach(() => world.begin());

describe('convened', () => {
  it('is the citizen’s and the unit’s alone, tentative, with what is asked among the proposals', async () => {
    const id = await world.convene();
    const both = [id, world.goal()].sort();
    expect(
      await Promise.all((['citizen', 'caseworker-employment'] as const).map((reader) => world.seenBy(reader))),
    ).toEqual([both, both]);
    expect(
      await Promise.all((['nurse-health', 'private-provider'] as const).map((reader) => world.seenBy(reader))),
    ).toEqual([404, 404]);
    const [own] = await world.listed('citizen');
    expect(own).toMatchObject({
      id,
      status: 'onHold',
      source: 'samspil',
      sensitivity: 'confidential',
      answer: 'proposed',
      organiser: 'jobcenter',
      type: { code: 'network-meeting' },
      agenda: ['Målet om praktik', 'Eventuelt'],
      points: [{ text: 'Målet om praktik', record: world.goal() }, { text: 'Eventuelt' }],
      invited: [nurse, provider],
      purposes: ['coordinated-plan'],
      mine: false,
    });
    const asked = await world.proposals();
    expect(asked).toHaveLength(4);
    expect(asked.every((one: { meeting: string }) => one.meeting === id)).toBe(true);
    expect(asked.map((one: { record: string }) => one.record).sort()).toEqual(
      [id, id, world.goal(), world.goal()].sort(),
    );
    expect(asked[0].text).toMatch(/^Til et møde bliver du spurgt, om du giver lov til, at /);
    expect((await world.get('citizen', 'plan')).json().links).toContainEqual({
      from: id,
      rel: 'about',
      to: world.goal(),
    });
    expect((await world.get('citizen', 'calendar.ics')).body).toContain('STATUS:TENTATIVE');
  });

  it('is not told to a participant who sees the citizen, in no list and no proposal', async () => {
    await world.hub.world.say(world.citizen(), 'grant', 'unit:social', { domains: ['employment'] });
    await world.convene({ ...world.meeting(), participants: [{ name: 'Trine', recipient: 'person:egevang-trkr' }] });
    expect(await world.seenBy('caseworker-social')).toEqual([world.goal()]);
    expect(await world.listed('caseworker-social')).toEqual([]);
    expect(await world.proposals('caseworker-social')).toEqual([]);
    expect(await world.proposals('caseworker-employment')).toHaveLength(2);
  });

  it('is by professionals with a unit, for a time to come, about what they see', async () => {
    const hidden = await world.hub.world.record({
      kind: 'goal',
      citizens: [world.citizen()],
      domain: 'social',
      ownerUnit: 'social',
    });
    const kept = await world.hub.world.record({
      kind: 'goal',
      citizens: [world.citizen()],
      ownerUnit: 'jobcenter',
      withheld: true,
    });
    const vip = await world.hub.world.record({
      kind: 'goal',
      citizens: [world.citizen()],
      ownerUnit: 'jobcenter',
      sensitivity: 'vip',
    });
    const about = (record: string) => ({ ...world.meeting(), agenda: [{ text: 'x', record }] });
    const refused = async (body: object) => {
      const told = await world.post('caseworker-employment', 'meetings', body);
      expect(told.statusCode, told.body).toBe(400);
      return told.json().errors[0];
    };
    expect((await world.post('citizen', 'meetings', world.meeting())).statusCode).toBe(403);
    expect(await refused(about(hidden))).toEqual(await refused(about(world.citizen().id)));
    expect(await refused(about(vip))).toEqual(await refused(about(world.citizen().id)));
    expect((await refused(about(kept))).path).toBe('agenda.0.record');
    expect((await refused({ ...world.meeting(), start: inDays(-1) })).path).toBe('start');
    expect((await refused({ ...world.meeting(), end: inDays(9) })).path).toBe('end');
    expect((await refused({ ...world.meeting(), purposes: ['none-such'] })).path).toBe('purposes.0');
    expect((await refused({ ...world.meeting(), participants: [{ name: 'x', recipient: 'role:nurse' }] })).path).toBe(
      'participants.0.recipient',
    );
  });

  it('is written once for one key', async () => {
    const key = { 'idempotency-key': `meeting ${world.goal()}` };
    const body = world.meeting();
    const [one, two] = [
      await world.post('caseworker-employment', 'meetings', body, key),
      await world.post('caseworker-employment', 'meetings', body, key),
    ];
    expect(two.json()).toEqual(one.json());
    expect(await world.listed('citizen')).toHaveLength(1);
  });
});

describe('a yes', () => {
  it('opens the meeting and what its agenda names to the participants, each with a receipt', async () => {
    const id = await world.convene();
    const { consents, version } = await world.answer(id, 'accepted');
    expect(version).toBe(2);
    expect(consents).toHaveLength(4);
    expect(consents.every((one: { receipt: string }) => one.receipt.split('.').length === 3)).toBe(true);
    expect(consents[0]).toMatchObject({ evidence: `Netværksmøde ${id}`, purposes: ['coordinated-plan'] });
    const both = [id, world.goal()].sort();
    expect(
      await Promise.all((['nurse-health', 'private-provider'] as const).map((reader) => world.seenBy(reader))),
    ).toEqual([both, both]);
    expect(await world.seenBy('caseworker-social')).toBe(404);
    expect((await world.get('nurse-health', 'calendar.ics')).body).toContain('STATUS:CONFIRMED');
    const [seen] = await world.listed('nurse-health');
    expect(seen).toMatchObject({ id, status: 'planned', answer: 'accepted' });
    expect(seen).not.toHaveProperty('invited');
    expect(await world.proposals()).toEqual([]);
  });

  it('is for one purpose, and each part of it is taken back for itself', async () => {
    const id = await world.convene();
    const { consents } = await world.answer(id, 'accepted');
    const other = await world.hub.ask('nurse-health', `/v1/citizens/${world.citizen().id}/plan`, {
      claims: { ...claims, purpose: 'follow-up' },
    });
    expect(other.statusCode).toBe(404);
    const goals = consents.find(
      (one: { record: string; recipient: string }) => one.record === world.goal() && one.recipient === nurse.recipient,
    );
    await world.hub.ask(
      'citizen',
      { method: 'POST', url: `/v1/consents/${goals.id}/withdraw`, payload: {} },
      world.as('citizen'),
    );
    expect(await world.seenBy('nurse-health')).toEqual([id]);
    expect((await world.listed('nurse-health'))[0].points[0]).toEqual({ text: 'Målet om praktik' });
  });

  it('leaves out what the citizen dismissed before, and does not ask for it again', async () => {
    const id = await world.convene();
    const no = (await world.proposals()).find(
      (one: { record: string; recipient: string }) =>
        one.record === world.goal() && one.recipient === provider.recipient,
    );
    expect((await world.post('citizen', `consent-proposals/${no.id}/dismiss`)).statusCode).toBe(204);
    expect((await world.answer(id, 'accepted')).consents).toHaveLength(3);
    expect(await world.seenBy('private-provider')).toEqual([id]);
    await world.post('caseworker-employment', `meetings/${id}`, { title: 'Nyt navn' });
    expect(await world.proposals()).toEqual([]);
    expect((await world.listed('citizen'))[0]).toMatchObject({
      title: 'Nyt navn',
      answer: 'accepted',
      status: 'planned',
    });
  });

  it('is recorded by staff with evidence alone, and by nobody else', async () => {
    const id = await world.convene();
    const said = { answer: 'accepted' };
    expect((await world.post('caseworker-employment', `meetings/${id}/answer`, said)).json().errors[0].path).toBe(
      'evidence',
    );
    expect((await world.post('nurse-health', `meetings/${id}/answer`, said)).statusCode).toBe(404);
    expect((await world.post('consumer-system', `meetings/${id}/answer`, said)).statusCode).toBe(403);
    const told = await world.post('caseworker-employment', `meetings/${id}/answer`, { ...said, evidence: 'Notat 7' });
    expect(told.json().consents[0]).toMatchObject({ recordedAs: 'professional', evidence: 'Notat 7' });
    expect((await world.post('citizen', `meetings/${id}/answer`, said)).statusCode).toBe(409);
  });

  it('ends so many days after the meeting', async () => {
    const id = await world.convene({ ...world.meeting(), daysAfter: 3 });
    const { consents } = await world.answer(id, 'accepted');
    const last = new Date(Date.parse(world.meeting().end) + 3 * 86_400_000);
    const text = last.toLocaleDateString('sv-SE', { timeZone: 'Europe/Copenhagen' });
    expect(new Set(consents.map((one: { to: string }) => one.to))).toEqual(new Set([text]));
    expect((await world.listed('citizen'))[0].until).toBe(text);
  });
});

describe('a no', () => {
  it('calls the meeting off, and takes back what was given for it', async () => {
    const id = await world.convene();
    await world.answer(id, 'accepted');
    expect(await world.seenBy('nurse-health')).toContain(world.goal());
    await world.answer(id, 'declined');
    expect(
      await Promise.all((['nurse-health', 'private-provider'] as const).map((reader) => world.seenBy(reader))),
    ).toEqual([404, 404]);
    const { consents } = (await world.get('citizen', 'consents')).json();
    const given = consents.filter((one: { version: number }) => one.version === 2);
    expect(given).toHaveLength(4);
    expect(given.every((one: { withdrawn: boolean; recordedAs: string }) => one.withdrawn)).toBe(true);
    expect(given[0].recordedAs).toBe('citizen');
    expect((await world.listed('caseworker-employment'))[0]).toMatchObject({ status: 'cancelled', answer: 'declined' });
    expect((await world.post('citizen', `meetings/${id}/answer`, { answer: 'accepted' })).statusCode).toBe(409);
    expect((await world.post('caseworker-employment', `meetings/${id}`, { title: 'x' })).statusCode).toBe(409);
  });
});
