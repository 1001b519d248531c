// The half-open breaker: of all kinds and all workers one asks, with the probe and nothing else, and decides for all.
import { expect, it, vi } from 'vitest';
import type { ProbeResult } from '../../src/adapter/contract.ts';
import type { SyncSource } from '../../src/pipeline/source.ts';
import { listBreakers } from '../../src/store/breaker.ts';
import { noData, toySource } from '../pipeline/toy.ts';
import { useDatabase } from '../postgres.ts';
import { guarded, useJobs, workSource } from './fixture.ts';

const database = useDatabase();
const open = useJobs(database);

const down: ProbeResult = { up: false, ms: 0, code: 'source/timeout', message: 'No answer.' };

/** A source whose probe waits for the test to say how it went. */
const probed = () => {
  const asked: ((result: ProbeResult) => void)[] = [];
  const pulled: string[] = [];
  const toy = guarded(toySource(noData()), (kind) => void pulled.push(kind));
  const source: SyncSource = {
    ...toy,
    open: async () => ({
      ...(await toy.open()),
      probe: () => new Promise<ProbeResult>((resolve) => asked.push(resolve)),
    }),
  };
  return { source, asked, pulled };
};

const stateOf = async (source: string) =>
  (await listBreakers(database.pool())).find((breaker) => breaker.source === source)?.state;

/** The breaker has been open, and its time has come. */
const openSince = (source: string) =>
  database.pool().query(
    `insert into breaker (source, state, failures, opened_at, probe_at) values ($1, 'open', 5, now(), now() - interval '1 second')
       on conflict (source) do update set state = 'open', probe_at = now() - interval '1 second'`,
    [source],
  );

const settled = () => new Promise((resolve) => setTimeout(resolve, 700));

it('asks once across three kinds and two workers; the answer is for all', async () => {
  const { source, asked, pulled } = probed();
  const work = workSource(source, { breaker: { failures: 5, probeAfter: 60_000 } });
  const { name } = work.source;
  const workers = [open([work]), open([work])];
  await openSince(name);
  for (const worker of workers) worker.work();
  for (const worker of workers) for (const kind of ['person', 'case', 'task']) await worker.sync(name, kind);
  await vi.waitFor(() => expect(asked).toHaveLength(1), { timeout: 10_000 });
  expect(await stateOf(name)).toBe('half-open');
  await settled();
  expect(asked).toHaveLength(1);
  expect(pulled).toEqual([]);

  // Down: nothing was pulled, and nobody asks again before the time.
  asked[0]?.(down);
  await vi.waitFor(async () => expect(await stateOf(name)).toBe('open'), { timeout: 5000 });
  await settled();
  expect(asked).toHaveLength(1);
  expect(pulled).toEqual([]);
  expect(workers.flatMap(({ log }) => log).filter(({ event }) => event === 'breaker.probed')).toHaveLength(1);

  // Up: whoever asked pulls, that closes the breaker, and the others follow.
  await openSince(name);
  await workers[1]?.sync(name, 'case');
  await vi.waitFor(() => expect(asked).toHaveLength(2), { timeout: 10_000 });
  asked[1]?.({ up: true, ms: 1 });
  await vi.waitFor(async () => expect(await stateOf(name)).toBe('closed'), { timeout: 10_000 });
  await workers[0]?.sync(name, 'person');
  await vi.waitFor(() => expect(pulled).toContain('person'), { timeout: 10_000 });
  expect(asked).toHaveLength(2);
}, 40_000);

it('a source that answers, if only that it refuses us, is not dead', async () => {
  const { source, asked, pulled } = probed();
  const work = workSource(source, { breaker: { failures: 5, probeAfter: 60_000 } });
  const bench = open([work]);
  await openSince(work.source.name);
  bench.work();
  await bench.sync(work.source.name, 'case');
  await vi.waitFor(() => expect(asked).toHaveLength(1), { timeout: 10_000 });
  asked[0]?.({ up: false, ms: 1, code: 'source/unauthorised', message: 'No.' });
  await vi.waitFor(() => expect(pulled).toContain('case'), { timeout: 10_000 });
});
