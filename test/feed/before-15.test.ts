// A parent says yes for a child; the child turns 15. The yes stands, the young person is shown it before anything else, the
// why-answer says whose word it was, and they take it back like their own.
import { beforeAll, expect, it } from 'vitest';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { useDatabase } from '../postgres.ts';
import { type MovedTime, moveTime } from '../proof/history-time.ts';
import { createHub, type Hub, type Person, personaNamed } from './fixture.ts';

const database = useDatabase();
const day = 86_400_000;
const birthday = new Date(Date.now() + 100 * day);
const two = (n: number): string => String(n % 100).padStart(2, '0');
const cpr = `${two(birthday.getUTCDate())}${two(birthday.getUTCMonth() + 1)}${two(birthday.getUTCFullYear() - 15)}4333`;
const parent = '0303703333';
let time: MovedTime;
let hub: Hub;
let child: Person;
let record: string;

beforeAll(async () => {
  time = await moveTime(database);
  const { pool, clock } = time;
  const keys = createKeyRing(newKeyMaterial());
  const accessLog = createAccessLog(pool, keys, { clock, sealStopMs: 1e14 });
  hub = await createHub(pool, { keys, clock, accessLog });
  for (const unit of ['jobcenter', 'social']) await hub.world.unit(unit, null);
  child = await hub.world.person(cpr);
  record = await hub.world.record({ citizens: [child], kind: 'goal', domain: 'social', ownerUnit: 'social' });
});

const lasting = { lifetimeSeconds: 365 * 86_400 };
const asParent = { ...lasting, cpr: parent, claims: { kind: 'representative' } };
const asChild = () => ({ ...lasting, cpr });
const post = (who: 'citizen' | 'caseworker-social', url: string, payload: object, options: object) =>
  hub.ask(who, { method: 'POST', url, payload }, options);

it('stands, is shown first, and is theirs to take back', async () => {
  const at = `/v1/citizens/${child.id}`;
  const custody = { type: 'custody', cpr: parent, evidence: 'CPR' };
  expect((await post('caseworker-social', `${at}/representations`, custody, lasting)).statusCode).toBe(201);
  const given = await post('citizen', `${at}/consents`, { decision: 'grant', recipient: 'unit:jobcenter' }, asParent);
  expect(given.statusCode, given.body).toBe(201);
  const { id, text } = given.json();
  const own = { decision: 'refuse', recipient: 'unit:sundhed' };
  await time.pass(10 * day);
  expect((await post('citizen', `${at}/consents`, own, asChild())).statusCode).toBe(201);
  const listed = async () => (await hub.ask('citizen', `${at}/consents`, asChild())).json().consents;
  expect((await listed()).map((one: { beforeAge15?: true }) => one.beforeAge15)).toEqual([undefined, undefined]);
  const seen = () => hub.ask('caseworker-employment', `${at}/plan`, lasting);
  expect((await seen()).json().goals).toHaveLength(1);

  await time.pass(91 * day);
  expect((await hub.ask('citizen', `${at}/plan`, asParent)).statusCode).toBe(404);
  expect((await seen()).json().goals).toHaveLength(1);
  const consents = await listed();
  expect(consents.map((one: { id: string; beforeAge15?: true }) => [one.id === id, one.beforeAge15])).toEqual([
    [true, true],
    [false, undefined],
  ]);
  expect(consents[0].text).toContain('før du fyldte 15 år');
  const reader = personaNamed('caseworker-employment').person;
  const why = async (instant: string) =>
    (
      await hub.ask('citizen', `${at}/explain?reader=${reader}&sector=public&record=${record}${instant}`, asChild())
    ).json().decisions[0].text;
  expect(await why('')).toContain('før borgeren fyldte 15 år');
  expect(await why(`&at=${new Date(time.clock.now().getTime() - 50 * day).toISOString()}`)).not.toContain('fyldte 15');
  // A receipt is the same whenever it is asked for.
  const receipt = (await hub.ask('citizen', `/v1/consents/${id}/receipt`, asChild())).json().receipt;
  expect(Buffer.from(receipt.split('.')[1], 'base64url').toString()).toContain(JSON.stringify(text));

  expect((await post('citizen', `/v1/consents/${id}/withdraw`, {}, asChild())).statusCode).toBe(200);
  expect((await seen()).statusCode).toBe(404);
  expect((await listed()).some((one: { beforeAge15?: true }) => one.beforeAge15)).toBe(false);
});
