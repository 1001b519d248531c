// A network meeting as others read it: FHIR to a validator and calendars to a parser nobody here wrote; representatives inside
// what they represent; and what becomes of it when numbers are joined and parted.
import { Fhir } from 'fhir';
import ICAL from 'ical.js';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseNumber } from '../../src/model/cpr.ts';
import { mergeCitizens, splitCitizen } from '../../src/store/people.ts';
import { useDatabase } from '../postgres.ts';
import { claims, createMeetingHub, inDays, type MeetingHub, nurse } from './meeting-hub.ts';

const database = useDatabase();
let world: MeetingHub;
beforeAll(async () => {
  world = await createMeetingHub(database.pool(), 8);
});
beforeEach(() => world.begin());

interface Resource {
  readonly resourceType: string;
  readonly id: string;
  readonly status?: string;
  readonly participant?: readonly { readonly actor?: { readonly display?: string }; readonly status: string }[];
}
const appointmentOf = async (persona: 'citizen' | 'nurse-health', id: string): Promise<Resource | undefined> => {
  const url = `/fhir/Patient/${world.citizen().id}/$everything`;
  const bundle = (await world.hub.ask(persona, url, world.as(persona))).json();
  return bundle.entry.map(({ resource }: { resource: Resource }) => resource).find((one: Resource) => one.id === id);
};

it('is an Appointment with its participants, tentative until the citizen has said yes', async () => {
  const id = await world.convene();
  const asked = await appointmentOf('citizen', id);
  expect(asked).toMatchObject({ resourceType: 'Appointment', status: 'pending' });
  const faults = new Fhir()
    .validate(asked ?? {}, { errorOnUnexpected: true })
    .messages.filter(({ severity }) => severity === 'error' || severity === 'fatal');
  expect(faults).toEqual([]);
  expect(asked?.participant?.at(-1)?.status).toBe('accepted');
  expect(asked?.participant?.at(-2)?.status).toBe('tentative');
  await world.answer(id, 'accepted');
  const agreed = await appointmentOf('nurse-health', id);
  expect(agreed?.status).toBe('booked');
  expect(agreed?.participant?.map(({ actor, status }) => [actor?.display, status]).slice(1)).toEqual([
    ['Anna', 'accepted'],
    [nurse.name, 'accepted'],
    ['Fonden Broen', 'accepted'],
    ['Lokale 4', 'accepted'],
  ]);
});

it('moves and is called off in a calendar that knows only iCalendar', async () => {
  const eventOf = async () => {
    const text = (await world.get('nurse-health', 'calendar.ics')).body;
    const [event] = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent');
    if (event === undefined) throw new Error('no event');
    return { ...new ICAL.Event(event), event: new ICAL.Event(event), status: event.getFirstPropertyValue('status') };
  };
  const id = await world.convene();
  await world.answer(id, 'accepted');
  const first = await eventOf();
  world.pass(2000);
  const start = inDays(8);
  await world.change(id, { start, end: inDays(8.1) });
  const moved = await eventOf();
  expect(moved.event.uid).toBe(first.event.uid);
  expect(moved.event.sequence).toBeGreaterThan(first.event.sequence);
  expect(moved.event.startDate.toJSDate().getTime()).toBe(Math.floor(Date.parse(start) / 1000) * 1000);
  await world.change(id, { status: 'cancelled' });
  expect((await eventOf()).status).toBe('CANCELLED');
});

describe('a representative', () => {
  const number = '0102401234';
  const relative = { cpr: number, claims: { ...claims, kind: 'representative' } };
  const powerOf = async (domains?: readonly string[]): Promise<void> => {
    const body = { type: 'powerOfAttorney', cpr: number, ...(domains === undefined ? {} : { domains }) };
    const told = await world.post('citizen', 'representations', body);
    expect(told.statusCode, told.body).toBe(201);
  };
  const answerAs = (id: string) =>
    world.hub.ask(
      'citizen',
      {
        method: 'POST',
        url: `/v1/citizens/${world.citizen().id}/meetings/${id}/answer`,
        payload: { answer: 'accepted' },
      },
      relative,
    );

  it('for everything says yes like the citizen', async () => {
    await powerOf();
    const id = await world.convene();
    const told = await answerAs(id);
    expect(told.statusCode, told.body).toBe(200);
    expect(told.json().consents[0]).toMatchObject({ recordedAs: 'representative' });
    expect(await world.seenBy('nurse-health')).toEqual([id, world.goal()].sort());
  });

  it('for employment does not see a meeting, which is shared, and cannot answer it', async () => {
    await powerOf(['employment']);
    const id = await world.convene();
    expect((await answerAs(id)).statusCode).toBe(404);
    expect(await world.seenBy('nurse-health')).toBe(404);
  });
});

it('follows the number it was convened under, with what was asked and given for it', async () => {
  const number = (text: string) => {
    const parsed = parseNumber(text);
    if (parsed === undefined) throw new Error('not a number');
    return parsed;
  };
  const former = world.citizen();
  const id = await world.convene();
  await world.answer(id, 'accepted');
  const open = await world.convene({ ...world.meeting(), agenda: [] });
  await world.begin();
  const current = world.citizen();
  const why = { reason: 'test', actor: 'test' };
  const both = { current: number(current.cpr), former: number(former.cpr) };
  await mergeCitizens(database.pool(), world.hub.keys, both, why);
  expect((await world.listed('citizen')).map(({ id: one }: { id: string }) => one)).toEqual([id, open]);
  expect(await world.proposals()).toHaveLength(2);
  expect(await world.seenBy('nurse-health')).toContain(id);
  await splitCitizen(database.pool(), world.hub.keys, number(former.cpr), why);
  expect(await world.listed('citizen')).toEqual([]);
  expect(await world.proposals()).toEqual([]);
});
