// Every operation of the OpenAPI file asked with what it allows and what it does not: no answer is undeclared, none is
// a 5xx, nothing forbidden is taken and nothing allowed called invalid. More requests each: SAMSPIL_CONTRACT_RUNS.
import type { LightMyRequestResponse } from 'fastify';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { useDatabase } from '../postgres.ts';
import { randomOf } from '../sandbox/world/random.ts';
import { sayAll } from './contract-born.ts';
import { bodyNames, type Operation, operations } from './contract-file.ts';
import { reportGrants } from './contract-proposals.ts';
import { type ContractCase, callers, contractCase } from './contract-requests.ts';
import { createPool, marker } from './contract-values.ts';
import { config, createHub, type Hub } from './fixture.ts';

const runs = Number(process.env['SAMSPIL_CONTRACT_RUNS'] ?? 120);
const seed = Number(process.env['SAMSPIL_CONTRACT_SEED'] ?? Math.floor(Math.random() * 2 ** 30));
const atOnce = 8;
const database = useDatabase();
const pool = createPool();
const numbers = ['0102703333', '0202703333', '0302703333', '0402703333'];
const tokens = new Map<string, string>();
let hub: Hub;
let citizens: readonly string[] = [];

const scope =
  'plan.read changes.read calendar.read comments.write consents.write enrolments.write log.read cpr.read admin';

beforeAll(async () => {
  const keys = createKeyRing(newKeyMaterial());
  const quiet = { ...config, rateLimitPerMinute: 10_000_000 };
  hub = await createHub(database.pool(), { keys, config: quiet, accessLog: createAccessLog(database.pool(), keys) });
  for (const unit of ['jobcenter', 'social', 'sundhed']) await hub.world.unit(unit, null);
  await hub.world.unit('fonden-broen', null, 'organisation');
});

/** Operations that need what only a receiver's own server is told: they answer as the file says, but refuse. */
const beyondReach = new Set(['verifySubscription', 'resendDeliveries']);

/** Bodies about a number the hub knows, and about one it may learn. */
const numberBodies = (cpr: string): void => {
  pool.put('/v1/citizens/lookup body', JSON.stringify({ cpr }));
  pool.put('/v1/emergency-access body', JSON.stringify({ cpr, reason: 'Faldet hjemme i dag' }));
  pool.put('/v1/enrolments body', JSON.stringify({ cpr, basis: 'lab-40-3' }));
};

/** The world again, whatever the operation before has done to it: everybody sees something of everybody. */
const settle = async (): Promise<void> => {
  const people = await Promise.all(numbers.map((cpr) => hub.world.person(cpr)));
  citizens = people.map(({ id }) => id);
  // The first one last: what was put last is asked with first.
  for (const [n, person] of [...people.entries()].reverse()) {
    for (const kind of ['plan', 'goal', 'intervention', 'contact', 'appointment'])
      await hub.world.record({ citizens: [person], kind, ownerUnit: ['jobcenter', 'social', 'sundhed'][n % 3] ?? '' });
    for (const recipient of ['consumer:borgerportal', 'organisation:fonden-broen', 'role:caseworker'])
      pool.put('/v1/consents/{id}', await hub.world.say(person, 'grant', recipient));
    pool.put('/v1/enrolments/{id}', person.enrolment);
    pool.put('/v1/citizens/{id}', person.id);
    pool.put('/fhir/Patient/{id}', person.id);
    numberBodies(person.cpr);
  }
  const [first] = people;
  if (first !== undefined)
    await sayAll(hub, pool, first, await hub.world.record({ citizens: [first], ownerUnit: 'jobcenter' }));
  if (first !== undefined) await reportGrants(hub, database.pool(), pool, first);
  const link = await hub.ask(
    'citizen',
    { method: 'POST', url: `/v1/citizens/${citizens[0]}/calendar-links` },
    { citizen: citizens[0] ?? '' },
  );
  const logged = await hub.ask('dpo', '/v1/access-log?limit=1');
  pool.put('/v1/access-log/{entry}', logged.json().entries[0].id);
  // A citizen may have so many and no more.
  if (link.statusCode === 201) {
    pool.put('/v1/calendar-feeds/{secret}', link.json().path.split('/').at(-1));
    pool.put('/v1/calendar-links/{id}', link.json().id);
  }
  // A consumer may have so many, and each operation should find one and be able to make one.
  await database.pool().query('delete from webhook');
  const webhook = { url: 'https://vendor.example/samspil' };
  const hook = await hub.ask('consumer-system', { method: 'POST', url: '/v1/subscriptions', payload: webhook });
  if (hook.statusCode === 201) pool.put('/v1/subscriptions/{id}', hook.json().id);
  // Numbers of the file's examples are nobody's here.
  for (const { path, body } of operations)
    if (pool.of(`${path} body`).length === 0 && body?.example !== undefined)
      pool.put(`${path} body`, JSON.stringify(body.example));
};

