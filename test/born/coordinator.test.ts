// The coordinating contact: appointed by a unit responsible for a plan, one at a time, told to the citizen and the journal;
// and what a meeting's agenda could be, which is never more than its reader sees.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useDatabase } from '../postgres.ts';
import { createMeetingHub, inDays, type MeetingHub, type Reader } from './meeting-hub.ts';

const database = useDatabase();
let world: MeetingHub;
const dayIn = (days: number): string =>
  new Date(inDays(days)).toLocaleDateString('sv-SE', { timeZone: 'Europe/Copenhagen' });

beforeAll(async () => {
  world = await createMeetingHub(database.pool(), 6);
});
beforeEach(() => world.begin());

const hanne = { person: 'egevang-hato', name: 'Hanne Toft', unit: 'Jobcentret', phone: '70 10 00 00' };
const appoint = async (persona: Reader, body: object = hanne): Promise<string> => {
  const answer = await world.post(persona, 'coordinator', body);
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json().id;
};
const planOf = (unit: string, fields: object = {}) =>
  world.hub.world.record({
    kind: 'plan',
    citizens: [world.citizen()],
    ownerUnit: unit,
    domain: unit === 'social' ? 'social' : 'employment',
    fields: { ...fields },
  });
const listed = async (persona: Reader) => (await world.get(persona, 'coordinator')).json().coordinators;

describe('appointing', () => {
  it('stands among the citizen’s contacts, with who appointed, in the plan and the team', async () => {
    await planOf('jobcenter');
    const id = await appoint('caseworker-employment');
    const contact = { id, name: 'Hanne Toft', role: { code: 'borgerkonsulent' }, period: { start: dayIn(0) } };
    expect((await world.get('citizen', 'plan')).json().contacts).toMatchObject([{ ...contact, source: 'samspil' }]);
    expect(await listed('citizen')).toMatchObject([
      { ...contact, person: hanne.person, appointedBy: 'jobcenter', mine: false },
    ]);
    expect((await listed('caseworker-employment'))[0].mine).toBe(true);
    const bundle = (
      await world.hub.ask('citizen', `/fhir/Patient/${world.citizen().id}/$everything`, world.as('citizen'))
    ).json();
    const team = bundle.entry.find(
      (one: { resource: { resourceType: string } }) => one.resource.resourceType === 'CareTeam',
    );
    expect(team.resource.participant).toMatchObject([{ id, member: { display: 'Hanne Toft' } }]);
    const items = await world.hub.ask('caseworker-employment', '/v1/journalising', world.as('caseworker-employment'));
    expect(items.json().items.filter((one: { record: string }) => one.record === id)).toMatchObject([
      { kind: 'contact' },
    ]);
    expect(await world.get('caseworker-social', 'coordinator')).toMatchObject({ statusCode: 404 });
  });

  it('is for staff of a unit with a plan that runs: not by a grant, not for a goal alone, not for a plan that is over', async () => {
    const refused = async (persona: Reader) => (await world.post(persona, 'coordinator', hanne)).statusCode;
    expect(await refused('caseworker-employment')).toBe(403);
    await planOf('jobcenter', { status: 'completed' });
    expect(await refused('caseworker-employment')).toBe(403);
    await planOf('jobcenter');
    await world.hub.world.say(world.citizen(), 'grant', 'unit:social');
    expect(await refused('caseworker-social')).toBe(403);
    expect(await refused('citizen')).toBe(403);
    expect(await refused('nurse-health')).toBe(404);
    await appoint('caseworker-employment');
  });

  it('another ends the former’s period the day before, also another unit’s; one that had not begun never was', async () => {
    await planOf('jobcenter');
    await planOf('social');
    const first = await appoint('caseworker-employment', { ...hanne, from: dayIn(-10) });
    const second = await appoint('caseworker-social', { ...hanne, name: 'Trine Krogh', from: dayIn(5) });
    expect(await listed('citizen')).toMatchObject([
      { id: second, name: 'Trine Krogh', period: { start: dayIn(5) } },
      { id: first, period: { start: dayIn(-10), end: dayIn(4) } },
    ]);
    // The former's unit finds it in its own list.
    const items = await world.hub.ask('caseworker-employment', '/v1/journalising', world.as('caseworker-employment'));
    expect(items.json().items.filter((one: { record: string }) => one.record === first)).toHaveLength(2);
    const third = await appoint('caseworker-social', { ...hanne, from: dayIn(3) });
    expect(await listed('citizen')).toMatchObject([
      { id: third, period: { start: dayIn(3) } },
      { id: first, period: { start: dayIn(-10), end: dayIn(2) } },
    ]);
  });

  it('by two at once leaves one', async () => {
    await planOf('jobcenter');
    await Promise.all(
      Array.from({ length: 5 }, (_, n) => appoint('caseworker-employment', { ...hanne, name: `Nr ${n}` })),
    );
    expect(await listed('citizen')).toHaveLength(1);
  });

  it('is changed and taken away by the unit, and by nobody else', async () => {
    await planOf('jobcenter');
    const id = await appoint('caseworker-employment');
    await world.hub.world.say(world.citizen(), 'grant', 'unit:social');
    expect((await world.post('caseworker-social', `coordinator/${id}`, { until: dayIn(30) })).statusCode).toBe(403);
    const early = await world.post('caseworker-employment', `coordinator/${id}`, { until: dayIn(-1) });
    expect(early.json().errors[0].path).toBe('until');
    expect((await world.post('caseworker-employment', `coordinator/${id}`, { until: dayIn(30) })).statusCode).toBe(200);
    expect(await listed('caseworker-social')).toMatchObject([{ period: { end: dayIn(30) } }]);
    expect((await world.post('caseworker-employment', `coordinator/${id}/withdraw`)).statusCode).toBe(204);
    expect(await listed('citizen')).toEqual([]);
  });
});

