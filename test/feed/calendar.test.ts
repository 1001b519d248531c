// The shared calendar over the feed: merged, busy where only that is granted, readable by a stock iCalendar parser, and
// open to a calendar programme by an address that can be taken back.
import ICAL from 'ical.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { endEnrolment } from '../../src/store/enrolment.ts';
import { useDatabase } from '../postgres.ts';
import { createHub, type Hub, type Person } from './fixture.ts';

const database = useDatabase();
let hub: Hub;
let maja: Person;

const inDays = (days: number, hour = 9): string => {
  const at = new Date(Date.now() + days * 86_400_000);
  at.setUTCHours(hour, 0, 0, 0);
  return at.toISOString();
};

beforeAll(async () => {
  const keys = createKeyRing(newKeyMaterial());
  hub = await createHub(database.pool(), { keys, accessLog: createAccessLog(database.pool(), keys) });
  for (const unit of ['jobcenter', 'social']) await hub.world.unit(unit, null);
  maja = await hub.world.person('0102703333');
  const appointment = (fields: Readonly<Record<string, unknown>>, more: object = {}) =>
    hub.world.record({ citizens: [maja], kind: 'appointment', ownerUnit: 'jobcenter', fields, ...more });
  const meeting = { title: 'Jobsamtale', start: inDays(3), end: inDays(3, 10), status: 'planned' };
  await appointment({ ...meeting, agenda: ['Plan; næste skridt', 'Æøå, og en lang linje '.repeat(6).trim()] });
  await appointment({ ...meeting, title: 'JOBSAMTALE', location: 'Rådhuset' }, { source: 'dfdg' });
  await appointment({ title: 'Aflyst møde', start: inDays(5), status: 'cancelled' });
  await appointment({ title: 'For længe siden', start: '2020-01-01T09:00:00.000Z', status: 'completed' });
  await hub.world.record({ citizens: [maja], kind: 'plan', domain: 'social', source: 'sensum', ownerUnit: 'social' });
});

const calendar = (suffix = '', persona: Parameters<Hub['ask']>[0] = 'caseworker-employment', headers = {}) =>
  hub.ask(
    persona,
    { url: `/v1/citizens/${maja.id}/calendar${suffix}`, headers },
    persona === 'citizen' ? { citizen: maja.id } : {},
  );
const events = (text: string) =>
  new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map((event) => new ICAL.Event(event));

