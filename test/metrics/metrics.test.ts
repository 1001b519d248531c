// The metrics over real connections: for this machine and for who brings the token, never through a proxy; names and
// numbers of configuration and code only; and a database that does not answer is said to be down.
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer as createTcp } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { HubConfig } from '../../src/config/hub.ts';
import { serveMetrics } from '../../src/http/metrics.ts';
import { openQueues, type Queues } from '../../src/jobs/queue.ts';
import { type MeasuredHub, measureHub } from '../../src/metrics/hub.ts';
import { createMetrics } from '../../src/metrics/registry.ts';
import { signIn } from '../dashboard/browser-session.ts';
import { startMunicipality, type TestMunicipality } from '../dashboard/municipality.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();
const token = 'a-token-of-more-than-32-characters';
let municipality: TestMunicipality;
let workerPort = 0;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createTcp().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

beforeAll(async () => {
  workerPort = await freePort();
  const configure = (config: HubConfig): HubConfig => ({
    ...config,
    metrics: { token, workerPort },
    trustedProxies: ['192.0.2.1'],
  });
  municipality = await startMunicipality(database, { pulled: false, work: true, schedule: '0 0 1 1 *', configure });
}, 120_000);
afterAll(() => municipality.close());

const scrape = async (headers: Readonly<Record<string, string>> = {}): Promise<string> => {
  const answer = await fetch(`${municipality.url}/metrics`, { headers });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toContain('version=0.0.4');
  return answer.text();
};
const statusOf = async (headers: Readonly<Record<string, string>>): Promise<number> =>
  (await fetch(`${municipality.url}/metrics`, { headers })).status;
const figureOf = (text: string, series: string): number | undefined => {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
};

describe('who may read them', () => {
  it('this machine, without more', async () => {
    expect(figureOf(await scrape(), 'samspil_database_up')).toBe(1);
  });

  it.each(['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'])('not what a proxy passes on (%s)', async (header) => {
    expect(await statusOf({ [header]: '127.0.0.1' })).toBe(401);
  });

  it('whoever brings the token, also through a proxy; not who brings another', async () => {
    await scrape({ authorization: `Bearer ${token}`, 'x-forwarded-for': '203.0.113.9' });
    expect(await statusOf({ authorization: `Bearer ${token}x` })).toBe(401);
    expect(await statusOf({ authorization: 'Bearer x', 'x-forwarded-for': '203.0.113.9' })).toBe(401);
  });

  it.each([
    ['this machine', [], {}, 200],
    ['nobody else without a token', [], { 'x-forwarded-for': '203.0.113.9' }, 404],
    ['not a proxy on this machine', ['127.0.0.1'], {}, 404],
    ['not somebody with a token nobody gave out', [], { authorization: 'Bearer x' }, 404],
  ] as const)('without a token configured: %s', async (_, trustedProxies, headers, status) => {
    const settings = { metrics: {}, trustedProxies: [...trustedProxies] };
    const served = await serveMetrics(createMetrics('worker'), settings, 0);
    expect((await fetch(`${served.url}/metrics`, { headers })).status).toBe(status);
    await served.close();
  });
});

it('tell of sources, queues, sessions, streams and answers, by names alone', async () => {
  const id = randomUUID();
  await fetch(`${municipality.url}/v1/citizens/${id}/plan`);
  await fetch(`${municipality.url}/nowhere/0101904113`);
  const cookie = await signIn(municipality.url, 'administrator');
  const watching = new AbortController();
  const live = await fetch(`${municipality.url}/admin/live`, {
    headers: { cookie, accept: 'text/event-stream' },
    signal: watching.signal,
  });
  expect(live.status).toBe(200);
  const first = [...municipality.hub.sources.keys()][0] ?? '';
  await municipality.pull(first);
  const text = await scrape();
  expect(figureOf(text, 'samspil_streams_open{route="/admin/live"}')).toBe(1);
  watching.abort();
  await vi.waitFor(async () => expect(figureOf(await scrape(), 'samspil_streams_open{route="/admin/live"}')).toBe(0));
  expect(figureOf(text, 'samspil_sessions')).toBe(1);
  expect(figureOf(text, 'samspil_citizens_enrolled')).toBeGreaterThan(0);
  expect(figureOf(text, 'samspil_log_unsealed_seconds')).toBeGreaterThanOrEqual(0);
  expect(text).toMatch(new RegExp(`samspil_source_standing\\{source="${first}",standing="\\w`));
  expect(text).toMatch(new RegExp(`samspil_source_runs_total\\{source="${first}",kind="[^"]+"\\} [1-9]`));
  expect(text).toMatch(new RegExp(`samspil_queue_jobs\\{queue="${first}",state="waiting"\\} \\d`));
  const durations = 'samspil_http_request_duration_seconds_count';
  expect(figureOf(text, `${durations}{method="GET",route="/v1/citizens/:id/plan",status="4xx"}`)).toBe(1);
  // No id, number, address or name of anybody: labels are patterns and names of the configuration.
  expect(text).not.toContain(id);
  expect(text).not.toContain('0101904113');
  const labels = new Set(
    [...text.matchAll(/[{,](?:source|kind|route|queue|method|standing)="([^"]*)"/g)].map(([, v]) => v),
  );
  for (const label of labels) expect(label).toMatch(/^[A-Za-z0-9_/:.*-]+(\(.*\))?\S*$/);
  expect([...labels].filter((label) => /\d{6}|[0-9a-f]{8}-/.test(label ?? ''))).toEqual([]);
}, 60_000);

it('a worker serves its own: how long jobs take', async () => {
  const [source = '', work] = [...municipality.hub.sources][0] ?? [];
  const kind = work?.rules[0]?.kind ?? '';
  const queues = openQueues({ databaseUrl: database.url() });
  await queues.queue(source).add('asked', { type: 'sync', source, kind, want: 'next', trigger: 'test' });
  await queues.close();
  await vi.waitFor(async () => {
    const text = await (await fetch(`http://127.0.0.1:${workerPort}/metrics`)).text();
    expect(text).toContain('samspil_build_info{version=');
    expect(text).toMatch(/samspil_job_duration_seconds_count\{source="[a-z0-9-]+",type="sync",outcome="\w+"\} [1-9]/);
  }, 30_000);
  expect((await fetch(`http://127.0.0.1:${workerPort}/metrics`, { headers: { via: 'x' } })).status).toBe(401);
}, 40_000);

it('without an answer of the database they say so, and say nothing old', async () => {
  const metrics = createMetrics('web');
  let broken = false;
  const pool = new Proxy(database.pool(), {
    get: (target, name) =>
      broken && name === 'query' ? () => Promise.reject(new Error('gone')) : Reflect.get(target, name).bind?.(target),
  });
  const depth = () => Promise.reject(new Error('gone'));
  const queues = { queue: () => ({ depth }), webhooks: { queue: () => ({ depth }) } } as unknown as Queues;
  const hub: MeasuredHub = {
    pool,
    queues,
    clock: systemClock,
    sessionIdleMs: 1000,
    sources: [{ name: 'one', freshForMs: 1000, kinds: [{ name: 'a', mapped: true }] }],
  };
  measureHub(metrics, hub);
  const before = await metrics.text();
  expect(figureOf(before, 'samspil_database_up')).toBe(1);
  expect(before).toContain('samspil_source_fresh_for_seconds{source="one"} 1');
  broken = true;
  const after = await metrics.text();
  expect(figureOf(after, 'samspil_database_up')).toBe(0);
  expect(after).not.toContain('samspil_source_fresh_for_seconds{source="one"}');
  expect(after).not.toContain('samspil_queue_jobs{');
});
