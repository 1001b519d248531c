// The job that answers a source's notices: at most one per source at a time, within the source's breaker and budget. It
// carries the source's name only; what is to be asked about lies in Postgres.
import { fetchNotices, leaveToPulls, planNotices } from '../pipeline/notices.ts';
import { reportSuccess } from '../store/breaker.ts';
import { lockKind } from '../store/kind-lock.ts';
import { delayNotices, dueNotices, endNotices, type OpenNotice } from '../store/notices.ts';
import { createRun, endRun, startRun } from '../store/runs.ts';
import { readSyncState } from '../store/sync-state.ts';
import { failRun, safeError } from './failure.ts';
import { mayAsk } from './probe.ts';
import type { Queues } from './queue.ts';
import type { WorkDeps, WorkSource } from './worker.ts';

/** So many notices at a time; more are another job. */
const atOnce = 500;
/** What its runs and its lock are called: no kind's name. */
const name = '*notices';

/** Soon, and once however often it is asked for. */
export const queueNotices = (queues: Queues, source: string): Promise<void> =>
  queues.queue(source).add(`${source}.notices.${Math.floor(Date.now() / 500)}`, { type: 'notices', source });

/** Pulls of kinds whose notices nobody can be asked about, and of sources that keep messages. */
export const queuePulls = async (queues: Queues, source: string, kinds: readonly string[]): Promise<void> => {
  for (const kind of kinds)
    await queues.queue(source).add(`${source}.${kind}.notice.${Math.floor(Date.now() / 2000)}`, {
      type: 'sync',
      source,
      kind,
      want: 'next',
      trigger: 'notice',
    });
};

/** Those of kinds that are stored and not paused; the others end, or wait. */
const answerable = async (
  deps: WorkDeps,
  { source }: WorkSource,
  due: readonly OpenNotice[],
): Promise<readonly OpenNotice[]> => {
  const kept: OpenNotice[] = [];
  for (const [kind, own] of Map.groupBy(due, (notice) => notice.kind)) {
    const known = source.kinds.find((candidate) => candidate.name === kind && candidate.mapping !== undefined);
    if (known === undefined) await endNotices(deps.pool, own, 'config/unknown-name');
    else if ((await readSyncState(deps.pool, source.name, kind)).paused) await delayNotices(deps.pool, own, 60_000);
    else kept.push(...own);
  }
  return kept;
};

const answer = async (deps: WorkDeps, work: WorkSource, signal: AbortSignal): Promise<boolean> => {
  const { source } = work;
  const due = await dueNotices(deps.pool, deps.keys, source.name, atOnce);
  const own = await answerable(deps, work, due);
  if (own.length === 0) return false;
  const opened = await source.open();
  try {
    const plans = planNotices(source, opened, own);
    await queuePulls(deps.queues, source.name, await leaveToPulls(deps, source, plans));
    if (plans.every((plan) => plan.named.length + plan.keyed.length + plan.gone.length === 0)) return false;
    if (!(await mayAsk(deps, work, signal)).pass) return false;
    const runId = await createRun(deps.pool, {
      source: source.name,
      kind: name,
      mode: 'citizen',
      trigger: 'notices',
      settings: work.runSettings?.(name),
    });
    await startRun(deps.pool, runId, 'citizen');
    try {
      await fetchNotices(deps, { source, runId, signal }, opened, plans);
      await endRun(deps.pool, runId, 'done');
      await reportSuccess(deps.pool, source.name);
    } catch (thrown) {
      await failRun(deps, work, runId, safeError(thrown));
      return false;
    }
    deps.log.info({ event: 'notices.answered', source: source.name, run: runId, notices: own.length });
    return due.length === atOnce;
  } finally {
    await opened.close().catch(() => undefined);
  }
};

export const noticesJob = async (deps: WorkDeps, work: WorkSource, signal: AbortSignal): Promise<void> => {
  const lock = await lockKind(deps.pool, work.source.name, name);
  if (lock === undefined) return;
  try {
    if (await answer(deps, work, signal)) await queueNotices(deps.queues, work.source.name);
  } finally {
    await lock.release();
  }
};
