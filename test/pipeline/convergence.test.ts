// Whatever the order in which pulls, notices and histories are asked, read and stored while the source changes: when all
// is quiet, the hub holds what the source holds. No clock, no luck: answers arrive when the test says so.
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { HubError } from '../../src/errors.ts';
import { fetchHistory } from '../../src/pipeline/history.ts';
import type { PipelineDeps } from '../../src/pipeline/source.ts';
import { createRun } from '../../src/store/runs.ts';
import { useDatabase } from '../postgres.ts';
import {
  answerNotices,
  type Controlled,
  controlled,
  openNotices,
  pullCases,
  type Question,
  tell,
  titles,
} from './notice-toy.ts';
import { anna, bo, carl, caseOf, enrolToy, noData, type ToyData, toyDeps } from './toy.ts';

const database = useDatabase();
let deps: PipelineDeps;
let people: readonly { readonly cpr: string; readonly citizenId: string }[];

beforeAll(async () => {
  deps = toyDeps(database.pool());
  people = await Promise.all(
    [anna, bo].map(async (cpr) => ({ cpr, citizenId: (await enrolToy(deps, cpr)).citizenId })),
  );
});

type Way = 'citizen' | 'keys';
interface Step {
  readonly what: 'write' | 'remove' | 'pull' | 'push' | 'history' | 'arrive';
  readonly n: number;
  readonly owner: number;
}

/** What was started and has not ended, each at a question or on its way to the next. */
const createPlay = (toy: Controlled) => {
  const running = new Set<Promise<void>>();
  const waiting: Question[] = [];
  let asked = toy.next();
  const start = (work: Promise<unknown>): void => {
    const own: Promise<void> = work.then(
      () => void running.delete(own),
      (error: unknown) => {
        running.delete(own);
        if (!(error instanceof HubError) || error.code !== 'run/overtaken') throw error;
      },
    );
    running.add(own);
  };
  /** Until everything under way waits for an answer. */
  const settle = async (): Promise<void> => {
    while (running.size > waiting.length) {
      const question = await Promise.race([asked, ...running]);
      if (question === undefined) continue;
      waiting.push(question);
      asked = toy.next();
    }
  };
  return { running, waiting, start, settle };
};

const owners = [[anna], [bo], [anna, bo], [carl]] as const;

const play = async (steps: readonly Step[], ways: readonly Way[], names: boolean): Promise<void> => {
  await database
    .pool()
    .query(
      'truncate subject_key, record, record_version, record_body, link, change, load_page, sync_state, notice, look, look_mark, held_deletion cascade',
    );
  const data: ToyData = noData();
  const guard = { count: 1000, share: 1 };
  const toy = controlled(data, { ways, mode: 'snapshot', guard });
  const { running, waiting, start, settle } = createPlay(toy);
  const untold: { key: string; change: 'updated' | 'deleted'; citizens: readonly string[] | undefined }[] = [];
  let version = 0;
  const about = (cprs: readonly string[]): readonly string[] | undefined =>
    names || !ways.includes('keys')
      ? people.filter(({ cpr }) => cprs.includes(cpr)).map(({ citizenId }) => citizenId)
      : undefined;
  const ownersOf = (key: string): readonly string[] =>
    data.case
      .filter((record) => record.key === key)
      .flatMap(({ body }) => (body as { persons: { cpr: string }[] }).persons.map(({ cpr }) => cpr));
  const write = (key: string, cprs: readonly string[]): void => {
    const before = ownersOf(key);
    data.case = data.case.filter((record) => record.key !== key);
    version += 1;
    // Few different titles, so that a state comes back that was there before.
    if (cprs.length > 0) data.case.push(caseOf(key, cprs, `title ${version % 3}`));
    untold.push({ key, change: cprs.length > 0 ? 'updated' : 'deleted', citizens: about([...before, ...cprs]) });
  };
  const tellAll = async (): Promise<void> =>
    tell(
      deps,
      toy.source,
      untold.splice(0).filter(({ citizens }) => citizens?.length !== 0),
    );
  const history = async (citizenId: string): Promise<unknown> => {
    const runId = await createRun(deps.pool, { source: 'toy', kind: '*', mode: 'citizen', trigger: 'test' });
    return fetchHistory(deps, { source: toy.source, citizenId, runId, signal: new AbortController().signal });
  };
  for (const { what, n, owner } of steps) {
    if (what === 'write') write(`c${n}`, owners[owner] ?? [anna]);
    if (what === 'remove') write(`c${n}`, []);
    if (what === 'push') await tellAll();
    if (running.size < 4) {
      if (what === 'pull') start(pullCases(deps, toy.source));
      if (what === 'push') start(answerNotices(deps, toy.source));
      if (what === 'history') start(history(people[owner % 2]?.citizenId ?? ''));
    }
    if (what === 'arrive') waiting.splice(n % Math.max(1, waiting.length), 1)[0]?.give();
    await settle();
  }
  toy.free();
  for (const question of waiting) question.give();
  await Promise.all(running);
  await tellAll();
  // Told and asked until nothing waits; no pull helps.
  for (let rounds = 0; (await openNotices(database.pool())).length > 0; rounds += 1) {
    expect(rounds).toBeLessThan(20);
    await database.pool().query('update notice set next_at = now()');
    await answerNotices(deps, toy.source);
  }
  const enrolled = data.case.filter(({ key }) => ownersOf(key).some((cpr) => people.some((one) => one.cpr === cpr)));
  const wanted = Object.fromEntries(
    enrolled.map(({ key, body }) => [key, (body as { title: string }).title] as const).sort(),
  );
  expect(await titles(database.pool())).toEqual(wanted);
};

const one = (...what: readonly Step['what'][]): fc.Arbitrary<Step> =>
  fc.record({ what: fc.constantFrom(...what), n: fc.nat(1), owner: fc.nat(3) });
const change = one('write', 'write', 'remove');
const look = one('pull', 'push', 'history');
/** Two looks with a change between them, most of the time overlapping; some answers arrive only in a later round. */
const round = fc
  .tuple(change, look, change, look, fc.array(change, { maxLength: 1 }), fc.array(one('arrive'), { maxLength: 4 }))
  .map(([before, first, between, second, after, arrivals]) => [before, first, between, second, ...after, ...arrivals]);

it('when all is quiet, the hub holds what the source holds', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(round, { minLength: 1, maxLength: 5 }).map((rounds) => rounds.flat()),
      fc.constantFrom<readonly Way[]>(['citizen'], ['keys', 'citizen']),
      fc.boolean(),
      play,
    ),
    { numRuns: 40, endOnFailure: true },
  );
});