describe('the agenda', () => {
  const points = async (persona: Reader, query = '') =>
    (await world.get(persona, `meetings/agenda${query}`))
      .json()
      .points.map(({ what, text }: { what: string; text: string }) => [what, text]);

  it('has what is open, what overlaps and what ends, of what the reader sees', async () => {
    const own = { citizens: [world.citizen()], ownerUnit: 'jobcenter' };
    await world.hub.world.record({ ...own, kind: 'goal', fields: { text: 'Nået', status: 'completed' } });
    await planOf('jobcenter', { title: 'Min Plan', period: { end: dayIn(40) } });
    await planOf('jobcenter', { title: 'Senere', period: { end: dayIn(400) } });
    const agreed = {
      kind: 'agreement',
      fields: { text: 'Ring til skolen', responsible: 'x', status: 'planned', followUpAt: dayIn(5) },
    };
    await world.hub.world.record({ ...own, ...agreed });
    const mentor = await world.hub.world.record({ ...own, kind: 'intervention' });
    await world.hub.world.record({
      ...own,
      kind: 'intervention',
      ownerUnit: 'social',
      domain: 'social',
      source: 'sensum',
    });
    await world.hub.world.say(world.citizen(), 'grant', 'organisation:fonden-broen', { record: mentor });
    const asks = { what: 'To timer mere', why: 'Transport', about: mentor };
    expect((await world.post('private-provider', 'requests', asks)).statusCode).toBe(201);
    const day = dayIn(40).split('-').reverse().map(Number).join('.');
    const rest = [
      ['request', 'Ønske: To timer mere'],
      ['ending', `Udløber ${day}: Min Plan`],
      ['goal', 'Mål: Komme i praktik'],
    ];
    const overlap = ['overlap', 'To systemer har den samme indsats i den samme periode. Mentor'];
    expect(await points('citizen')).toEqual([overlap, ...rest]);
    expect(await points('caseworker-employment')).toEqual(rest);
    expect(await points('private-provider')).toEqual([['request', 'Ønske: To timer mere']]);
    const later = await points('caseworker-employment', `?at=${dayIn(10)}`);
    expect(later).toContainEqual(['agreement', 'Opfølgning: Ring til skolen']);
    expect((await world.get('nurse-health', 'meetings/agenda')).statusCode).toBe(404);
    expect((await world.get('citizen', 'meetings/agenda?at=x')).statusCode).toBe(400);
  });

  it('and the timeline has what was said, for those who see it', async () => {
    await world.post('citizen', 'comments', { text: 'Hvornår starter jeg?', about: world.goal() });
    const { entries } = (await world.get('caseworker-employment', 'timeline')).json();
    expect(entries).toMatchObject([{ what: 'comment', title: 'Hvornår starter jeg?', source: 'samspil' }]);
    expect((await world.get('caseworker-social', 'timeline')).statusCode).toBe(404);
  });
});
