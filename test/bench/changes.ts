// Benchmark (f): `changes` to one consumer that reads a snapshot, by poll and by stream, and what fifty consumers cost that
// wait while nothing happens. (g): `$everything` beside the plan of the same citizens.
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { createPool, type Pool } from '../../src/store/db.ts';
import { config, createHub, type Hub, personaNamed } from '../feed/fixture.ts';
import { startChild } from './child.ts';
import { fillCitizens } from './citizens.ts';
import { withDatabase } from './database.ts';
import type { FollowAnswer, FollowQuestion } from './follow.ts';
import type { LoadAnswer, LoadQuestion } from './load.ts';
import { median } from './table.ts';

export interface ChangesOptions {
  readonly citizens: number;
  readonly rounds: number;
  readonly seconds: number;
}

export interface ChangesBench {
  readonly polled: number;
  readonly streamed: number;
  /** Of one page. */
  readonly entries: number;
  readonly bytesEach: number;
  /** Share of a core of this process, in percent, while fifty wait. */
  readonly idle: number;
  readonly plans: number;
  readonly everything: number;
  /** Median of the rounds' ratios. */
  readonly ratioEverything: number;
}

const waiters = Array.from({ length: 50 }, (_, n) => `waiter-${n}`);

const idleShare = async (seconds: number): Promise<number> => {
  const [cpu, started] = [process.cpuUsage(), performance.now()];
  await sleep(seconds * 1000);
  const used = process.cpuUsage(cpu);
  return ((used.user + used.system) / 1000 / (performance.now() - started)) * 100;
};

const measure = async (hub: Hub, pool: Pool, options: ChangesOptions): Promise<ChangesBench> => {
  const follow = startChild<FollowQuestion, FollowAnswer>(new URL('follow.ts', import.meta.url));
  const load = startChild<LoadQuestion, LoadAnswer>(new URL('load.ts', import.meta.url));
  try {
    const people = await fillCitizens(hub, options.citizens);
    for (const person of people) await hub.world.say(person, 'grant', 'consumer:borgerportal', { upTo: 'sensitive' });
    await pool.query('analyze');
    const url = await hub.app.listen({ port: 0, host: '127.0.0.1' });
    const tokenOf = async (consumer: string): Promise<string> =>
      `Bearer ${await hub.token({ ...personaNamed('consumer-system'), person: consumer, consumer })}`;
    const authorizations = [await tokenOf('borgerportal')];
    const read = async (how: 'poll' | 'stream'): Promise<FollowAnswer> => {
      const answer = await follow.ask({ url, authorizations, do: how });
      if (answer.entries !== people.length * 61) throw new Error(`${answer.entries} entries`);
      return answer;
    };
    await read('poll');
    const [polls, streams]: [FollowAnswer[], FollowAnswer[]] = [[], []];
    for (let round = 0; round < options.rounds; round += 1) {
      polls.push(await read('poll'));
      streams.push(await read('stream'));
    }
    await follow.ask({ url, authorizations: await Promise.all(waiters.map(tokenOf)), do: 'wait' });
    const connections = promisify(hub.app.server.getConnections.bind(hub.app.server));
    for (let n = 0; (await connections()) < waiters.length; n += 1) {
      if (n === 20) throw new Error(`${await connections()} wait`);
      await sleep(500);
    }
    await sleep(1000);
    const idle = await idleShare(Math.max(5, options.seconds));
    await follow.ask({ url, authorizations: [], do: 'leave' });

    const authorization = `Bearer ${await hub.token('caseworker-employment')}`;
    const ask = async (paths: readonly string[], seconds: number): Promise<LoadAnswer> => {
      const answer = await load.ask({ url, paths, authorization, seconds });
      if (answer.failed > 0) throw new Error(`${answer.failed} requests failed`);
      return answer;
    };
    const plans = people.map((person) => `/v1/citizens/${person.id}/plan`);
    const everything = people.map((person) => `/fhir/Patient/${person.id}/$everything`);
    await ask(plans, 1);
    await ask(everything, 1);
    const rounds: { plan: number; everything: number }[] = [];
    for (let round = 0; round < options.rounds; round += 1)
      rounds.push({
        plan: (await ask(plans, options.seconds)).perSecond,
        everything: (await ask(everything, options.seconds)).perSecond,
      });
    const speed = (answers: readonly FollowAnswer[]): number => median(answers.map((one) => one.entries / one.seconds));
    return {
      polled: speed(polls),
      streamed: speed(streams),
      entries: polls[0]?.entries ?? 0,
      bytesEach: (polls[0]?.bytes ?? 0) / (polls[0]?.entries ?? 1),
      idle,
      plans: median(rounds.map((one) => one.plan)),
      everything: median(rounds.map((one) => one.everything)),
      ratioEverything: median(rounds.map((one) => one.everything / one.plan)),
    };
  } finally {
    await follow.close();
    await load.close();
  }
};

/** Runs in a database server of its own, with durable commits. */
export const benchChanges = (options: ChangesOptions): Promise<ChangesBench> =>
  withDatabase(async ({ url, pool }) => {
    const logPool = createPool(url, { max: 3 });
    const keys = createKeyRing(newKeyMaterial());
    const accessLog = createAccessLog(logPool, keys);
    const [portal] = config.consumers;
    const consumers = [...config.consumers, ...waiters.map((id) => ({ ...portal, id }))] as typeof config.consumers;
    const hub = await createHub(pool, {
      keys,
      accessLog,
      unchecked: true,
      config: { ...config, consumers, rateLimitPerMinute: 100_000_000 },
    });
    try {
      return await measure(hub, pool, options);
    } finally {
      hub.app.server.closeAllConnections();
      await hub.app.close();
      await accessLog.close();
      await logPool.end();
    }
  });
