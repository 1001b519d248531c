// Benchmark (a): the plan of one citizen (60 records, a third of them encrypted), with consent and the durable log, as a
// ratio to one prepared document of the same size read by primary key through the same server and pool.
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { createPool, type Db, type Pool } from '../../src/store/db.ts';
import { createPipeline } from '../../src/store/pipeline.ts';
import { config, createHub, type Hub, type Person } from '../feed/fixture.ts';
import { startChild } from './child.ts';
import { fillCitizens } from './citizens.ts';
import { withDatabase } from './database.ts';
import type { LoadAnswer, LoadQuestion } from './load.ts';
import { median } from './table.ts';

export interface PlanBench {
  /** Plans that were read before and still stand, and plans read from the database each time. */
  readonly again: number;
  readonly anew: number;
  readonly documents: number;
  /** Medians of the rounds' ratios. */
  readonly ratioAgain: number;
  readonly ratioAnew: number;
  readonly bytes: number;
  readonly records: number;
  /** The busiest the load generator was: share of a core. */
  readonly busy: number;
}

export interface PlanOptions {
  readonly citizens: number;
  readonly rounds: number;
  readonly seconds: number;
}

/** The ceiling: text by primary key, through the hub's own server, hooks and connections. */
const serveDocuments = async (
  { hub, pool, reads }: { hub: Hub; pool: Pool; reads: Db },
  people: readonly Person[],
  text: string,
): Promise<void> => {
  await pool.query('create table bench_document (id uuid primary key, text text not null)');
  for (const person of people) await pool.query('insert into bench_document values ($1, $2)', [person.id, text]);
  hub.app.get('/bench/:id', async (request, reply) => {
    const { id } = request.params as { id: string };
    const { rows } = await reads.query<{ text: string }>({
      name: 'bench',
      text: 'select text from bench_document where id = $1',
      values: [id],
    });
    return reply.header('content-type', 'application/json; charset=utf-8').send(rows[0]?.text);
  });
};

const planPath = (person: Person): string => `/v1/citizens/${person.id}/plan`;

/** A hub beside the measured one, whose answer the documents are copies of: routes cannot be added once it has answered. */
const sampleOf = async (pool: Pool, options: Parameters<typeof createHub>[1], person: Person): Promise<string> => {
  const hub = await createHub(pool, options);
  const authorization = `Bearer ${await hub.token('caseworker-employment')}`;
  const answer = await hub.app.inject({ url: planPath(person), headers: { authorization } });
  await hub.app.close();
  return answer.body;
};

const measure = async (pool: Pool, logPool: Pool, reads: Db, options: PlanOptions): Promise<PlanBench> => {
  const keys = createKeyRing(newKeyMaterial());
  const accessLog = createAccessLog(logPool, keys);
  const settings = { keys, accessLog, reads, unchecked: true, config: { ...config, rateLimitPerMinute: 100_000_000 } };
  const hub = await createHub(pool, settings);
  // The same hub without memory for plans: every read is a first one.
  const forgetful = await createHub(pool, { ...settings, planMemory: 0 });
  const load = startChild<LoadQuestion, LoadAnswer>(new URL('load.ts', import.meta.url));
  try {
    const people = await fillCitizens(hub, options.citizens);
    const sample = await sampleOf(pool, settings, people[0] as Person);
    await serveDocuments({ hub, pool, reads }, people, sample);
    await pool.query('analyze');
    const url = await hub.app.listen({ port: 0, host: '127.0.0.1' });
    const authorization = `Bearer ${await hub.token('caseworker-employment')}`;
    const forgetfulUrl = await forgetful.app.listen({ port: 0, host: '127.0.0.1' });
    const forgetfulAuthorization = `Bearer ${await forgetful.token('caseworker-employment')}`;
    const ask = async (paths: readonly string[], seconds: number, remembers = true): Promise<LoadAnswer> => {
      const answer = await load.ask(
        remembers
          ? { url, paths, authorization, seconds }
          : { url: forgetfulUrl, paths, authorization: forgetfulAuthorization, seconds },
      );
      if (answer.failed > 0) throw new Error(`${answer.failed} requests failed`);
      return answer;
    };
    const plans = people.map(planPath);
    const documents = people.map((person) => `/bench/${person.id}`);
    await ask(plans, 2, false);
    await ask(plans, 2);
    await ask(documents, 1);
    const rounds: { again: LoadAnswer; anew: LoadAnswer; document: LoadAnswer }[] = [];
    for (let round = 0; round < options.rounds; round += 1)
      rounds.push({
        document: await ask(documents, options.seconds),
        anew: await ask(plans, options.seconds, false),
        again: await ask(plans, options.seconds),
      });
    const of = (side: keyof (typeof rounds)[number]): number => median(rounds.map((round) => round[side].perSecond));
    const ratio = (side: 'again' | 'anew'): number =>
      median(rounds.map((round) => round[side].perSecond / round.document.perSecond));
    const records = (JSON.parse(sample) as Record<string, unknown>) ?? {};
    return {
      again: of('again'),
      anew: of('anew'),
      documents: of('document'),
      ratioAgain: ratio('again'),
      ratioAnew: ratio('anew'),
      bytes: sample.length,
      records: Object.entries(records).reduce(
        (sum, [name, value]) =>
          sum + (Array.isArray(value) && name !== 'sources' && name !== 'links' ? value.length : 0),
        0,
      ),
      busy: Math.max(...rounds.flatMap((round) => Object.values(round).map((answer) => answer.busy))),
    };
  } finally {
    await load.close();
    await hub.app.close();
    await forgetful.app.close();
    await accessLog.close();
  }
};

/** Runs in a database server of its own, with durable commits. */
export const benchPlan = (options: PlanOptions): Promise<PlanBench> =>
  withDatabase(async ({ url, pool }) => {
    // As the web role does: log and plans have connections of their own, the plans' shared.
    const logPool = createPool(url, { max: 3 });
    const readPool = createPool(url, { max: 3, pipelined: true });
    try {
      return await measure(pool, logPool, createPipeline(readPool), options);
    } finally {
      await logPool.end();
      await readPool.end();
    }
  });
