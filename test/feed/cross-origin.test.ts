// Whose pages may ask from a browser: configured origins, to read one citizen's plan; never to write, to list, or with
// what a browser sends by itself. And the component's script, which any page may load.
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { hubConfig } from '../../src/config/hub.ts';
import { componentIntegrity, componentPath, componentScript } from '../../src/dashboard/component/served.ts';
import { useDatabase } from '../postgres.ts';
import { config, createHub, type Hub, type Person } from './fixture.ts';

const database = useDatabase();
const origin = 'https://fagsystem.example';
let hub: Hub;
let closed: Hub;
let anna: Person;

beforeAll(async () => {
  hub = await createHub(database.pool(), { config: { ...config, corsOrigins: [origin] } });
  closed = await createHub(database.pool());
  await hub.world.unit('jobcenter', null);
  anna = await hub.world.person('0102703333');
  await hub.world.record({ citizens: [anna], ownerUnit: 'jobcenter' });
});

const preflight = (url: string, from = origin, method = 'GET', at = hub) =>
  at.app.inject({
    method: 'OPTIONS',
    url,
    headers: {
      origin: from,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization, x-purpose, if-none-match',
    },
  });
const read = (url: string, from = origin, at = hub) =>
  at.ask('caseworker-employment', { url, headers: { origin: from } }, { claims: { scope: 'plan.read calendar.read' } });
const allow = 'access-control-allow-origin';

describe('a configured origin', () => {
  it('may ask before it asks, and keeps the answer for ten minutes', async () => {
    for (const path of ['plan', 'calendar', 'timeline', 'overlaps']) {
      const answer = await preflight(`/v1/citizens/${anna.id}/${path}`);
      expect(answer.statusCode).toBe(204);
      expect(answer.headers).toMatchObject({
        [allow]: origin,
        'access-control-allow-methods': 'GET',
        'access-control-allow-headers': 'Authorization, X-Purpose, If-None-Match',
        'access-control-max-age': '600',
      });
      expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
      expect(answer.headers['vary']).toContain('Origin');
    }
    expect((await preflight('/v1/sources')).statusCode).toBe(204);
  });

  it('reads, with the tag and the freshness, also what was refused; caches are told that it depends on the origin', async () => {
    const plan = await read(`/v1/citizens/${anna.id}/plan`);
    expect(plan.statusCode).toBe(200);
    expect(plan.headers[allow]).toBe(origin);
    expect(plan.headers['access-control-expose-headers']).toContain('ETag, Samspil-Sources');
    expect(plan.headers['vary']).toBe('Authorization, X-Purpose, Origin');
    const refused = await hub.app.inject({ url: `/v1/citizens/${anna.id}/plan`, headers: { origin } });
    expect([refused.statusCode, refused.headers[allow]]).toEqual([401, origin]);
  });

  it('neither writes, nor reads anything else', async () => {
    for (const [url, method] of [
      [`/v1/citizens/${anna.id}/plan`, 'POST'],
      [`/v1/citizens/${anna.id}/consents`, 'POST'],
      [`/v1/citizens/${anna.id}/access-log`, 'GET'],
      ['/v1/citizens/lookup', 'POST'],
      ['/v1/citizens', 'GET'],
      ['/v1/changes', 'GET'],
    ] as const) {
      const answer = await preflight(url, origin, method);
      expect([answer.statusCode, answer.headers[allow]], url).toEqual([404, undefined]);
    }
    expect((await read('/v1/citizens')).headers).not.toHaveProperty(allow);
  });
});

it('another origin is told nothing, nor is any while none is configured', async () => {
  const plan = `/v1/citizens/${anna.id}/plan`;
  for (const other of ['https://fagsystem.example.evil', 'http://fagsystem.example', 'null']) {
    expect((await preflight(plan, other)).headers).not.toHaveProperty(allow);
    expect((await read(plan, other)).headers).not.toHaveProperty(allow);
  }
  expect((await preflight(plan, origin, 'GET', closed)).statusCode).toBe(404);
  expect((await read(plan, origin, closed)).headers).not.toHaveProperty(allow);
});

it('the configuration takes exact origins only, in the clear only on this machine', () => {
  const { municipality, enrolmentBases } = config;
  const parsed = (one: string) =>
    hubConfig.safeParse({ municipality, enrolmentBases, sources: {}, corsOrigins: [one] }).success;
  for (const good of [origin, 'https://fagsystem.example:8443', 'http://127.0.0.1:8090', 'http://localhost:8090'])
    expect(parsed(good), good).toBe(true);
  for (const bad of [
    '*',
    'null',
    `${origin}/`,
    `${origin}/sag`,
    'http://fagsystem.example',
    'https://Fag.example',
    'x',
  ])
    expect(parsed(bad), bad).toBe(false);
});

describe('the component’s script', () => {
  it('is one small script that any page may load and pin', async () => {
    const answer = await hub.app.inject(componentPath);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'cross-origin-resource-policy': 'cross-origin',
      [allow]: '*',
    });
    expect(answer.body).toBe(componentScript);
    expect(`sha384-${createHash('sha384').update(answer.rawPayload).digest('base64')}`).toBe(componentIntegrity);
    expect(answer.rawPayload.length).toBeLessThan(60_000);
    expect(answer.body).not.toMatch(/^\s*(import|export)\b|innerHTML|insertAdjacentHTML|\beval\b/m);
  });

  it('is there under its plain name for a while, with its types; other digests are not', async () => {
    const plain = await hub.app.inject('/component/samspil-plan.js');
    expect([plain.body === componentScript, plain.headers['cache-control']]).toEqual([true, 'public, max-age=300']);
    expect((await hub.app.inject('/component/samspil-plan.d.ts')).body).toContain('SamspilPlanElement');
    expect((await hub.app.inject('/component/0123456789abcdef/samspil-plan.js')).statusCode).toBe(404);
  });

  it('says everything in both languages', async () => {
    const { wordsOf } = await import(new URL('../../src/dashboard/component/texts.js', import.meta.url).href);
    const keys = (words: object, at = ''): readonly string[] =>
      Object.entries(words).flatMap(([key, value]) =>
        typeof value === 'string' ? [`${at}${key} ${value.match(/\{\w+\}/g) ?? ''}`] : keys(value, `${at}${key}.`),
      );
    expect(keys(wordsOf('en'))).toEqual(keys(wordsOf('da')));
  });
});
