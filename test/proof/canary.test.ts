// The canary: a number, a name and a text that occur nowhere else fly through success and every failure; then logs,
// queue, tables, errors, answers, addresses and command output are searched for them. The number may stand nowhere; a
// name only in answers to those who may see it; free text only in the record it was stored as.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asHubError } from '../../src/errors.ts';
import type { Queues } from '../../src/jobs/queue.ts';
import { createLogger } from '../../src/log.ts';
import { queuesOf, type Running } from '../../src/main.ts';
import { measureHub } from '../../src/metrics/hub.ts';
import { createMetrics } from '../../src/metrics/registry.ts';
import { fetchHistory } from '../../src/pipeline/history.ts';
import { runSync } from '../../src/pipeline/run.ts';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createPool, type Pool } from '../../src/store/db.ts';
import { type Embedded, startEmbedded } from '../../src/store/embedded.ts';
import { migrate } from '../../src/store/migrate.ts';
import { createRun, endRun } from '../../src/store/runs.ts';
import { sealBatch } from '../../src/store/seal.ts';
import { startWorkerRole } from '../../src/work.ts';
import { createHub, type Hub as Feed } from '../feed/fixture.ts';
import { type CanaryHub, openCanaryHub } from './canary-hub.ts';
import { changedGoal } from './canary-mapping.ts';
import {
  enrolled,
  look,
  marksIn,
  type Sighting,
  searchDatabase,
  searchDisk,
  secretBytes,
  stranger,
} from './canary-marks.ts';
import { requestsWith } from './canary-requests.ts';
import { wrongs } from './canary-sources.ts';

const refused = `Ydelse ${enrolled.text} som databasen ikke tager`;
const sightings: Sighting[] = [];
/** A server of its own, so that its files can be searched too. */
let server: Embedded;
let folder = '';
let pool: Pool;
let canary: CanaryHub;
let feed: Feed;
let citizen = '';
let worker: Running | undefined;
let queues: Queues;

const one = async <T>(sql: string, values: readonly unknown[] = []): Promise<T> =>
  (await pool.query<{ value: T }>(sql, [...values])).rows[0]?.value as T;
