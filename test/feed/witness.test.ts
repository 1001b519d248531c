// A write and its log entry are one: when the log cannot be written, nothing has been said, taken back, begun or ended.
import { beforeAll, expect, it } from 'vitest';
import { HubError } from '../../src/errors.ts';
import { useDatabase } from '../postgres.ts';
import { createHub, type Hub, type Person, rememberingLog } from './fixture.ts';

const database = useDatabase();
const log = rememberingLog();
let hub: Hub;
let maja: Person;

beforeAll(async () => {
  hub = await createHub(database.pool(), { accessLog: log });
  await hub.world.unit('jobcenter', null);
  maja = await hub.world.person('0102703333');
});

const asCitizen = (url: string, payload: object = {}) =>
  hub.ask('citizen', { method: 'POST', url, payload }, { citizen: maja.id });
const state = async () =>
  (
    await database.pool().query(
      `select (select count(*)::int from consent) as consents, (select count(*)::int from enrolment) as begun,
         (select count(*)::int from enrolment where ended_at is not null) as ended, (select max(position) from change) as changes`,
    )
  ).rows[0];

it.each([
  [
    'a consent',
    async () => asCitizen(`/v1/citizens/${maja.id}/consents`, { decision: 'grant', recipient: 'unit:jobcenter' }),
  ],
  [
    'a withdrawal',
    async () => {
      const { rows } = await database.pool().query<{ id: string }>('select id from consent limit 1');
      return asCitizen(`/v1/consents/${rows[0]?.id}/withdraw`);
    },
  ],
  [
    'an enrolment',
    async () =>
      hub.ask('caseworker-employment', {
        method: 'POST',
        url: '/v1/enrolments',
        payload: { cpr: '0302703333', basis: 'lab-40-3' },
      }),
  ],
  [
    'the end of an enrolment',
    async () => {
      const { rows } = await database
        .pool()
        .query<{ id: string }>('select id from enrolment where citizen_id = $1', [maja.id]);
      return asCitizen(`/v1/enrolments/${rows[0]?.id}/end`);
    },
  ],
])('%s that cannot be logged has not happened; once it can, it has', async (_, write) => {
  const before = await state();
  log.broken = new HubError({ code: 'log/unwritable', fault: 'transient', message: 'The log cannot be written.' });
  expect((await write()).statusCode).toBe(503);
  expect(await state()).toEqual(before);
  log.broken = undefined;
  const entries = log.entries.length;
  expect((await write()).statusCode).toBeLessThan(300);
  expect(await state()).not.toEqual(before);
  expect(log.entries.length).toBe(entries + 1);
});
