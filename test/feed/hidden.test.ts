// Hidden and absent look the same: a citizen the caller may not see answers exactly as one nobody has heard of.
import { randomUUID } from 'node:crypto';
import type { LightMyRequestResponse } from 'fastify';
import { beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../postgres.ts';
import { createHub, type Hub, type Person, rememberingLog } from './fixture.ts';

const database = useDatabase();
const log = rememberingLog();
let hub: Hub;
let hidden: Person;
let shown: Person;

beforeAll(async () => {
  hub = await createHub(database.pool(), { accessLog: log });
  for (const unit of ['jobcenter', 'sundhed']) await hub.world.unit(unit, null);
  hidden = await hub.world.person('0102703333');
  shown = await hub.world.person('0202703333');
  await hub.world.record({ citizens: [hidden], ownerUnit: 'sundhed', domain: 'health' });
  await hub.world.record({ citizens: [shown], ownerUnit: 'jobcenter' });
});

/** What a caller can tell answers apart by, without what differs between any two. */
const seen = (answer: LightMyRequestResponse) => {
  const { date: _date, 'x-correlation-id': _id, ...headers } = answer.headers;
  return { status: answer.statusCode, body: answer.body, headers };
};
const paths = ['plan', 'plan?fields=plans', 'consents', 'access-log', 'enrolments'];
const everyScope = { claims: { scope: 'plan.read consents.write log.read enrolments.write' } };

describe('a hidden citizen', () => {
  it.each(paths)('answers as a random id does on GET …/%s', async (path) => {
    const ask = (id: string) => hub.ask('caseworker-employment', `/v1/citizens/${id}/${path}`, everyScope);
    const [one, other] = [await ask(hidden.id), await ask(randomUUID())];
    expect(one.statusCode).toBe(404);
    expect(seen(one)).toEqual(seen(other));
  });

  it('answers as an unknown number does on look-up, and only the keyed hash is logged', async () => {
    const ask = (cpr: string) =>
      hub.ask('caseworker-employment', { method: 'POST', url: '/v1/citizens/lookup', payload: { cpr } });
    log.entries.length = 0;
    const [one, other] = [await ask(hidden.cpr), await ask('0302703333')];
    expect(one.statusCode).toBe(404);
    expect(seen(one)).toEqual(seen(other));
    expect(log.entries.map((entry) => [entry.decision, entry.citizen])).toEqual([
      ['denied', undefined],
      ['denied', undefined],
    ]);
    expect(log.entries.every((entry) => entry.numberHash?.length === 32)).toBe(true);
    expect((await ask(shown.cpr)).json()).toEqual({ id: shown.id });
    expect((await ask('020270-3333')).json()).toEqual({ id: shown.id });
  });

  it('is not in the list, and takes no part in its pages', async () => {
    const third = await hub.world.person('0402703333');
    await hub.world.record({ citizens: [third], ownerUnit: 'jobcenter' });
    const first = (await hub.ask('caseworker-employment', '/v1/citizens?limit=1')).json();
    expect(first.more).toBe(true);
    const second = (await hub.ask('caseworker-employment', `/v1/citizens?limit=1&after=${first.next}`)).json();
    expect(second.more).toBe(false);
    expect([first.next, second.next].sort()).toEqual([shown.id, third.id].sort());
    expect((await hub.ask('caseworker-employment', '/v1/citizens?limit=0')).statusCode).toBe(400);
    expect((await hub.ask('caseworker-employment', '/v1/citizens?after=x')).statusCode).toBe(400);
  });

  it('is denied in the log under its own id', async () => {
    log.entries.length = 0;
    await hub.ask('caseworker-employment', `/v1/citizens/${hidden.id}/plan`);
    expect(log.entries).toMatchObject([{ citizen: hidden.id, decision: 'denied', records: [] }]);
  });
});

describe('a merged citizen', () => {
  it('answers 308 to who sees the living one, else 404', async () => {
    const old = await hub.world.person('0502703333');
    await database.pool().query('update citizen set merged_into = $2 where id = $1', [old.id, shown.id]);
    const answer = await hub.ask('caseworker-employment', `/v1/citizens/${old.id}/plan?fields=plans`);
    expect(answer.statusCode).toBe(308);
    expect(answer.headers['location']).toBe(`/v1/citizens/${shown.id}/plan?fields=plans`);
    expect((await hub.ask('nurse-health', `/v1/citizens/${old.id}/plan`)).statusCode).toBe(404);
  });
});
