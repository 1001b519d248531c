// Protection is a dated fact: on its first moment the address is gone and on its last it is back, in plan, calendar,
// iCalendar, FHIR and changes, without anybody acting; and nothing read before stands in the way.
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { useDatabase } from '../postgres.ts';
import { createHub, type Hub, type Person } from './fixture.ts';

const database = useDatabase();
let hub: Hub;
let maja: Person;
const place = 'Hemmelig Vej 7';

beforeAll(async () => {
  const keys = createKeyRing(newKeyMaterial());
  hub = await createHub(database.pool(), { keys, accessLog: createAccessLog(database.pool(), keys) });
  await hub.world.unit('jobcenter', null);
  await hub.world.unit('fonden-broen', null, 'organisation');
  maja = await hub.world.person('0102703333');
  const own = { citizens: [maja], ownerUnit: 'jobcenter' };
  await hub.world.record({ ...own, kind: 'citizen', protectedFields: { name: 'Maja Holm', address: place } });
  const start = new Date(Date.now() + 3 * 86_400_000).toISOString();
  await hub.world.record({ ...own, kind: 'appointment', fields: { start }, protectedFields: { location: place } });
  await hub.world.record({ ...own, kind: 'intervention' });
  for (const recipient of ['organisation:fonden-broen', 'consumer:borgerportal', 'unit:jobcenter'])
    await hub.world.say(maja, 'grant', recipient, { upTo: 'sensitive' });
});

let cursor = '';
/** What the copy of a private consumer holds, after all that `changes` has to tell. */
const copy = new Map<string, string>();
const asPrivate = { claims: { sector: 'private' } };
const follow = async (): Promise<string> => {
  for (;;) {
    const page = (await hub.ask('consumer-system', `/v1/changes?limit=50${cursor}`, asPrivate)).json();
    for (const entry of page.entries) copy.set(entry.id, JSON.stringify(entry.record ?? null));
    cursor = `&after=${encodeURIComponent(page.cursor)}`;
    if (!page.more) return [...copy.values()].join('\n');
  }
};

const tags = new Map<string, string>();
/** Where a private provider finds the address, with what they were given before offered back. */
const found = async (): Promise<Readonly<Record<string, boolean>>> => {
  const seen: Record<string, boolean> = {};
  const at = `/v1/citizens/${maja.id}`;
  for (const url of [`${at}/plan`, `${at}/calendar`, `${at}/calendar.ics`, `/fhir/Patient/${maja.id}/$everything`]) {
    const tag = tags.get(url);
    const answer = await hub.ask('private-provider', {
      url,
      headers: tag === undefined ? {} : { 'if-none-match': tag },
    });
    expect(answer.statusCode, `${url} ${answer.body}`).toBe(200);
    if (typeof answer.headers.etag === 'string') tags.set(url, answer.headers.etag);
    seen[url.replace(maja.id, ':id')] = answer.body.replaceAll('\r\n ', '').includes(place);
  }
  seen['changes'] = (await follow()).includes(place);
  seen['staff'] = (await hub.ask('caseworker-employment', `${at}/plan`)).body.includes(place);
  return seen;
};

const clock = async (): Promise<number> =>
  Number(
    (await database.pool().query<{ ms: string }>('select extract(epoch from clock_timestamp()) * 1000 as ms')).rows[0]
      ?.ms,
  );
const until = (ms: number) =>
  database
    .pool()
    .query('select pg_sleep(greatest(0, $1::float8 / 1000 - extract(epoch from clock_timestamp())))', [ms]);

/** Before, within and after a protection of this length; undefined when the machine was too slow to look in time. */
const phases = async (length: number) => {
  const begin = (await clock()) + length;
  await database
    .pool()
    .query(
      `insert into protection (record_id, citizen_id, valid_from, valid_to) values ($1, $2, to_timestamp($3::float8 / 1000), to_timestamp($4::float8 / 1000))`,
      [randomUUID(), maja.id, begin, begin + length],
    );
  await database.pool().query(`select append_changes(array[$1::uuid], array[null::uuid], array['look'])`, [maja.id]);
  const seen: Readonly<Record<string, boolean>>[] = [];
  for (const [from, to] of [
    [0, begin],
    [begin, begin + length],
    [begin + length, Number.POSITIVE_INFINITY],
  ] as const) {
    await until(from);
    seen.push(await found());
    if ((await clock()) >= to) {
      await until(begin + length);
      return undefined;
    }
  }
  return seen;
};

describe('a protection', () => {
  it('begins and lapses by itself, for private readers everywhere and for nobody else', async () => {
    let seen: Awaited<ReturnType<typeof phases>>;
    for (let length = 1000; seen === undefined && length <= 16_000; length *= 2) seen = await phases(length);
    const everywhere = Object.keys(seen?.[0] ?? {});
    expect(everywhere).toHaveLength(6);
    const all = (value: boolean) => Object.fromEntries(everywhere.map((name) => [name, value]));
    expect(seen).toEqual([all(true), { ...all(false), staff: true }, all(true)]);
  }, 60_000);
});
