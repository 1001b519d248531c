// A hospital posts its messages to the hub over HTTP: who may, what it reads as the answer, and what it must send again.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { acknowledged } from '../../adapters/fhir-inbox/testing.fixture.ts';
import { hubConfig } from '../../src/config/hub.ts';
import { HubError } from '../../src/errors.ts';
import { acceptDelivery } from '../../src/pipeline/deliveries.ts';
import { config, createHub, type Hub } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';
import { bundleOf } from '../sandbox/fhir-inbox/bundle.ts';
import { type InboxHub, openInboxHub } from './hub.ts';
import { cprs, id, others, whole } from './threads.ts';

const database = useDatabase();
const token = 'the-token-the-region-was-given-on-paper';
let inbox: InboxHub;
let feed: Hub;
let databaseIsAway = false;

beforeAll(async () => {
  inbox = await openInboxHub(database.pool());
  await inbox.enrol(cprs.anna);
  const source = inbox.hub.sources.get('region')?.source;
  if (source === undefined) throw new Error('the source is configured');
  feed = await createHub(database.pool(), {
    unchecked: true,
    config: {
      ...config,
      sources: {
        ...config.sources,
        region: hubConfig.shape.sources.parse({
          region: { adapter: 'fhir-inbox', title: 'x', domain: 'health', push: { token } },
        })['region'] as (typeof config.sources)[string],
      },
    },
    push: {
      async receive(_, delivery) {
        if (databaseIsAway)
          throw new HubError({ code: 'store/unavailable', fault: 'transient', message: 'The database is away.' });
        const { answer } = await acceptDelivery(inbox.hub, source, delivery);
        return answer === undefined ? {} : { answer };
      },
    },
  });
});
afterAll(async () => {
  await feed.app.close();
  await inbox.close();
});

const post = (body: object | string, more: Readonly<Record<string, string>> = {}) =>
  feed.app.inject({
    method: 'POST',
    url: '/push/v1/region',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json; charset=utf-8', ...more },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  });

it('takes a message, answers with its acknowledgement, and the stay is in the plan', async () => {
  const answered = await post(bundleOf(whole, 0));
  expect(answered.statusCode).toBe(202);
  expect(answered.headers['content-type']).toContain('application/fhir+json');
  expect(acknowledged(answered.body)).toMatchObject({ of: id(10), code: 'ok' });
  await inbox.pull();
  expect((await inbox.state()).split('\n')).toHaveLength(2);
});

it('tells nobody whether a citizen is enrolled', async () => {
  const [known, unknown] = [await post(bundleOf(whole, 1)), await post(bundleOf(others, 0))];
  const shape = (body: string) => ({ ...acknowledged(body), of: '', text: '' });
  expect(unknown.statusCode).toBe(known.statusCode);
  expect(shape(unknown.body)).toEqual(shape(known.body));
});

it('answers what is wrong with the element, refuses what is no message, and asks for patience when it must', async () => {
  const wrong = JSON.stringify(bundleOf(whole, 2)).replace('"onleave"', '""');
  expect(acknowledged((await post(wrong)).body)).toMatchObject({ code: 'fatal-error', element: 'Encounter.status' });
  expect((await post('{"resourceType":"Bundle"}')).statusCode).toBe(400);
  expect((await post('<Bundle/>', { 'content-type': 'application/fhir+xml' })).statusCode).toBe(415);
  expect(
    (await post(bundleOf(whole, 3), { authorization: 'Bearer nobody-knows-this-token-at-all-here' })).statusCode,
  ).toBe(401);
  databaseIsAway = true;
  const away = await post(bundleOf(whole, 3));
  databaseIsAway = false;
  expect(away.statusCode).toBe(503);
  expect(away.body).not.toContain('MessageHeader');
  expect((await post(bundleOf(whole, 3))).statusCode).toBe(202);
});
