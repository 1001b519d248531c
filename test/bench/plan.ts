// Benchmark (a): the plan of one citizen (60 records, a third of them encrypted), with consent and the durable log, as a
// ratio to one prepared document of the same size read by primary key through the same server and pool.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { createLogger } from '../../src/log.ts';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { createPool, type Pool } from '../../src/store/db.ts';
import { startEmbedded } from '../../src/store/embedded.ts';
import { migrate } from '../../src/store/migrate.ts';
import { config, createHub, type Hub, type Person } from '../feed/fixture.ts';

export interface PlanBench {
  readonly plansPerSecond: number;
  readonly documentsPerSecond: number;
  readonly ratio: number;
  readonly bytes: number;
}

/** Kind → how many, as in the showcase. */
const mix = { plan: 5, goal: 12, intervention: 15, contact: 12, appointment: 16 } as const;
const texts = 'Målet er at komme i praktik, holde en fast døgnrytme og få ro på økonomien i hverdagen. '.repeat(2);

export const fill = async (hub: Hub, citizens: number): Promise<readonly Person[]> => {
  for (const unit of ['jobcenter', 'social', 'sundhed']) await hub.world.unit(unit, null);
  const people: Person[] = [];
  for (let n = 0; n < citizens; n += 1) {
    const person = await hub.world.person(`0102${String(700_000 + n).slice(-6)}`);
    people.push(person);
    const ids: string[] = [];
    for (const [kind, count] of Object.entries(mix))
      for (let at = 0; at < count; at += 1) {
        const social = at % 3 === 0;
        const fields = kind === 'goal' ? { text: texts } : kind === 'plan' ? { purpose: texts } : {};
        const place = social ? { domain: 'social', source: 'sensum', sensitivity: 'sensitive', encrypted: true } : {};
        ids.push(
          await hub.world.record({
            citizens: [person],
            kind,
            ownerUnit: social ? 'social' : 'jobcenter',
            fields,
            ...place,
          }),
        );
      }
    await hub.world.record({
      citizens: [person],
      kind: 'citizen',
      encrypted: true,
      fields: { name: 'Maja Sandkasse', birthDate: '1970-02-01' },
    });
    const [plan] = ids;
    for (const id of ids.slice(5, 17)) if (plan !== undefined) await hub.world.link(id, 'plan', plan);
    await hub.world.say(person, 'grant', 'unit:jobcenter', { domains: ['social'], upTo: 'sensitive' });
    await hub.world.say(person, 'refuse', 'organisation:fonden-broen', { domains: ['employment'] });
  }
  await hub.world.synced('momentum', 'task', new Date());
  return people;
};

const measure = async (
  url: string,
  paths: readonly string[],
  authorization: string,
  seconds: number,
): Promise<number> => {
  const requests = paths.map((path) => ({ path, headers: { authorization } }));
  const result = await autocannon({ url, requests, connections: 50, duration: seconds, workers: 1 });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refusals, ${result.errors} errors`);
  return result.requests.average;
};

const measureAll = async (pool: Pool, citizens: number, seconds: number): Promise<PlanBench> => {
  await migrate(pool);
  const keys = createKeyRing(newKeyMaterial());
  const log = createAccessLog(pool, keys);
  const hub = await createHub(pool, {
    keys,
    accessLog: log,
    unchecked: true,
    config: { ...config, rateLimitPerMinute: 100_000_000 },
  });
  hub.app.get('/bench/:id', async (request, reply) => {
    const { id } = request.params as { id: string };
    const { rows } = await pool.query<{ text: string }>({
      name: 'bench',
      text: 'select text from bench_document where id = $1',
      values: [id],
    });
    return reply.header('content-type', 'application/json; charset=utf-8').send(rows[0]?.text);
  });
  const people = await fill(hub, citizens);
  const authorization = `Bearer ${await hub.token('caseworker-employment')}`;
  const planPath = (person: Person): string => `/v1/citizens/${person.id}/plan`;
  const sample = await hub.app.inject({ url: planPath(people[0] as Person), headers: { authorization } });
  await pool.query('create table bench_document (id uuid primary key, text text not null)');
  for (const person of people) await pool.query('insert into bench_document values ($1, $2)', [person.id, sample.body]);
  await pool.query('analyze');
  const url = await hub.app.listen({ port: 0, host: '127.0.0.1' });
  try {
    const documents = people.map((person) => `/bench/${person.id}`);
    const plans = people.map(planPath);
    await measure(url, plans, authorization, 2);
    const documentsPerSecond = await measure(url, documents, authorization, seconds);
    const plansPerSecond = await measure(url, plans, authorization, seconds);
    return {
      plansPerSecond,
      documentsPerSecond,
      ratio: plansPerSecond / documentsPerSecond,
      bytes: sample.body.length,
    };
  } finally {
    await hub.app.close();
    await log.close();
  }
};

/** Runs in a database server of its own, with durable commits. */
export const benchPlan = async (options: {
  readonly citizens: number;
  readonly seconds: number;
}): Promise<PlanBench> => {
  const folder = await mkdtemp(join(tmpdir(), 'samspil-bench-'));
  const server = await startEmbedded({ folder, log: createLogger({ level: 'warn' }) });
  const pool = createPool(server.url, { max: 10 });
  try {
    return await measureAll(pool, options.citizens, options.seconds);
  } finally {
    await pool.end();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
};
