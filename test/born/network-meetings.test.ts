// A network meeting: seen by the citizen and the convener's unit until the citizen says yes to it, by its participants and
// with what its agenda names after that, and not for a day longer than was said.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHub, type Hub, type Person, rememberingLog } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();
const log = rememberingLog();
let hub: Hub;
let anna: Person;
let goal = '';
let day = 0;

type Reader = Parameters<Hub['ask']>[0];
const scope = {
  claims: { scope: 'plan.read calendar.read comments.write consents.write changes.read log.read cpr.read' },
};
const as = (persona: Reader) => ({ ...scope, ...(persona === 'citizen' ? { citizen: anna.id } : {}) });
const post = (persona: Reader, path: string, payload: object = {}, headers = {}) =>
  hub.ask(persona, { method: 'POST', url: `/v1/citizens/${anna.id}/${path}`, payload, headers }, as(persona));
const get = (persona: Reader, path: string) => hub.ask(persona, `/v1/citizens/${anna.id}/${path}`, as(persona));

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
const nurse = { name: 'Bente Winther', role: 'sygeplejerske', recipient: 'person:egevang-bewi' };
const provider = { name: 'Fonden Broen', recipient: 'organisation:fonden-broen' };
const meeting = () => ({
  title: 'Netværksmøde om praktik',
  start: inDays(10),
  end: inDays(10.05),
  format: 'inPerson',
  location: 'Lokale 4',
  participants: [{ name: 'Anna', role: 'borger' }, nurse, provider],
  agenda: [{ text: 'Målet om praktik', record: goal }, { text: 'Eventuelt' }],
});
const convene = async (body: object = meeting()): Promise<string> => {
  const answer = await post('caseworker-employment', 'meetings', body);
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json().id;
};
const answer = async (id: string, said: 'accepted' | 'declined') => {
  const told = await post('citizen', `meetings/${id}/answer`, { answer: said });
  expect(told.statusCode, told.body).toBe(200);
  return told.json();
};
const seenBy = async (persona: Reader): Promise<readonly string[] | number> => {
  const plan = await get(persona, 'plan');
  if (plan.statusCode !== 200) return plan.statusCode;
  const { appointments, goals } = plan.json();
  return [...appointments, ...goals].map(({ id }: { id: string }) => id).sort();
};
const proposals = async (persona: Reader = 'citizen') => (await get(persona, 'consent-proposals')).json().proposals;
const listed = async (persona: Reader) => (await get(persona, 'meetings')).json().meetings;

beforeAll(async () => {
  hub = await createHub(database.pool(), { accessLog: log });
  for (const unit of ['jobcenter', 'social', 'sundhed']) await hub.world.unit(unit, null);
  await hub.world.unit('fonden-broen', null, 'organisation');
  await hub.world.unit('broen-mentor', 'fonden-broen');
});
beforeEach(async () => {
  day += 1;
  anna = await hub.world.person(`${String(day).padStart(2, '0')}04703333`);
  goal = await hub.world.record({ kind: 'goal', citizens: [anna], ownerUnit: 'jobcenter' });
});

