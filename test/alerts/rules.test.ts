// Each rule over a real database: what is there is found, what is not is not, and what it says fits into a sentence in both
// languages.
import { randomBytes, randomUUID } from 'node:crypto';
import { beforeEach, expect, it } from 'vitest';
import type { RuleName } from '../../src/config/alerts.ts';
import { ruleNames } from '../../src/config/alerts.ts';
import { alertRules } from '../../src/jobs/alert-round.ts';
import { alertSettings } from '../../src/jobs/alert-settings.ts';
import { type AlertLanguage, wordsOf } from '../../src/jobs/alert-texts.ts';
import type { AlertWorld } from '../../src/jobs/alert-world.ts';
import { writeAnchorState } from '../../src/store/anchor-state.ts';
import { useDatabase } from '../postgres.ts';
import { configure, noWorld } from './bench.ts';

const database = useDatabase();
const now = new Date('2026-11-22T12:00:00Z');
const ago = (ms: number): Date => new Date(now.getTime() - ms);
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const settings = alertSettings(configure({}));
const world = (more: Partial<AlertWorld> = {}): AlertWorld => ({
  ...noWorld(database.pool()),
  sources: [{ name: 'momentum', title: 'KMD Momentum', freshForMs: hour, expiries: [] }],
  ...more,
});
const sql = (text: string, ...values: unknown[]) => database.pool().query(text, values);

/** What a rule finds, as a person reads it. */
const found = async (rule: RuleName, more: Partial<AlertWorld> = {}, threshold = settings[rule].threshold) => {
  const conditions = await alertRules[rule].look(world(more), now, threshold);
  for (const one of conditions)
    for (const language of ['da', 'en'] as AlertLanguage[]) {
      const words = Object.values(wordsOf({ rule, ...one }, language));
      expect(words.join('\n'), `${rule} in ${language}`).not.toMatch(/undefined|NaN|null|–|^\s*$/m);
    }
  return conditions.map((one) => [one.subject, wordsOf({ rule, ...one }, 'en').title]);
};

const run = (kind: string, state: string, at: Date, trigger = 'schedule') =>
  sql(
    `insert into run (id, source, kind, mode, trigger, state, queued_at, ended_at, error_code)
     values ($1, 'momentum', $2, 'incremental', $3, $4, $5, $5, case when $4 = 'failed' then 'source/timeout' end)`,
    randomUUID(),
    kind,
    trigger,
    state,
    at,
  );

beforeEach(async () => {
  for (const table of ['run', 'sync_state', 'schedule', 'breaker', 'held_deletion', 'drift', 'quarantine', 'webhook'])
    await sql(`delete from ${table}`);
  await sql(
    `insert into sync_state (source, kind, last_complete_at) values ('momentum', 'case', $1), ('momentum', 'goal', $1), ('gone', 'case', $2)`,
    ago(minute),
    ago(9 * day),
  );
  await sql(
    `insert into schedule (source, kind, cron, next_at) select source, kind, '* * * * *', $1 from sync_state`,
    now,
  );
});

it('finds nothing where nothing is wrong', async () => {
  for (const rule of ruleNames) expect(await found(rule), rule).toEqual([]);
});

it('a source that is late by what it promises, and none that is not configured', async () => {
  await sql(`update sync_state set last_complete_at = $1 where kind = 'goal'`, ago(hour + minute));
  expect(await found('source-late')).toEqual([['momentum', 'KMD Momentum is late']]);
  expect(await found('source-late', {}, 2)).toEqual([]);
});

it('a kind whose latest pulls all failed, and none that went well between', async () => {
  for (const [kind, states] of [
    ['case', ['failed', 'failed', 'failed', 'done']],
    ['goal', ['failed', 'done', 'failed', 'failed']],
  ] as const)
    for (const [n, state] of states.entries()) await run(kind, state, ago(n * minute));
  await run('case', 'cancelled', now);
  expect(await found('source-failing')).toEqual([['momentum', 'KMD Momentum: case cannot be pulled']]);
  expect(await found('source-failing', {}, 4)).toEqual([]);
});

it('one refused credential is one alert however many kinds it stops, in words, and since when', async () => {
  for (const kind of ['case', 'goal']) for (const n of [0, 1, 2]) await run(kind, 'failed', ago(n * minute));
  expect(await found('source-failing')).toEqual([['momentum', 'KMD Momentum cannot be pulled']]);
  const [one] = await alertRules['source-failing'].look(world(), now, 3);
  const { what } = wordsOf({ rule: 'source-failing', subject: 'momentum', said: one?.said ?? {} }, 'da');
  expect(what).toBe('Kilden svarede ikke i tide. Sidst hentet uden fejl 22. nov. 2026, 12.59.');
  await sql(`update sync_state set last_complete_at = null where kind = 'goal'`);
  const [never] = await alertRules['source-failing'].look(world(), now, 3);
  expect(wordsOf({ rule: 'source-failing', subject: 'momentum', said: never?.said ?? {} }, 'en').what).toBe(
    'The source did not answer in time. It has never been pulled to its end.',
  );
});

