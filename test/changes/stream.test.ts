// The event stream of `changes`, read by a stock parser: pages built upon each other, received together when the last id
// comes back, each logged before it leaves; it ends with the token, the server, or when nothing comes back.
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { unconfirmedPurges } from '../../src/store/consumers.ts';
import { createPool, type Pool } from '../../src/store/db.ts';
import { createChecker } from '../feed/answer-check.ts';
import type { HubOptions, Person } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';
import { createFeedHub, type FeedHub, told } from './hub.ts';
import { openStream, type StreamEvent, type StreamReader } from './reader.ts';

const database = useDatabase();
const streamTimes = { heartbeatMs: 200, refreshMs: 60_000, longestMs: 60_000 };
let pool: Pool;
let hub: FeedHub;
let url: string;
let anna: Person;
let readers: StreamReader[] = [];

const listen = async (options: HubOptions = {}): Promise<void> => {
  hub = await createFeedHub(pool, { streamTimes, ...options });
  await hub.app.listen({ port: 0, host: '127.0.0.1' });
  url = `http://127.0.0.1:${(hub.app.server.address() as AddressInfo).port}/v1/changes`;
};

beforeEach(async () => {
  pool = createPool(database.url(), { max: 10 });
  await listen();
  for (const table of ['consumer_hold', 'consumer_page', 'purge', 'consumer', 'change', 'consent', 'record_version'])
    await pool.query(`delete from ${table}`);
  anna = await hub.world.person('0102703333');
  await hub.world.say(anna, 'grant', 'consumer:borgerportal');
});
afterEach(async () => {
  for (const reader of readers) reader.close();
  readers = [];
  await hub.app.close();
  await pool.end();
});

const open = async (query = '', last?: string, seconds = 3600): Promise<StreamReader> => {
  const headers = { authorization: `Bearer ${await hub.token('consumer-system', { lifetimeSeconds: seconds })}` };
  const reader = await openStream(
    `${url}${query}`,
    last === undefined ? headers : { ...headers, 'last-event-id': last },
  );
  readers.push(reader);
  return reader;
};
const pageOf = async (reader: StreamReader): Promise<StreamEvent & { readonly id: string }> => {
  const event = await reader.next();
  if (event?.event !== 'changes' || event.id === undefined) throw new Error(`${event?.event} ${event?.reason}`);
  return { ...event, id: event.id };
};
const withdraw = async (): Promise<void> => {
  await pool.query('update consent set withdrawn = true');
  await hub.look(anna.id);
};

it('brings a snapshot in pages and then what follows, each logged before it leaves', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) ids.push(await hub.world.record({ citizens: [anna] }));
  const reader = await open('?limit=2');
  expect(reader.status).toBe(200);
  expect(reader.headers.get('content-type')).toContain('text/event-stream');
  expect(reader.headers.get('x-content-type-options')).toBe('nosniff');
  const check = createChecker();
  const entries: string[] = [];
  for (let more = true; more; ) {
    const { id, page } = await pageOf(reader);
    expect(id).toBe(page.cursor);
    expect(check('GET', '/v1/changes', 200, 'application/json', JSON.stringify(page))).toBeUndefined();
    entries.push(...told(page));
    more = page.more;
    const logged = hub.log.entries.flatMap((entry) => entry.records);
    for (const entry of page.entries) if (entry.id !== anna.id) expect(logged).toContain(entry.id);
  }
  expect(entries.toSorted()).toEqual([anna.id, ...ids].map((id) => `created ${id}`).sort());
  const late = await hub.world.record({ citizens: [anna] });
  await hub.look(anna.id);
  expect(told((await pageOf(reader)).page)).toEqual([`created ${late}`]);
  // Nothing has come back yet.
  expect((await pool.query('select from consumer_hold')).rowCount).toBe(0);
});

it('an id that comes back receives its page and all before it; what came after is told again', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 3; n += 1) ids.push(await hub.world.record({ citizens: [anna] }));
  const first = await open('?limit=2');
  const [one, two] = [await pageOf(first), await pageOf(first)];
  await withdraw();
  const gone = await pageOf(first);
  expect(told(gone.page)).toHaveLength(2);
  first.close();
  const again = await open('?limit=2', two.id);
  expect(told((await pageOf(again)).page)).toEqual(told(gone.page));
  const rest = await pageOf(again);
  again.close();
  expect(await unconfirmedPurges(pool)).toEqual([]);
  const third = await open('', rest.id);
  expect((await pageOf(third)).page).toMatchObject({ entries: [], more: false });
  expect(await unconfirmedPurges(pool)).toMatchObject([{ consumer: 'borgerportal', records: 4 }]);
  // What was overtaken is gone, in a stream as in a poll.
  expect((await open('', one.id)).status).toBe(410);
});