describe('the calendar', () => {
  it('shows what two systems hold about a meeting once, with both records', async () => {
    const answer = await calendar();
    expect(answer.statusCode, answer.body).toBe(200);
    expect(answer.json().meetings).toMatchObject([
      { title: 'Jobsamtale', location: 'Rådhuset', records: [{ source: 'momentum' }, { source: 'dfdg' }] },
      { title: 'Aflyst møde', status: 'cancelled' },
    ]);
    expect(answer.json().busy).toEqual([]);
    expect((await calendar('', 'caseworker-employment', { 'if-none-match': answer.headers.etag })).statusCode).toBe(
      304,
    );
    expect((await calendar('?from=2020-01-01&to=2020-01-01')).json().meetings).toMatchObject([
      { title: 'For længe siden' },
    ]);
    for (const [query, path] of [
      ['from=x', 'from'],
      ['from=2026-02-01&to=2026-01-01', 'to'],
      ['from=2000-01-01&to=2026-01-01', 'to'],
    ])
      expect((await calendar(`?${query}`)).json().errors[0].path).toBe(path);
  });

  it('is an iCalendar file to a stock parser', async () => {
    const answer = await calendar('.ics');
    expect(answer.headers['content-type']).toBe('text/calendar; charset=utf-8');
    const [meeting, cancelled] = events(answer.body);
    expect(meeting?.summary).toBe('Jobsamtale');
    expect(meeting?.startDate.toJSDate().toISOString()).toBe(inDays(3));
    expect(meeting?.description).toContain('– Plan; næste skridt');
    expect(meeting?.sequence).toBeGreaterThan(0);
    expect(cancelled?.component.getFirstPropertyValue('status')).toBe('CANCELLED');
    expect(answer.body).not.toContain(maja.id);
    expect(answer.body.split('\r\n').every((line) => Buffer.byteLength(line) <= 75)).toBe(true);
  });

  it('shows time and nothing else where only that is granted, and whoever sees nothing is told nothing', async () => {
    expect((await calendar('', 'private-provider')).statusCode).toBe(404);
    const given = await hub.ask(
      'citizen',
      {
        method: 'POST',
        url: `/v1/citizens/${maja.id}/consents`,
        payload: { decision: 'grant', recipient: 'organisation:fonden-broen', kinds: ['appointment'], show: 'busy' },
      },
      { citizen: maja.id },
    );
    expect(given.statusCode, given.body).toBe(201);
    const busy = await calendar('', 'private-provider');
    expect(busy.json()).toMatchObject({ meetings: [], busy: [{ start: inDays(3), end: inDays(3, 10) }] });
    const file = await calendar('.ics', 'private-provider');
    expect(events(file.body).map((event) => event.summary)).toEqual(['Optaget']);
    expect(`${busy.body}${file.body}`).not.toMatch(/samtale|rådhus|dfdg|momentum\.x/i);
    const { rows } = await database
      .pool()
      .query<{ decision: string; n: number }>(
        `select decision, cardinality(records) as n from access_log where endpoint like '%calendar' order by id desc limit 1`,
      );
    expect(rows[0]).toMatchObject({ decision: 'partly' });
  });
});

describe('a secret address', () => {
  const links = `calendar-links`;
  const asCitizen = (method: 'GET' | 'POST' | 'DELETE', url: string) =>
    hub.ask('citizen', { method, url }, { citizen: maja.id });
  const programme = (path: string) => hub.app.inject({ url: path });

  it('is made and listed by the citizen, read without a token, logged, and taken back', async () => {
    const made = await asCitizen('POST', `/v1/citizens/${maja.id}/${links}`);
    expect(made.statusCode, made.body).toBe(201);
    const { id, path } = made.json() as { id: string; path: string };
    const read = await programme(path);
    expect(read.statusCode).toBe(200);
    expect(events(read.body)).toHaveLength(2);
    const listed = await asCitizen('GET', `/v1/citizens/${maja.id}/${links}`);
    expect(listed.json().links).toMatchObject([{ id, lastUsedOn: expect.any(String) }]);
    expect(listed.body).not.toContain(path.split('/').at(-1));
    const { rows } = await database
      .pool()
      .query<{ endpoint: string; citizen_id: string }>(
        'select endpoint, citizen_id from access_log order by id desc limit 5',
      );
    expect(rows).toContainEqual({ endpoint: 'GET /v1/calendar-feeds/:secret', citizen_id: maja.id });
    expect((await asCitizen('DELETE', `/v1/calendar-links/${id}`)).statusCode).toBe(204);
    expect((await programme(path)).statusCode).toBe(404);
    expect((await asCitizen('DELETE', `/v1/calendar-links/${id}`)).statusCode).toBe(404);
  });

  it('is for citizens alone, and ends with the enrolment', async () => {
    const url = `/v1/citizens/${maja.id}/${links}`;
    expect((await hub.ask('caseworker-employment', { method: 'POST', url })).statusCode).toBe(403);
    const { path } = (await asCitizen('POST', url)).json() as { path: string };
    expect((await programme(path)).statusCode).toBe(200);
    const { rows } = await database
      .pool()
      .query<{ id: string }>('select id from enrolment where citizen_id = $1 and ended_at is null', [maja.id]);
    await endEnrolment(database.pool(), rows[0]?.id ?? '', 'test');
    expect((await programme(path)).statusCode).toBe(404);
    expect((await programme('/v1/calendar-feeds/none')).statusCode).toBe(404);
  });
});