const tokenOf = async (caller: ContractCase['caller']): Promise<string> => {
  const key = `${caller} ${citizens[0]}`;
  const given =
    tokens.get(key) ??
    (await hub.token(caller, {
      claims: { scope, purpose: undefined },
      ...(caller === 'citizen' ? { citizen: citizens[0] ?? '' } : {}),
    }));
  tokens.set(key, given);
  return given;
};

/** What an answer gives out is asked with again: ids where such ids go, cursors where they continue. */
const remember = (operation: Operation, answer: LightMyRequestResponse): void => {
  if (!answer.headers['content-type']?.toString().includes('json')) return;
  const value = answer.json() as Record<string, unknown>;
  const say = (place: string, text: unknown): void => {
    if (typeof text === 'string' && text !== '') pool.put(place, text);
  };
  say(`${operation.path}?after`, value['cursor'] ?? value['next']);
  if (value['cursor'] !== undefined) say('/v1/changes/confirm body', JSON.stringify({ purged: value['cursor'] }));
  if (typeof value['path'] === 'string') say('/v1/calendar-feeds/{secret}', value['path'].split('/').at(-1));
  const noun = operation.path.split('/').at(-1);
  say(`/v1/${noun}/{id}`, value['id']);
  say(`${operation.path}/{id}`, value['id']);
  for (const list of Object.values(value))
    if (Array.isArray(list)) for (const one of list.slice(0, 3)) say(`/v1/${noun}/{id}`, one?.['id']);
  if (operation.path.endsWith('/plan'))
    say('/v1/citizens/{id}/explain?record', (value['goals'] as { id?: string }[] | undefined)?.[0]?.id);
};

let asked = 0;
const ask = async (operation: Operation, one: ContractCase): Promise<LightMyRequestResponse> => {
  asked += 1;
  const token = one.headers['authorization'] ?? `Bearer ${await tokenOf(one.caller)}`;
  const purpose = operation.open ? {} : { 'x-purpose': 'coordinated-plan' };
  const headers = { ...purpose, ...one.headers, authorization: token };
  return hub.app.inject({
    method: one.method as 'GET',
    url: one.url,
    headers,
    // Refused tokens are counted by address.
    remoteAddress: `10.0.${Math.floor(asked / 50) % 250}.1`,
    ...(one.payload === undefined ? {} : { payload: one.payload }),
  });
};

/** A refusal of what the file allows is about meaning, and names the parameter or field it is about. */
const placed = (operation: Operation, answer: LightMyRequestResponse): boolean => {
  const { errors, issue } = answer.json() as {
    readonly errors?: readonly { readonly path: string }[];
    readonly issue?: readonly { readonly expression?: readonly string[] }[];
  };
  const path = errors?.[0]?.path ?? issue?.[0]?.expression?.[0] ?? '';
  const names = [...operation.parameters.map(({ name }) => name), ...bodyNames(operation), 'body', 'query'];
  return names.includes(path.split(/[.[(]/)[0] ?? '');
};

/** What is wrong with an answer, given what the file says of its request. */
const faultOf = (operation: Operation, one: ContractCase, answer: LightMyRequestResponse): string | undefined => {
  const status = answer.statusCode;
  if (status === 599) return answer.body;
  if (status >= 500) return `answered ${status}`;
  if (status >= 400 && !/^application\/(problem|fhir)\+json/.test(String(answer.headers['content-type'])))
    return `answered ${status} in nobody’s words`;
  if (status >= 400 && answer.body.includes(marker)) return 'says again what it was given';
  if (one.verdict === 'allowed' && status === 400 && !placed(operation, answer))
    return 'refuses and does not say where';
  if (one.verdict === 'forbidden' && status < 300) return `took what the file forbids (${status})`;
  if (one.verdict === 'allowed' && [413, 415].includes(status)) return `refused what the file allows (${status})`;
  return undefined;
};

describe(`the contract, seed ${seed}`, () => {
  it.each(operations.map((operation) => [operation.id, operation] as const))(
    '%s',
    async (_, operation) => {
      await settle();
      const faults: string[] = [];
      const told = new Map<number, number>();
      const random = randomOf(seed, operation.id);
      for (let done = 0; done < runs; done += atOnce)
        await Promise.all(
          Array.from({ length: Math.min(atOnce, runs - done) }, async (_, n) => {
            const one = contractCase(operation, pool, random, callers[done + n]);
            const answer = await ask(operation, one);
            told.set(answer.statusCode, (told.get(answer.statusCode) ?? 0) + 1);
            const fault = faultOf(operation, one, answer);
            if (fault !== undefined)
              faults.push(
                `${fault}: ${one.caller} ${one.method} ${one.url.slice(0, 300)} ${JSON.stringify(one.headers).slice(0, 300)} ${String(one.payload ?? '').slice(0, 300)} → ${answer.body.slice(0, 300)}`,
              );
            else if (answer.statusCode < 300) remember(operation, answer);
          }),
        );
      expect(faults.slice(0, 5), `${faults.length} of ${runs}`).toEqual([]);
      if (beyondReach.has(operation.id)) return;
      expect(
        [...told.keys()].some((status) => status < 300),
        `only ${[...told.keys()]}`,
      ).toBe(true);
    },
    600_000,
  );
});