it('goes on when pages are confirmed meanwhile, and ends when nothing comes back', async () => {
  for (let n = 0; n < 40; n += 1) await hub.world.record({ citizens: [anna] });
  const reader = await open('?limit=1');
  for (let n = 0; n < 40; n += 1) {
    const { id } = await pageOf(reader);
    if (n % 10 === 9) expect((await hub.confirm(id)).statusCode).toBe(204);
  }
  reader.close();
  const other = await open('?limit=1');
  let last: StreamEvent | undefined;
  let pages = 0;
  for (let event = await other.next(); event !== undefined; event = await other.next()) {
    if (event.event === 'changes') pages += 1;
    last = event;
  }
  expect([last?.event, last?.reason, pages]).toEqual(['end', 'acknowledge', 16]);
});

it('is quiet about what is hidden, beats while idle, and is only counted then', async () => {
  const reader = await open();
  expect((await pageOf(reader)).page).toMatchObject({ entries: [], more: false });
  hub.log.entries.length = 0;
  await hub.world.record({ citizens: [anna], sensitivity: 'vip' });
  await hub.look(anna.id);
  const next = pageOf(reader);
  await vi.waitFor(() => expect(reader.comments()).toBeGreaterThan(2), 5000);
  expect(hub.log.entries).toEqual([]);
  const plan = await hub.world.record({ citizens: [anna] });
  await hub.look(anna.id);
  expect(told((await next).page)).toContain(`created ${plan}`);
});

it('ends with the token and with the server', async () => {
  const short = await open('', undefined, 2);
  await pageOf(short);
  expect(await short.next()).toMatchObject({ event: 'end', reason: 'token' });
  const long = await open();
  await pageOf(long);
  const closed = hub.app.close();
  expect(await long.next()).toMatchObject({ event: 'end', reason: 'closing' });
  await closed;
  await listen();
});

it('nothing leaves when the log cannot be written, and the next stream brings it', async () => {
  const reader = await open();
  await pageOf(reader);
  hub.log.broken = new Error('no');
  const plan = await hub.world.record({ citizens: [anna] });
  await hub.look(anna.id);
  expect(await reader.next()).toMatchObject({ event: 'end', reason: 'failed' });
  hub.log.broken = undefined;
  expect(told((await pageOf(await open())).page)).toContain(`created ${plan}`);
});

it('as many at once as are registered, and none is left behind by a caller who goes', async () => {
  const [one] = [await open(), await open()];
  await Promise.all(readers.map(pageOf));
  const third = await open();
  expect(third.status).toBe(429);
  expect(third.headers.get('retry-after')).toBe('5');
  one?.close();
  await vi.waitFor(async () => expect((await open()).status).toBe(200), { timeout: 5000, interval: 200 });
});

it('misses a caller who left before the first page was made', async () => {
  await pageOf(await open());
  readers[0]?.close();
  const holder = await pool.connect();
  await holder.query('begin');
  await holder.query('select from consumer for update');
  const headers = { authorization: `Bearer ${await hub.token('consumer-system')}`, accept: 'text/event-stream' };
  for (let n = 0; n < 2; n += 1) {
    const abort = new AbortController();
    const asked = fetch(url, { headers, signal: abort.signal }).catch(() => undefined);
    await sleep(200);
    abort.abort();
    await asked;
  }
  await holder.query('rollback');
  holder.release();
  await vi.waitFor(async () => expect((await open()).status).toBe(200), { timeout: 5000, interval: 200 });
  expect((await open()).status).toBe(200);
});

it('makes no more than the caller takes', async () => {
  for (let n = 0; n < 12; n += 1)
    await hub.world.record({ citizens: [anna], fields: { purpose: 'x'.repeat(900_000) } });
  const headers = { authorization: `Bearer ${await hub.token('consumer-system')}`, accept: 'text/event-stream' };
  const abort = new AbortController();
  const answer = await fetch(`${url}?limit=1`, { headers, signal: abort.signal });
  await answer.body?.getReader().read();
  await sleep(1500);
  const { rows } = await pool.query('select count(*)::int as n from consumer_page');
  abort.abort();
  expect(rows[0]?.n).toBeLessThan(11);
});
