// Hidden equals absent: two hubs with the same keys, one holding everything, one only what the reader may see. Every
// request of that reader gets the same answer from both: status, headers and body, but for dates and drawn ids.
import fc from 'fast-check';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { beforeAll, expect, it } from 'vitest';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { config, createHub, type Hub } from '../feed/fixture.ts';
import { type TestDatabase, useDatabase } from '../postgres.ts';
import { requestsOf } from './hidden-requests.ts';
import {
  cast,
  type HiddenWorld,
  hiddenWorld,
  numbersOf,
  onlySeen,
  type Sight,
  settle,
  uuidOf,
} from './hidden-world.ts';

const whole = useDatabase();
const bare = useDatabase();
const keys = createKeyRing(newKeyMaterial());
let hubs: readonly [Hub, Hub];
/** The same database as the first hub, asked without leaving a trace in its log. */
let peek: Hub;

const open = async (database: TestDatabase): Promise<Hub> => {
  const pool = database.pool();
  const accessLog = createAccessLog(pool, keys);
  const hub = await createHub(pool, { keys, accessLog, config: { ...config, rateLimitPerMinute: 1_000_000 } });
  for (const unit of ['jobcenter', 'social', 'sundhed']) await hub.world.unit(unit, null);
  await hub.world.unit('fonden-broen', null, 'organisation');
  return hub;
};
beforeAll(async () => {
  hubs = [await open(whole), await open(bare)];
  peek = await createHub(whole.pool(), { keys });
});

const empty = async (database: TestDatabase): Promise<void> => {
  const { rows } = await database.pool().query<{ name: string }>(
    `select string_agg(quote_ident(tablename), ', ') as name from pg_tables where schemaname = 'public'
     and tablename !~ '^record_body_|log|^unit_' and tablename not in ('schema_migration', 'hub_setting')`,
  );
  await database.pool().query(`truncate ${rows[0]?.name} cascade`);
};

interface Case {
  readonly world: HiddenWorld;
  readonly cprs: readonly string[];
  readonly ids: readonly string[];
}

const scope = 'plan.read consents.write log.read enrolments.write changes.read cpr.read';
/** Asks as the case's reader; one token per hub and case. */
const asker = async (hub: Hub, { world, ids }: Case) => {
  const own = world.reader === 'citizen' ? { citizen: ids[0] ?? '' } : {};
  const authorization = `Bearer ${await hub.token(world.reader, { claims: { scope }, ...own })}`;
  return (request: InjectOptions): Promise<LightMyRequestResponse> =>
    hub.app.inject({ ...request, headers: { authorization, ...request.headers } });
};

/** What this reader sees in the hub that holds everything, by asking for every plan. */
const sightOf = async (one: Case): Promise<Sight> => {
  const records = new Set<string>();
  const citizens = new Set<number>(one.world.reader === 'citizen' ? [0] : []);
  const ask = await asker(peek, one);
  for (const [n, id] of one.ids.entries()) {
    const answer = await ask({ url: `/v1/citizens/${id}/plan` });
    if (answer.statusCode !== 200) continue;
    citizens.add(n);
    for (const [found] of answer.body.matchAll(/"id":"00000001-[^"]+"/g)) records.add(found.slice(6, -1));
  }
  return { records, citizens };
};

const given = new Set(Array.from({ length: 20 }, (_, n) => [uuidOf(1, n), uuidOf(2, n)]).flat());
/** Without dates and what is drawn by chance. Everything else, lengths and tags included, must be equal. */
const plain = (text: string, ids: readonly string[]): string =>
  text
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => (given.has(id) || ids.includes(id) ? id : 'drawn'))
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'instant')
    .replace(/"cursor":"[^"]+"/g, '"cursor":"drawn"')
    .replace(/\d+\. \p{L}+ \d{4} kl\. [\d.]+/gu, 'moment');
const seen = (answer: LightMyRequestResponse, ids: readonly string[]): object => {
  const { date: _date, 'x-correlation-id': _correlation, ...headers } = answer.headers;
  return { status: answer.statusCode, headers: plain(JSON.stringify(headers), ids), body: plain(answer.body, ids) };
};

it('answers every request the same with and without what the reader may not see', async () => {
  let [run, hidden, requests, found] = [0, 0, 0, 0];
  const readers = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(hiddenWorld, async (world) => {
      await Promise.all([empty(whole), empty(bare)]);
      const cprs = numbersOf(run);
      run += 1;
      const one: Case = { world, cprs, ids: cprs.map((cpr) => keys.uuid('citizen', cpr)) };
      await settle(hubs[0].world, world, cprs, new Set(Array(cast).keys()));
      const sight = await sightOf(one);
      await settle(hubs[1].world, onlySeen(world, sight), cprs, sight.citizens);
      hidden += world.records.length - sight.records.size;
      found += sight.records.size;
      readers.set(world.reader, (readers.get(world.reader) ?? 0) + 1);
      // Each request may depend on the answer before it (paging, If-None-Match): both hubs get their own.
      const asks = await Promise.all(hubs.map((hub) => asker(hub, one)));
      const [inWhole, inBare] = asks.map((ask) => requestsOf(cprs, one.ids, ask));
      for (;;) {
        const [left, right] = await Promise.all([inWhole?.next(), inBare?.next()]);
        expect(right?.done).toBe(left?.done);
        if (left === undefined || left.done === true || right === undefined || right.done === true) break;
        requests += 1;
        const [wholeAnswer, bareAnswer] = [left.value, right.value].map(({ name, answer }) => [
          name,
          seen(answer, one.ids),
        ]);
        expect(wholeAnswer).toEqual(bareAnswer);
        expect(left.value.answer.statusCode, `${left.value.name} ${left.value.answer.body}`).toBeLessThan(500);
      }
    }),
    { numRuns: Number(process.env['SAMSPIL_HIDDEN_RUNS'] ?? 50), endOnFailure: true },
  );
  console.info(`${requests} pairs of answers, ${found} records seen, ${hidden} hidden`, Object.fromEntries(readers));
  expect(hidden).toBeGreaterThan(0);
  expect(found).toBeGreaterThan(0);
}, 300_000);