describe('convened', () => {
  it('is the citizen’s and the unit’s alone, tentative, with what is asked among the proposals', async () => {
    const id = await convene();
    const both = [id, goal].sort();
    expect(await Promise.all((['citizen', 'caseworker-employment'] as const).map(seenBy))).toEqual([both, both]);
    expect(await Promise.all((['nurse-health', 'private-provider'] as const).map(seenBy))).toEqual([404, 404]);
    const [own] = await listed('citizen');
    expect(own).toMatchObject({
      id,
      status: 'onHold',
      source: 'samspil',
      sensitivity: 'confidential',
      answer: 'proposed',
      organiser: 'jobcenter',
      type: { code: 'network-meeting' },
      agenda: ['Målet om praktik', 'Eventuelt'],
      points: [{ text: 'Målet om praktik', record: goal }, { text: 'Eventuelt' }],
      invited: [nurse, provider],
      purposes: ['coordinated-plan'],
      mine: false,
    });
    const asked = await proposals();
    expect(asked).toHaveLength(4);
    expect(asked.every((one: { meeting: string }) => one.meeting === id)).toBe(true);
    expect(asked.map((one: { record: string }) => one.record).sort()).toEqual([id, id, goal, goal].sort());
    expect(asked[0].text).toMatch(/^Til et møde bliver du spurgt, om du giver lov til, at /);
    expect((await get('citizen', 'plan')).json().links).toContainEqual({ from: id, rel: 'about', to: goal });
    expect((await get('citizen', 'calendar.ics')).body).toContain('STATUS:TENTATIVE');
  });

  it('is not told to a participant who sees the citizen, in no list and no proposal', async () => {
    await hub.world.say(anna, 'grant', 'unit:social', { domains: ['employment'] });
    await convene({ ...meeting(), participants: [{ name: 'Trine', recipient: 'person:egevang-trkr' }] });
    expect(await seenBy('caseworker-social')).toEqual([goal]);
    expect(await listed('caseworker-social')).toEqual([]);
    expect(await proposals('caseworker-social')).toEqual([]);
    expect(await proposals('caseworker-employment')).toHaveLength(2);
  });

  it('is by professionals with a unit, for a time to come, about what they see', async () => {
    const hidden = await hub.world.record({ kind: 'goal', citizens: [anna], domain: 'social', ownerUnit: 'social' });
    const kept = await hub.world.record({ kind: 'goal', citizens: [anna], ownerUnit: 'jobcenter', withheld: true });
    const vip = await hub.world.record({ kind: 'goal', citizens: [anna], ownerUnit: 'jobcenter', sensitivity: 'vip' });
    const about = (record: string) => ({ ...meeting(), agenda: [{ text: 'x', record }] });
    const refused = async (body: object) => {
      const told = await post('caseworker-employment', 'meetings', body);
      expect(told.statusCode, told.body).toBe(400);
      return told.json().errors[0];
    };
    expect((await post('citizen', 'meetings', meeting())).statusCode).toBe(403);
    expect(await refused(about(hidden))).toEqual(await refused(about(anna.id)));
    expect(await refused(about(vip))).toEqual(await refused(about(anna.id)));
    expect((await refused(about(kept))).path).toBe('agenda.0.record');
    expect((await refused({ ...meeting(), start: inDays(-1) })).path).toBe('start');
    expect((await refused({ ...meeting(), end: inDays(9) })).path).toBe('end');
    expect((await refused({ ...meeting(), purposes: ['none-such'] })).path).toBe('purposes.0');
    expect((await refused({ ...meeting(), participants: [{ name: 'x', recipient: 'role:nurse' }] })).path).toBe(
      'participants.0.recipient',
    );
  });

  it('is written once for one key', async () => {
    const key = { 'idempotency-key': `meeting ${day}` };
    const body = meeting();
    const [one, two] = [
      await post('caseworker-employment', 'meetings', body, key),
      await post('caseworker-employment', 'meetings', body, key),
    ];
    expect(two.json()).toEqual(one.json());
    expect(await listed('citizen')).toHaveLength(1);
  });
});