it('of many kinds that fail the first few are named', async () => {
  for (const kind of ['a', 'b', 'c', 'd', 'e'])
    for (const n of [0, 1, 2]) {
      await sql(
        `insert into schedule (source, kind, cron, next_at) values ('momentum', $1, '* * * * *', $2) on conflict do nothing`,
        kind,
        now,
      );
      await run(kind, 'failed', ago(n * minute));
    }
  expect(await found('source-failing')).toEqual([['momentum', 'KMD Momentum: a, b, c and 2 more cannot be pulled']]);
});

it('an open breaker, held deletions, drift somebody is waited for', async () => {
  await sql(
    `insert into breaker (source, state, failures, error_code) values ('momentum', 'half-open', 5, 'source/timeout')`,
  );
  await sql(`insert into held_deletion (source, kind, stored, missing) values ('momentum', 'case', 12000, 4000)`);
  for (const [name, did] of [
    ['a', 'note'],
    ['b', 'hold'],
    ['c', 'stop'],
  ])
    await sql(
      `insert into drift (source, kind, type, name, did) values ('momentum', 'case', 'unknown-code', $1, $2)`,
      name,
      did,
    );
  expect(await found('breaker-open')).toEqual([['momentum', 'KMD Momentum does not answer']]);
  expect(await found('deletion-held')).toEqual([['momentum/case', 'KMD Momentum: held back: 4,000 deletions of case']]);
  expect(await found('drift-held')).toEqual([['momentum/case', 'KMD Momentum: case has changed shape and waits']]);
});

it('a quarantine that is large, one that grows, and a schedule that is started by the watchdog', async () => {
  for (let n = 0; n < 30; n += 1)
    await sql(
      `insert into quarantine (source, kind, key_hash, code, path, mapping_version, expires_at, received_at)
       values ('momentum', $1, $2, 'x', 'y', '1', $3, $4)`,
      n < 10 ? 'case' : 'goal',
      randomBytes(32),
      new Date(now.getTime() + day),
      n < 10 ? ago(2 * hour) : ago(minute),
    );
  expect(await found('quarantine-large', {}, 5)).toEqual([
    ['momentum/case', 'KMD Momentum: 10 records of case in quarantine'],
    ['momentum/goal', 'KMD Momentum: 20 records of goal in quarantine'],
  ]);
  expect(await found('quarantine-growing', {}, 5)).toEqual([
    ['momentum/goal', 'KMD Momentum: quarantine of goal grows'],
  ]);
  for (let n = 0; n < 3; n += 1) await run('case', 'done', ago(n * minute), 'watchdog');
  await run('goal', 'done', ago(2 * hour), 'watchdog');
  expect(await found('schedule-rearmed')).toEqual([['momentum', 'KMD Momentum: the schedule of case stalls']]);
  for (let n = 0; n < 3; n += 1) await run('goal', 'done', ago(n * minute), 'watchdog');
  expect(await found('schedule-rearmed')).toEqual([['momentum', 'KMD Momentum: the schedule of case, goal stalls']]);
});

it('credentials that end, and at which step of the countdown they are', async () => {
  const at = (days: number): AlertWorld['sources'] => [
    {
      name: 'momentum',
      title: 'KMD Momentum',
      freshForMs: hour,
      expiries: [{ what: 'tls.cert', at: new Date(now.getTime() + days * day + minute) }],
    },
  ];
  const steps = async (days: number) =>
    (await alertRules['credential-ends'].look(world({ sources: at(days) }), now, 30)).map(({ step, severity }) => [
      step,
      severity,
    ]);
  expect(await steps(31)).toEqual([]);
  expect(await steps(30)).toEqual([[1, undefined]]);
  expect(await steps(14)).toEqual([[2, undefined]]);
  expect(await steps(7)).toEqual([[3, 'critical']]);
  expect(await steps(1)).toEqual([[4, 'critical']]);
  expect(await steps(-1)).toEqual([[5, 'critical']]);
  expect(await found('credential-ends', { sources: at(1) })).toEqual([
    ['momentum/tls.cert', 'KMD Momentum: tls.cert expires in 1 day'],
  ]);
  await found('credential-ends', { sources: at(-1) });
});

