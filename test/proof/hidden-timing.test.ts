// Hidden and absent take the same time, because refusals leave by a clock: how well a stranger could tell them apart by the clock, as the chance that the
// slower of two answers is the hidden one's. A half is chance. Only by SAMSPIL_TIMING=<rounds>: a busy machine makes noise.
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { config, createHub, type Hub, type Person } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';

const rounds = Number(process.env['SAMSPIL_TIMING'] ?? 0);
const database = useDatabase();
const keys = createKeyRing(newKeyMaterial());
let hub: Hub;
let hidden: Person;

beforeAll(async () => {
  const accessLog = createAccessLog(database.pool(), keys);
  hub = await createHub(database.pool(), {
    keys,
    accessLog,
    config: { ...config, rateLimitPerMinute: 10_000_000 },
    notFoundEveryMs: 25,
  });
  for (const unit of ['jobcenter', 'sundhed']) await hub.world.unit(unit, null);
  hidden = await hub.world.person('0102703333');
  for (let n = 0; n < 60; n += 1)
    await hub.world.record({ citizens: [hidden], ownerUnit: 'sundhed', domain: 'health' });
});

/** The chance that a draw of the first is greater than one of the second (Mann and Whitney's U over all pairs). */
const advantage = (first: readonly number[], second: readonly number[]): number => {
  const all = [...first.map((ms) => ({ ms, own: true })), ...second.map((ms) => ({ ms, own: false }))];
  all.sort((a, b) => a.ms - b.ms);
  const ranks = all.reduce((sum, { own }, rank) => (own ? sum + rank + 1 : sum), 0);
  return (ranks - (first.length * (first.length + 1)) / 2) / (first.length * second.length);
};

const paths = ['plan', 'calendar', 'timeline', 'overlaps', 'consents', 'enrolments', 'explain'];

it.runIf(rounds > 0).each(paths)(
  '…/%s',
  async (path) => {
    const authorization = `Bearer ${await hub.token('caseworker-employment', { claims: { scope: 'plan.read calendar.read consents.write enrolments.write log.read' } })}`;
    const timed = async (id: string): Promise<number> => {
      const started = performance.now();
      const answer = await hub.app.inject({ url: `/v1/citizens/${id}/${path}`, headers: { authorization } });
      expect(answer.statusCode).toBe(404);
      return performance.now() - started;
    };
    const [there, absent]: [number[], number[]] = [[], []];
    for (let n = 0; n < 50; n += 1) await timed(n % 2 === 0 ? hidden.id : randomUUID());
    for (let n = 0; n < rounds; n += 1) {
      // In turns and in both orders, so that drift and warmth fall on both.
      if (n % 2 === 0) there.push(await timed(hidden.id));
      absent.push(await timed(randomUUID()));
      if (n % 2 === 1) there.push(await timed(hidden.id));
    }
    const found = advantage(there, absent);
    console.info(`${path}: ${found.toFixed(3)}`);
    expect(Math.abs(found - 0.5)).toBeLessThan(0.1);
  },
  600_000,
);
