// Whatever comes and goes, whichever of two workers looks, wherever one is killed between commit and send: each episode that
// held long enough opens once and resolves once, each contact hears of both, and what is sent twice has one id.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AlertDeps } from '../../src/jobs/alerts.ts';
import type { Mailer } from '../../src/mail/send.ts';
import type { SendWebhook } from '../../src/webhook/send.ts';
import { useDatabase } from '../postgres.ts';
import { type AlertBench, configure, createBench, emptied, reachable, startPlaces } from './bench.ts';

const database = useDatabase();
let places: Awaited<ReturnType<typeof startPlaces>>;
beforeAll(async () => {
  places = await startPlaces();
});
afterAll(() => places.close());

const stepMs = 10_000;
const [forMs, clearMs] = [30_000, 20_000];
const subjects = ['momentum', 'sensum'] as const;

interface Step {
  /** Of each subject: is it wrong? */
  readonly wrong: readonly [boolean, boolean];
  readonly workers: 'one' | 'other' | 'both' | 'none';
  readonly send: 'well' | 'killed before' | 'killed after' | 'not';
}

/** Conditions last a while, so that some of them are long enough. */
const runs = fc
  .array(fc.record({ wrong: fc.boolean(), steps: fc.integer({ min: 1, max: 6 }) }), { minLength: 2, maxLength: 8 })
  .map((all) => all.flatMap(({ wrong, steps }) => Array.from({ length: steps }, () => wrong)));
const history: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    runs,
    runs,
    fc.infiniteStream(fc.constantFrom('one', 'other', 'both', 'both', 'none' as const)),
    fc.infiniteStream(fc.constantFrom('well', 'killed before', 'killed after', 'not' as const)),
  )
  .map(([a, b, workers, sends]) =>
    Array.from(
      { length: Math.max(a.length, b.length) },
      (_, n): Step => ({
        wrong: [a[n] ?? false, b[n] ?? false],
        workers: workers.next().value,
        send: sends.next().value,
      }),
    ),
  );

/** The episodes of one subject, as [opened, resolved] in steps, by what was seen when somebody looked. */
const episodesOf = (
  seen: readonly (readonly [step: number, wrong: boolean])[],
): readonly (readonly [number, number])[] => {
  const found: [number, number][] = [];
  let [open, since]: [number | undefined, number | undefined] = [undefined, undefined];
  for (const [step, wrong] of seen) {
    // Since when it has been otherwise than it counts.
    since = wrong === (open === undefined) ? (since ?? step) : undefined;
    if (since === undefined || (step - since) * stepMs < (open === undefined ? forMs : clearMs)) continue;
    if (open === undefined) open = step;
    else {
      found.push([open, step]);
      open = undefined;
    }
    since = undefined;
  }
  return found;
};

class Killed extends Error {}

/** A worker that is killed before its message leaves, or after it and before that is written down. */
const killed = (deps: AlertDeps, when: Step['send']): AlertDeps => {
  const wrap =
    <In, Out>(send: (given: In) => Promise<Out>) =>
    async (given: In): Promise<Out> => {
      if (when === 'killed after') await send(given);
      throw new Killed();
    };
  return {
    ...deps,
    post: wrap(deps.post) satisfies SendWebhook,
    mailer: { send: wrap((mail: Parameters<Mailer['send']>[0]) => (deps.mailer as Mailer).send(mail)) },
  };
};

const sendAs = async (bench: AlertBench, how: Step['send']): Promise<void> => {
  if (how === 'not') return;
  if (how === 'well') return void (await bench.send());
  await bench.send(killed(bench.deps, how)).catch((thrown: unknown) => {
    if (!(thrown instanceof Killed)) throw thrown;
  });
};

/** Everything that was heard: who, of which alert, what, under which id. */
const heard = () => [
  ...places.mail.got.map(({ to, text, headers }) => ({
    who: to,
    alert: /\/admin\/alerts\/([0-9a-f-]+)/.exec(text)?.[1] ?? '',
    over: headers.get('subject')?.includes('L=C3=B8st') === true,
    id: headers.get('message-id') ?? '',
  })),
  ...places.receiver.got.map(({ body, headers }) => {
    const { type, data } = JSON.parse(body) as { type: string; data: { alert: string } };
    return { who: 'webhook', alert: data.alert, over: type.endsWith('resolved'), id: String(headers['webhook-id']) };
  }),
];

it('opens once, resolves once, and is heard of by everybody', async () => {
  const pool = database.pool();
  const config = configure({
    ...reachable(places.mail, places.receiver),
    rules: { 'source-late': { for: '30s', clear: '20s' } },
  });
  let [episodes, twice] = [0, 0];
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      await emptied(pool);
      places.mail.got.length = 0;
      places.receiver.got.length = 0;
      const bench = createBench(pool, config, { rules: ['source-late'] });
      const start = bench.now().getTime();
      const seen: [number, boolean, boolean][] = [];
      const quiet: Step = { wrong: [false, false], workers: 'one', send: 'well' };
      for (const [n, { wrong, workers, send }] of [...steps, ...Array.from({ length: 4 }, () => quiet)].entries()) {
        bench.wrong.set(
          'source-late',
          subjects.filter((_, i) => wrong[i]).map((subject) => ({ subject, said: { source: subject, step: n } })),
        );
        if (workers !== 'none') {
          await Promise.all(workers === 'both' ? [bench.round(), bench.round()] : [bench.round()]);
          seen.push([n, wrong[0], wrong[1]]);
        }
        await sendAs(bench, send);
        bench.pass(stepMs);
      }
      // Whoever was killed holds its message for two minutes.
      bench.pass(180_000);
      await bench.send();
      await bench.send();

      const { rows } = await pool.query<{ id: string; subject: string; opened_at: Date; resolved_at: Date | null }>(
        'select id, subject, opened_at, resolved_at from alert order by opened_at',
      );
      const stepOf = (at: Date | null): number => ((at?.getTime() ?? Number.NaN) - start) / stepMs;
      for (const [i, subject] of subjects.entries()) {
        const expected = episodesOf(seen.map((one) => [one[0], one[i === 0 ? 1 : 2]]));
        const stored = rows.filter((row) => row.subject === subject);
        expect(stored.map((row) => [stepOf(row.opened_at), stepOf(row.resolved_at)])).toEqual(expected);
        episodes += expected.length;
      }
      const all = heard();
      for (const { id } of rows)
        for (const who of ['vagt@kommune.example', 'leder@kommune.example', 'webhook']) {
          const mine = all.filter((one) => one.alert === id && one.who === who);
          expect(mine.map(({ over }) => over)).toEqual(mine.map(({ over }) => over).toSorted());
          for (const over of [false, true]) {
            const same = mine.filter((one) => one.over === over);
            expect(same.length).toBeGreaterThan(0);
            expect(new Set(same.map((one) => one.id)).size).toBe(1);
            twice += same.length - 1;
          }
        }
      expect(all.every(({ alert }) => rows.some(({ id }) => id === alert))).toBe(true);
      expect((await pool.query(`select from alert_notice where state <> 'delivered'`)).rowCount).toBe(0);
    }),
    { numRuns: 12 },
  );
  // What would prove nothing: no episodes, or nobody killed at the wrong moment.
  expect(episodes).toBeGreaterThan(5);
  expect(twice).toBeGreaterThan(0);
}, 30_000);
