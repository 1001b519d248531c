// The proof that hidden equals absent, pair by pair: two hubs with the same keys, one holding everything, one only what
// the reader may see; each request of that reader gets the same answer from both but for dates and drawn ids. Worlds are
// asked in lanes side by side, each with databases of its own.
import fc from 'fast-check';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { expect } from 'vitest';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { config, createHub, type Hub } from '../feed/fixture.ts';
import type { TestDatabase } from '../postgres.ts';
import { conveneMeetings } from './hidden-meetings.ts';
import { requestsOf } from './hidden-requests.ts';
import { tellBeside } from './hidden-said.ts';
import { sayWords } from './hidden-words.ts';
import {
  cast,
  type HiddenReader,
  type HiddenWorld,
  hiddenWorldOf,
  numbersOf,
  onlySeen,
  type Sight,
  settle,
  uuidOf,
} from './hidden-world.ts';

const keys = createKeyRing(newKeyMaterial());

interface Lane {
  readonly databases: readonly [TestDatabase, TestDatabase];
  /** Holding everything, and holding what may be seen. */
  readonly hubs: readonly [Hub, Hub];
  /** The first hub's database, asked without leaving a trace in its log. */
  readonly peek: Hub;
}

const openHub = async (database: TestDatabase): Promise<Hub> => {
  const accessLog = createAccessLog(database.pool(), keys);
  const hub = await createHub(database.pool(), {
    keys,
    accessLog,
    config: { ...config, rateLimitPerMinute: 1_000_000 },
  });
  for (const unit of ['jobcenter', 'social', 'sundhed']) await hub.world.unit(unit, null);
  await hub.world.unit('fonden-broen', null, 'organisation');
  return hub;
};

const openLane = async (whole: TestDatabase, bare: TestDatabase): Promise<Lane> => ({
  databases: [whole, bare],
  hubs: [await openHub(whole), await openHub(bare)],
  peek: await createHub(whole.pool(), { keys }),
});

const empty = async (database: TestDatabase): Promise<void> => {
  const { rows } = await database.pool().query<{ name: string }>(
    `select string_agg(quote_ident(tablename), ', ') as name from pg_tables where schemaname = 'public'
     and tablename !~ '^record_body_|log|^unit_' and tablename not in ('schema_migration', 'hub_setting', 'act')`,
  );
  await database.pool().query(`truncate ${rows[0]?.name} cascade`);
};

interface Case {
  readonly world: HiddenWorld;
  readonly cprs: readonly string[];
  readonly ids: readonly string[];
}

const scope = 'plan.read calendar.read comments.write consents.write log.read enrolments.write changes.read cpr.read';
/** Asks as the case's reader; one token per hub and case. */
const asker = async (hub: Hub, { world, ids }: Case) => {
  const own = world.reader === 'citizen' ? { citizen: ids[0] ?? '' } : {};
  const authorization = `Bearer ${await hub.token(world.reader, { claims: { scope }, ...own })}`;
  return (request: InjectOptions): Promise<LightMyRequestResponse> =>
    hub.app.inject({ ...request, headers: { authorization, ...request.headers } });
};

/** What this reader sees in the hub that holds everything, by asking for every plan. */
const sightOf = async (peek: Hub, one: Case): Promise<Sight> => {
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

const given = new Set(Array.from({ length: 28 }, (_, n) => [uuidOf(1, n), uuidOf(2, n)]).flat());
/** What a receipt says, in place of its signature: that covers instants and drawn ids too. */
const unsigned = (text: string): string =>
  text.replace(/"receipt":"[\w-]+\.([\w-]+)\.[\w-]+"/g, (_, payload: string) =>
    Buffer.from(payload, 'base64url')
      .toString()
      .replace(/"iat":\d+/, '"iat":"instant"'),
  );
/** Without dates and what is drawn by chance. Everything else, lengths and tags included, must be equal. */
const plain = (text: string, ids: readonly string[]): string =>
  unsigned(text)
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => (given.has(id) || ids.includes(id) ? id : 'drawn'))
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'instant')
    .replace(/"cursor":"[^"]+"/g, '"cursor":"drawn"')
    .replace(/\d+\. \p{L}+ \d{4} kl\. [\d.]+/gu, 'moment');
const seen = (answer: LightMyRequestResponse, ids: readonly string[]): object => {
  const { date: _date, 'x-correlation-id': _correlation, ...headers } = answer.headers;
  return { status: answer.statusCode, headers: plain(JSON.stringify(headers), ids), body: plain(answer.body, ids) };
};

/** How much was compared. */
export interface Tally {
  pairs: number;
  hidden: number;
  found: number;
}

const compare = async (lane: Lane, world: HiddenWorld, run: number, tally: Tally): Promise<void> => {
  await Promise.all(lane.databases.map(empty));
  const cprs = numbersOf(run);
  const one: Case = { world, cprs, ids: cprs.map((cpr) => keys.uuid('citizen', cpr)) };
  const everybody = await settle(lane.hubs[0].world, world, cprs, new Set(Array(cast).keys()));
  await tellBeside(lane.databases[0].pool(), world, everybody, false);
  await sayWords(lane.databases[0].pool(), keys, world, everybody, 'all');
  await conveneMeetings(lane.databases[0].pool(), keys, world, everybody, 'all');
  const sight = await sightOf(lane.peek, one);
  const living = await settle(lane.hubs[1].world, onlySeen(world, sight), cprs, sight.citizens);
  await tellBeside(lane.databases[1].pool(), world, living, true);
  await sayWords(lane.databases[1].pool(), keys, world, living, sight.records);
  await conveneMeetings(lane.databases[1].pool(), keys, world, living, sight.records);
  tally.hidden += world.records.filter(({ id }) => !sight.records.has(id)).length;
  tally.found += sight.records.size;
  // Each request may depend on the answer before it (paging, If-None-Match): both hubs get their own.
  const asks = await Promise.all(lane.hubs.map((hub) => asker(hub, one)));
  const [inWhole, inBare] = asks.map((ask) => requestsOf(cprs, one.ids, ask));
  for (;;) {
    const [left, right] = await Promise.all([inWhole?.next(), inBare?.next()]);
    expect(right?.done).toBe(left?.done);
    if (left === undefined || left.done === true || right === undefined || right.done === true) return;
    tally.pairs += 1;
    const [wholeAnswer, bareAnswer] = [left.value, right.value].map(({ name, answer }) => [
      name,
      seen(answer, one.ids),
    ]);
    expect(wholeAnswer, JSON.stringify(world)).toEqual(bareAnswer);
    expect(left.value.answer.statusCode, `${left.value.name} ${left.value.answer.body}`).toBeLessThan(500);
  }
};

/** Asks `runs` worlds of these readers in as many lanes as there are pairs of databases. */
export const comparePairs = async (
  databases: readonly (readonly [TestDatabase, TestDatabase])[],
  readers: readonly HiddenReader[],
  runs: number,
): Promise<Tally> => {
  const seed = Number(process.env['SAMSPIL_HIDDEN_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  const worlds = fc.sample(hiddenWorldOf(readers), { numRuns: runs, seed });
  const tally: Tally = { pairs: 0, hidden: 0, found: 0 };
  let next = 0;
  await Promise.all(
    databases.map(async ([whole, bare]) => {
      const lane = await openLane(whole, bare);
      for (let run = next++; run < worlds.length; run = next++) {
        const world = worlds[run];
        if (world !== undefined) await compare(lane, world, run, tally);
      }
    }),
  );
  console.info(`${tally.pairs} pairs, ${tally.found} records seen, ${tally.hidden} hidden, seed ${seed}`);
  return tally;
};