const until = async (what: string, sql: string): Promise<void> => {
  for (let tries = 0; tries < 150; tries += 1) {
    if ((await one<boolean>(sql)) === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what} did not happen`);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'samspil-canary-'));
  server = await startEmbedded({ folder, log: createLogger({ level: 'warn' }), fast: true });
  pool = createPool(server.url);
  await migrate(pool);
  canary = await openCanaryHub(pool, server.url, refused);
  // The database refuses one text, and names the whole row in its own error.
  await pool.query(
    `alter table record_body add constraint canary check (body is null or body not like '%som databasen ikke tager%')`,
  );
  const { hub } = canary;
  const accessLog = createAccessLog(hub.pool, hub.keys);
  const metrics = createMetrics('web');
  const sources = [...hub.sources].map(([name, { source }]) => ({
    name,
    freshForMs: 1,
    kinds: source.kinds.map((kind) => ({ name: kind.name, mapped: kind.mapping !== undefined })),
  }));
  queues = queuesOf(hub);
  measureHub(metrics, { ...hub, queues, sources, sessionIdleMs: 1 });
  feed = await createHub(hub.pool, { keys: hub.keys, config: hub.config, log: hub.log, accessLog, metrics });
});
afterAll(async () => {
  await worker?.close();
  await queues.close();
  await canary.close();
  if (!pool.ended) await pool.end();
  await server.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

it('enrols from standard input; a bad line is named by its place', async () => {
  const bad = await canary.command(['enrol'], `${enrolled.cpr}\n${enrolled.given} ${enrolled.cpr}x\n`);
  expect(bad).toContain('Line 2');
  sightings.push(...look('enrol with a bad line', bad));
  const good = await canary.command(['enrol', '--json'], `${enrolled.cpr}\n`);
  expect(JSON.parse(good)).toEqual([{ numbers: 1, enrolled: 1, 'enrolled before': 0 }]);
  citizen = await one('select citizen_id::text as value from enrolment');
});

it('pulls good and bad records through the worker, and opens the breaker of a source in trouble', async () => {
  worker = await startWorkerRole(canary.hub, { pullAtStart: true });
  const done = (source: string, kind: string, state: string): string =>
    `select exists (select from run where source = '${source}' and kind = '${kind}' and state = '${state}') as value`;
  await until('the care records', done('care', 'Goal', 'done'));
  await until('the relatives', done('care', 'RelatedPerson', 'done'));
  await until('the cases', done('files', 'sag', 'done'));
  await until('the messages', done('inbox', 'careCommunication', 'done'));
  await until('the refused service', done('files', 'ydelse', 'failed'));
  await until(
    'the breaker',
    `select exists (select from breaker where source = 'wrong-care' and state = 'open') as value`,
  );
  await worker.close();
  worker = undefined;
  const { rows } = await pool.query<{ code: string }>('select distinct code from quarantine order by 1');
  expect(rows.map((row) => row.code)).toEqual(
    expect.arrayContaining(['subject/unreadable', expect.stringMatching(/^body\//), expect.stringMatching(/^text\//)]),
  );
  expect(await one('select count(*)::int as value from drift')).toBeGreaterThan(0);
  expect(await one(`select count(*)::int as value from run where error_code = 'bug/unexpected'`)).toBeGreaterThan(0);
}, 90_000);

it.each(wrongs)('tells nothing of what a source answered wrongly: %s', async (wrong) => {
  canary.wrong.wrong = wrong;
  const { hub } = canary;
  for (const name of ['wrong-care', 'wrong-job']) {
    const source = hub.sources.get(name)?.source;
    if (source === undefined) throw new Error('not configured');
    const told = (place: string, thrown: unknown): void => {
      const error = asHubError(thrown);
      hub.log.warn({ event: 'run.failed', error });
      sightings.push(
        ...look(`${name} ${wrong} ${place}`, `${error.message} ${error.hint} ${error.path} ${error.stack}`),
      );
    };
    for (const kind of source.kinds.slice(0, 3)) {
      const run = { source: name, kind: kind.name, mode: 'incremental', trigger: 'test' } as const;
      const runId = await createRun(hub.pool, run);
      const order = { source, kind, runId, want: 'reload', signal: AbortSignal.timeout(5000) } as const;
      await runSync(hub, order).catch(async (thrown: unknown) => {
        told(kind.name, thrown);
        await endRun(hub.pool, runId, 'failed', asHubError(thrown));
      });
    }
    const runId = await createRun(hub.pool, { source: name, kind: '*', mode: 'citizen', trigger: 'test' });
    const order = { source, citizenId: citizen, runId, signal: AbortSignal.timeout(5000) };
    await fetchHistory(hub, order).catch((thrown: unknown) => told('history', thrown));
    const opened = await source.open();
    sightings.push(...look(`${name} ${wrong} probe`, JSON.stringify(await opened.probe(AbortSignal.timeout(5000)))));
    await opened.close();
  }
});

it('answers requests that hold it without saying it again', async () => {
  let answers = 0;
  for (const { name, persona, request, options } of requestsWith(citizen)) {
    const answer = await feed.ask(persona, request, options);
    answers += 1;
    sightings.push(
      ...look(`answer to ${name}`, `${answer.statusCode} ${JSON.stringify(answer.headers)} ${answer.body}`),
    );
    expect(answer.statusCode, `${name} ${answer.body}`).toBeLessThan(500);
  }
  expect(answers).toBeGreaterThan(30);
});

it('gives the name and the text to the citizen, and the number only when asked for by name', async () => {
  const claims = { scope: 'plan.read cpr.read' };
  const plan = await feed.ask('citizen', `/v1/citizens/${citizen}/plan`, { citizen, claims });
  expect(plan.statusCode, plan.body).toBe(200);
  expect(marksIn(plan.body)).toEqual(['name', 'text']);
  for (const own of [stranger.cpr, stranger.given, stranger.family, stranger.text])
    expect(plan.body).not.toContain(own);
  const number = await feed.ask('citizen', `/v1/citizens/${citizen}/plan?fields=citizen(cpr)`, { citizen, claims });
  expect(marksIn(number.body)).toEqual(['number']);
  const urls = [...plan.body.matchAll(/"journalUrl":"([^"]+)"/g)].map((match) => match[1] ?? '');
  expect(urls.length).toBeGreaterThan(0);
});

it('is in no metric, and neither is an id', async () => {
  const { statusCode, body } = await feed.app.inject('/metrics');
  expect(statusCode).toBe(200);
  expect(body).toContain('samspil_source_quarantined_total{source="files"');
  expect(body).toContain('route="/v1/citizens/:id/plan"');
  sightings.push(...look('metrics', body));
  expect(body).not.toContain(citizen);
});

it('is not printed by commands', async () => {
  await sealBatch(canary.hub.pool, canary.hub.keys);
  const ids = (await pool.query<{ id: number }>('select id from quarantine order by id')).rows;
  const changed = await changedGoal(folder);
  const commands = [
    ['sources', 'list'],
    ['sources', 'probe'],
    ['sync', 'wrong-care'],
    ['sync', 'files', '--kind', 'ydelse'],
    ['sync', 'files', '--kind', 'indsats'],
    ['sync', 'inbox'],
    ['runs', '--limit', '500', '--json'],
    ['quarantine', 'list'],
    ['quarantine', 'show', String(ids[0]?.id)],
    ['quarantine', 'show', String(ids.at(-1)?.id)],
    ['quarantine', 'show', String(ids[0]?.id), '--body'],
    ['quarantine', 'replay'],
    ['drift', 'list'],
    ['drift', 'show', 'care', 'Goal'],
    ['mappings', 'coverage', 'fhir', '--retained', 'care'],
    ['mappings', 'diff', changed, '--retained', 'care'],
    ['deletions', 'list'],
    ['log', 'verify'],
  ];
  const run = async (args: readonly string[]): Promise<void> => {
    const printed = await canary.command(args);
    expect(printed, args.join(' ')).not.toBe('');
    if (args[1] === 'diff') expect(printed).toContain('WHO MAY SEE WHAT');
    if (args[1] === 'coverage') expect(printed).toContain('description.text');
    sightings.push(...look(`samspil ${args.join(' ')}`, printed));
  };
  for (let at = 0; at < commands.length; at += 4) await Promise.all(commands.slice(at, at + 4).map(run));
  const merge = await canary.command(['citizens', 'merge', '--reason', 'x'], `${enrolled.cpr}\n${enrolled.family}\n`);
  sightings.push(...look('citizens merge with a bad line', merge));
  const split = await canary.command(['citizens', 'split', '--reason', 'x'], `${enrolled.cpr}\n`);
  sightings.push(...look('citizens split of one number', split));
}, 120_000);

it('is shown in a record set aside, for a reason that is in the log before', async () => {
  const { rows } = await pool.query<{ id: number }>(
    `select id from quarantine where state = 'open' and source = 'care' and cipher is not null order by id limit 1`,
  );
  const id = String(rows[0]?.id);
  const logged = async () =>
    one<number>(`select count(*)::int as value from access_log where endpoint = 'samspil quarantine show'`);
  expect(await canary.command(['quarantine', 'show', id, '--body'])).toContain('--reason');
  expect(await logged()).toBe(0);
  expect(
    marksIn(await canary.command(['quarantine', 'show', id, '--body', '--reason', 'koden skal rettes'])),
  ).not.toEqual([]);
  expect(await logged()).toBe(1);
  const entry = await pool.query(
    `select citizen_id, actor_kind, bases, decision from access_log where endpoint = 'samspil quarantine show'`,
  );
  expect(entry.rows).toEqual([
    { citizen_id: citizen, actor_kind: 'administrator', bases: ['reason: koden skal rettes'], decision: 'allowed' },
  ]);
}, 60_000);

it('is found nowhere it should not be', async () => {
  expect(sightings).toEqual([]);
  expect(canary.lines.length).toBeGreaterThan(20);
  expect(canary.lines.flatMap((line) => look('log', line))).toEqual([]);
  const urls = [...canary.good.stats().urls, ...canary.wrong.urls];
  expect(urls.length).toBeGreaterThan(20);
  expect(urls.flatMap((url) => look('address asked for', decodeURIComponent(url)))).toEqual([]);

  const { sightings: stored, searched } = await searchDatabase(pool);
  const tables = [...searched].filter(([, rows]) => rows > 0).map(([name]) => name);
  for (const name of [
    'public.record',
    'public.run',
    'public.inbox_message',
    'public.quarantine',
    'public.sync_state',
    'public.drift',
    'public.field_seen',
    'public.retained',
    'public.journal_item',
    'public.access_log',
  ])
    expect(tables).toContain(name);
  expect(tables.some((name) => name.startsWith('bullmq.'))).toBe(true);
  // Free text of the enrolled citizen's ordinary records is stored as it will be sent.
  const elsewhere = stored.filter(
    ({ place, marks }) => !place.startsWith('public.record_body_') || marks.join() !== 'text',
  );
  expect(elsewhere).toEqual([]);
  expect(stored.some(({ excerpt }) => excerpt.includes(stranger.text))).toBe(false);
  const finds = (text: string): boolean => marksIn(text).length > 0;
  expect([enrolled.cpr, enrolled.given, Buffer.from(stranger.cpr).toString('hex')].every(finds)).toBe(true);
});

it('is in no file of the database: not in tables, not in its write-ahead log, not in what it says itself', async () => {
  await feed.app.close();
  await pool.end();
  await server.stop();
  expect(await searchDisk(folder, secretBytes)).toEqual([]);
  // The search does find what is there: free text of ordinary records.
  expect(await searchDisk(folder, [enrolled.text])).not.toEqual([]);
});