it('a log that is not sealed, an anchor that is not looked at, cannot be written, or no longer fits', async () => {
  await sql('insert into log_unsealed (entry_id, queued_at) values ($1, $2)', randomUUID(), ago(61_000));
  expect(await found('log-unsealed')).toEqual([['log', 'The access log is not being sealed']]);
  await sql('delete from log_unsealed');
  const anchored = async () => (await found('log-anchor', { anchored: true })).length;
  expect(await anchored()).toBe(1);
  const states: [Date, 'works' | 'fails' | 'broken', number][] = [
    [ago(minute), 'works', 0],
    [ago(16 * minute), 'works', 1],
    [ago(minute), 'fails', 1],
    [ago(minute), 'broken', 1],
  ];
  for (const [at, state, alerts] of states) {
    await writeAnchorState(database.pool(), { at, state });
    expect(await anchored(), state).toBe(alerts);
  }
  expect(await found('log-anchor')).toEqual([]);
});

it('a consumer that owes, one that has not fetched, and a webhook that is told nothing more', async () => {
  const citizen = randomUUID();
  await sql(`insert into consumer (id) values ('borgerportal')`);
  await sql(
    `insert into purge (consumer, citizen_id, record_id, page, told_at) values ('borgerportal', $1, $2, 1, $3)`,
    citizen,
    randomUUID(),
    ago(15 * day),
  );
  expect(await found('purge-overdue')).toEqual([['borgerportal', 'borgerportal has not confirmed deletions']]);
  expect(await found('purge-overdue', { purgeDeadlineMs: 16 * day })).toEqual([]);
  await sql('delete from purge');
  await sql(
    `insert into consumer_hold (consumer, citizen_id, records, marks) values ('borgerportal', $1, '{}', '{}')`,
    citizen,
  );
  await sql(`insert into change (position, citizen_id, op, at) values (1, $1, 'look', $2)`, citizen, ago(25 * hour));
  expect(await found('consumer-lagging')).toEqual([['borgerportal', 'borgerportal does not fetch changes']]);
  for (const [reason, id] of [
    ['failing', randomUUID()],
    ['unregistered', randomUUID()],
  ])
    await sql(
      `insert into webhook (id, consumer, url, host, signature, actor, state, reason, state_since, created_at)
       values ($1, 'borgerportal', '', 'portal.example', 'hmac', '', 'disabled', $2, $3, $3)`,
      id,
      reason,
      ago(day),
    );
  expect((await found('webhook-disabled')).map(([, title]) => title)).toEqual([
    'The webhook to borgerportal is disabled',
  ]);
});

it('emergency access of today and, so that none of the last minutes is missed, of yesterday; work that piles up, an old key, a large database', async () => {
  const citizen = randomUUID();
  await sql('insert into citizen (id) values ($1)', citizen);
  for (const at of [ago(minute), ago(2 * hour), ago(day)])
    await sql(
      `insert into emergency_access (id, citizen_id, person, role, organisation, valid_from, valid_to) values ($1, $2, 'p', 'r', 'o', $3, $3)`,
      randomUUID(),
      citizen,
      at,
    );
  expect(await found('emergency-access')).toEqual([
    ['2026-11-21', 'Emergency access was taken on 21 Nov 2026'],
    ['2026-11-22', 'Emergency access was taken 2 times on 22 Nov 2026'],
  ]);
  await sql(`insert into citizen_fetch (citizen_id, source) values ($1, 'momentum')`, citizen);
  expect(await found('queue-depth', {}, 0)).toEqual([
    ['history/momentum', 'Queue: 1 fetches of newly enrolled citizens’ history'],
  ]);
  expect(await found('key-age', {}, 0)).toEqual([]);
  await sql(`update hub_setting set value = $1 where name = 'key-since.k1'`, ago(366 * day).toISOString());
  expect(await found('key-age')).toEqual([['k1', 'The encryption key should be rotated']]);
  expect((await found('database-size', {}, 0)).map(([subject]) => subject)).toEqual(['database']);
});

it('what units have not journalised', async () => {
  const citizen = randomUUID();
  await sql('insert into citizen (id) values ($1)', citizen);
  const { rows: identities } = await sql(
    `insert into identity (cpr_hash, cpr_cipher, number_type, citizen_id, home_id) values ('x', 'x', 'cpr', $1, $1) returning id`,
    citizen,
  );
  const record = randomUUID();
  await sql(
    `insert into born_record (record_id, identity_id, kind, unit_id, sensitivity, author_kind, author_person)
     values ($1, $2, 'comment', 'jobcenter', 'normal', 'citizen', 'p')`,
    record,
    identities[0]?.id,
  );
  for (const [version, at] of [
    [1, ago(15 * day)],
    [2, ago(day)],
  ] as const)
    await sql(
      `insert into journal_item (id, record_id, version, said_by, said_at, content) values ($1, $2, $3, 'p', $4, '')`,
      randomUUID(),
      record,
      version,
      at,
    );
  const unitNames = new Map([['jobcenter', 'Jobcenter Sandkøbing']]);
  expect(await found('journal-waiting', { unitNames })).toEqual([
    ['jobcenter', 'Jobcenter Sandkøbing: 1 item not journalised'],
  ]);
});