describe('a yes', () => {
  it('opens the meeting and what its agenda names to the participants, each with a receipt', async () => {
    const id = await convene();
    const { consents, version } = await answer(id, 'accepted');
    expect(version).toBe(2);
    expect(consents).toHaveLength(4);
    expect(consents.every((one: { receipt: string }) => one.receipt.split('.').length === 3)).toBe(true);
    expect(consents[0]).toMatchObject({ evidence: `Netværksmøde ${id}`, purposes: ['coordinated-plan'] });
    const both = [id, goal].sort();
    expect(await Promise.all((['nurse-health', 'private-provider'] as const).map(seenBy))).toEqual([both, both]);
    expect(await seenBy('caseworker-social')).toBe(404);
    expect((await get('nurse-health', 'calendar.ics')).body).toContain('STATUS:CONFIRMED');
    const [seen] = await listed('nurse-health');
    expect(seen).toMatchObject({ id, status: 'planned', answer: 'accepted' });
    expect(seen).not.toHaveProperty('invited');
    expect(await proposals()).toEqual([]);
  });

  it('is for one purpose, and each part of it is taken back for itself', async () => {
    const id = await convene();
    const { consents } = await answer(id, 'accepted');
    const claims = { ...scope.claims, purpose: 'follow-up' };
    const other = await hub.ask('nurse-health', `/v1/citizens/${anna.id}/plan`, { claims });
    expect(other.statusCode).toBe(404);
    const goals = consents.find(
      (one: { record: string; recipient: string }) => one.record === goal && one.recipient === nurse.recipient,
    );
    await hub.ask('citizen', { method: 'POST', url: `/v1/consents/${goals.id}/withdraw`, payload: {} }, as('citizen'));
    expect(await seenBy('nurse-health')).toEqual([id]);
    expect((await listed('nurse-health'))[0].points[0]).toEqual({ text: 'Målet om praktik' });
  });

  it('leaves out what the citizen dismissed before, and does not ask for it again', async () => {
    const id = await convene();
    const no = (await proposals()).find(
      (one: { record: string; recipient: string }) => one.record === goal && one.recipient === provider.recipient,
    );
    expect((await post('citizen', `consent-proposals/${no.id}/dismiss`)).statusCode).toBe(204);
    expect((await answer(id, 'accepted')).consents).toHaveLength(3);
    expect(await seenBy('private-provider')).toEqual([id]);
    await post('caseworker-employment', `meetings/${id}`, { title: 'Nyt navn' });
    expect(await proposals()).toEqual([]);
    expect((await listed('citizen'))[0]).toMatchObject({ title: 'Nyt navn', answer: 'accepted', status: 'planned' });
  });

  it('is recorded by staff with evidence alone, and by nobody else', async () => {
    const id = await convene();
    const said = { answer: 'accepted' };
    expect((await post('caseworker-employment', `meetings/${id}/answer`, said)).json().errors[0].path).toBe('evidence');
    expect((await post('nurse-health', `meetings/${id}/answer`, said)).statusCode).toBe(404);
    expect((await post('consumer-system', `meetings/${id}/answer`, said)).statusCode).toBe(403);
    const told = await post('caseworker-employment', `meetings/${id}/answer`, { ...said, evidence: 'Notat 7' });
    expect(told.json().consents[0]).toMatchObject({ recordedAs: 'professional', evidence: 'Notat 7' });
    expect((await post('citizen', `meetings/${id}/answer`, said)).statusCode).toBe(409);
  });

  it('ends so many days after the meeting', async () => {
    const id = await convene({ ...meeting(), daysAfter: 3 });
    const { consents } = await answer(id, 'accepted');
    const last = new Date(Date.parse(meeting().end) + 3 * 86_400_000);
    const text = last.toLocaleDateString('sv-SE', { timeZone: 'Europe/Copenhagen' });
    expect(new Set(consents.map((one: { to: string }) => one.to))).toEqual(new Set([text]));
    expect((await listed('citizen'))[0].until).toBe(text);
  });
});

describe('a no', () => {
  it('calls the meeting off, and takes back what was given for it', async () => {
    const id = await convene();
    await answer(id, 'accepted');
    expect(await seenBy('nurse-health')).toContain(goal);
    await answer(id, 'declined');
    expect(await Promise.all((['nurse-health', 'private-provider'] as const).map(seenBy))).toEqual([404, 404]);
    const { consents } = (await get('citizen', 'consents')).json();
    const given = consents.filter((one: { version: number }) => one.version === 2);
    expect(given).toHaveLength(4);
    expect(given.every((one: { withdrawn: boolean; recordedAs: string }) => one.withdrawn)).toBe(true);
    expect(given[0].recordedAs).toBe('citizen');
    expect((await listed('caseworker-employment'))[0]).toMatchObject({ status: 'cancelled', answer: 'declined' });
    expect((await post('citizen', `meetings/${id}/answer`, { answer: 'accepted' })).statusCode).toBe(409);
    expect((await post('caseworker-employment', `meetings/${id}`, { title: 'x' })).statusCode).toBe(409);
  });
});
