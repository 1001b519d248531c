// The worker: one BullMQ worker per source runs its syncs, history fetches and answers to notices. A job runs at most a
// slice of a pull and then queues its own continuation, so that stopping is quick and the kinds of a source take turns.
import { HubError } from '../errors.ts';
import { answersPerCitizen, fetchHistory, shareReload } from '../pipeline/history.ts';
import { runSync, type SyncOutcome } from '../pipeline/run.ts';
import type { PipelineDeps, SyncKind, SyncSource } from '../pipeline/source.ts';
import { type BreakerRule, reportSuccess } from '../store/breaker.ts';
import { countPending, type PendingFetch, pendingFetches } from '../store/fetches.ts';
import { lockKind } from '../store/kind-lock.ts';
import { otherRunUnderWay } from '../store/leftovers.ts';
import { createRun, endRun, type RunSettings, readRun, skipRun } from '../store/runs.ts';
import { markFired } from '../store/schedules.ts';
import { readSyncState } from '../store/sync-state.ts';
import type { ConsumerRules } from './consumer-watch.ts';
import type { Expiry } from './expiry.ts';
import { causeOf, failRun, safeError } from './failure.ts';
import { noticesJob } from './notices.ts';
import { isRetried, isSourceTrouble, isStopped, jobError } from './outcome.ts';
import { mayAsk } from './probe.ts';
import type { JobData, JobHandle, Queues, SourceWorker } from './queue.ts';
import { readQueued } from './queued.ts';
import { replayJob } from './replay.ts';
import { runIdOf } from './run-id.ts';
import { arm, reconcileDue, type ScheduleRule, slotOf } from './schedule.ts';

export interface WorkSource {
  readonly source: SyncSource;
  readonly rules: readonly ScheduleRule[];
  /** What is kept of the configuration with each run of a kind; `*`: of several kinds. */
  readonly runSettings?: (kind: string) => RunSettings;
  readonly breaker: BreakerRule;
  readonly concurrency: number;
  /** When its credentials and certificates end, the soonest first. */
  readonly expiries?: readonly Expiry[];
}

export interface WorkDeps extends PipelineDeps {
  readonly queues: Queues;
  readonly sources: ReadonlyMap<string, WorkSource>;
  /** How long one job may pull before it queues its continuation. */
  readonly sliceMs: number;
  /** How long changes and runs are kept, in milliseconds. */
  readonly changeRetention: number;
  /** Registered consumers to look after; absent: nobody does. */
  readonly consumers?: ConsumerRules;
  /** A session of the pages is over when nobody came for so long; absent: there are none. */
  readonly sessionIdleMs?: number;
}

type SyncJob = Extract<JobData, { type: 'sync' }>;

/** More people waiting than this are served by one shared reload. */
const perCitizenLimit = 50;

const again = async (deps: WorkDeps, job: JobHandle, data: JobData, delayMs: number): Promise<void> => {
  await deps.queues
    .queue(data.source)
    .add(`${data.source}.${data.type}.${job.id.length > 120 ? runIdOf(job.id) : job.id}.${Date.now()}`, data, {
      delayMs,
    });
};

/** Waiting for somebody else: one job per moment, however many are asked for meanwhile. */
const waitFor = async (deps: WorkDeps, data: SyncJob, delayMs: number): Promise<void> => {
  const at = Math.ceil((Date.now() + delayMs) / 500) * 500;
  const id = [data.source, data.kind, data.want, 'waits', ...(data.runId === undefined ? [] : [data.runId]), at];
  await deps.queues.queue(data.source).add(id.join('.'), data, { delayMs: at - Date.now() });
};

/** A kind found through another waits until that one has been loaded once: its records could belong to nobody yet. */
const waitsFor = async (deps: WorkDeps, source: SyncSource, kind: SyncKind): Promise<boolean> => {
  for (const via of kind.mapping?.viaKinds ?? []) {
    const known = source.kinds.find((candidate) => candidate.name === via);
    if (known !== undefined && (await readSyncState(deps.pool, source.name, via)).lastCompleteAt === null) return true;
  }
  return false;
};

const pausedMeanwhile = (): HubError =>
  new HubError({
    code: 'run/cancelled',
    fault: 'transient',
    message: 'The kind was paused; once it is resumed, a new run goes on from the last stored page.',
  });

const syncJob = async (
  deps: WorkDeps,
  work: WorkSource,
  job: JobHandle,
  data: SyncJob,
  signal: AbortSignal,
): Promise<void> => {
  const { source } = work;
  const kind = source.kinds.find((candidate) => candidate.name === data.kind);
  const rule = work.rules.find((candidate) => candidate.kind === data.kind);
  const slot = rule === undefined ? undefined : slotOf(rule, job.id);
  if (rule !== undefined && slot !== undefined && job.attempt === 0) {
    const now = deps.clock.now();
    await markFired(deps.pool, source.name, data.kind, now);
    // A clock that is a little behind must not arm the same slot again.
    await arm(deps.pool, deps.queues, rule, new Date(Math.max(slot.getTime(), now.getTime())));
  }
  if (kind === undefined) return;
  const own = data.runId ?? runIdOf(job.id);
  const mine = await readRun(deps.pool, own);
  // Somebody else went on with it, to its end.
  if (mine?.state === 'done') return;
  const state = await readSyncState(deps.pool, source.name, kind.name);
  if (state.paused) {
    if (mine?.state === 'running') await endRun(deps.pool, own, 'cancelled', pausedMeanwhile());
    return;
  }
  if (await waitsFor(deps, source, kind)) return waitFor(deps, data, 500);
  const passed = await mayAsk(deps, work, signal);
  if (!passed.pass) {
    // A scheduled pull will come again by itself; one that has begun, or that somebody asked for, waits for the probe.
    if (mine?.state === 'running' || !data.trigger.startsWith('schedule'))
      await waitFor(deps, data, passed.waitMs + 100);
    return;
  }
  const of = { id: own, source: source.name, kind: kind.name };
  const settings = work.runSettings?.(kind.name);
  const noted = () => createRun(deps.pool, { ...of, mode: 'incremental', trigger: data.trigger, settings });
  const other = data.want === 'next' ? await otherRunUnderWay(deps.pool, of) : undefined;
  // Between two slices of another run: a second one would only take its turns, and begin anew when it has ended.
  if (other !== undefined && (await readQueued(deps.queues.queue(source.name), deps.clock.now())).goesOn(other.id)) {
    await noted();
    return skipRun(deps.pool, own);
  }
  if (other === undefined) await noted();
  // A run that had begun before its worker was killed goes on; it does not throw away what it stored.
  const known = other ?? mine;
  const runId = other?.id ?? own;
  const begun = (known?.pages ?? 0) > 0;
  const due = rule !== undefined && state.loadComplete && reconcileDue(rule, state.lastSweepAt, deps.clock.now());
  const want = begun ? 'next' : data.want === 'next' && due ? 'reconcile' : data.want;
  let outcome: SyncOutcome;
  try {
    outcome = await runSync(deps, {
      source,
      kind,
      runId,
      want,
      signal,
      until: performance.now() + deps.sliceMs,
    });
  } catch (thrown) {
    const error = safeError(thrown);
    await failRun(deps, work, runId, error);
    // A broken reload goes on as a resumed load; starting it again would throw away what it stored.
    if (want !== 'next' && isRetried(error))
      return again(deps, job, { ...data, want: 'next', runId }, error.retryAfterMs ?? 2000);
    // Stopped on purpose is nothing that was given up.
    if (isStopped(error)) return;
    throw jobError(error);
  }
  if (outcome.state === 'more') {
    await reportSuccess(deps.pool, source.name);
    return again(deps, job, { ...data, want: 'next', runId }, 0);
  }
  if (outcome.state === 'skipped' && other !== undefined) {
    await noted();
    return skipRun(deps.pool, own);
  }
  if (outcome.state === 'skipped' && (data.want !== 'next' || known?.state === 'running'))
    return waitFor(deps, { ...data, runId }, 2000);
  if (outcome.state === 'done') await reportSuccess(deps.pool, source.name);
  await askForHistory(deps, source.name);
};

/** Queues the history fetches of a source, when anybody waits for one. */
export const askForHistory = async (deps: WorkDeps, source: string): Promise<void> => {
  if ((await countPending(deps.pool, source)) > 0)
    await deps.queues
      .queue(source)
      .add(`${source}.history.${Math.floor(Date.now() / 1000)}`, { type: 'history', source });
};

/** At most one per source at a time: asking is cheap and often, fetching is not. */
const historyJob = async (deps: WorkDeps, work: WorkSource, signal: AbortSignal): Promise<void> => {
  const lock = await lockKind(deps.pool, work.source.name, '*');
  if (lock === undefined) return;
  try {
    await serveHistory(deps, work, signal);
  } finally {
    await lock.release();
  }
};

const serveHistory = async (deps: WorkDeps, work: WorkSource, signal: AbortSignal): Promise<void> => {
  const { source } = work;
  const pending = await pendingFetches(deps.pool, source.name, perCitizenLimit + 1);
  if (pending.length === 0) return;
  const mapped = source.kinds.filter((kind) => kind.mapping !== undefined);
  const states = await Promise.all(mapped.map((kind) => readSyncState(deps.pool, source.name, kind.name)));
  // A load under way may answer them all; what it does not is looked at again when it has ended.
  if (states.some((state) => !state.loadComplete || state.load === 0 || state.paused)) return;
  const opened = await source.open();
  const perCitizen = answersPerCitizen(source, opened);
  await opened.close();
  if (!perCitizen || pending.length > perCitizenLimit) return sharedReload(deps, work);
  if ((await mayAsk(deps, work, signal)).pass) await fetchEach(deps, work, pending, signal);
};

/** One citizen after the other; one who cannot be fetched holds up nobody, a source that does not answer ends it. */
const fetchEach = async (
  deps: WorkDeps,
  work: WorkSource,
  pending: readonly PendingFetch[],
  signal: AbortSignal,
): Promise<void> => {
  const { source } = work;
  for (const { citizenId } of pending) {
    if (signal.aborted) return;
    const runId = await createRun(deps.pool, {
      source: source.name,
      kind: '*',
      mode: 'citizen',
      trigger: 'history',
      settings: work.runSettings?.('*'),
    });
    try {
      await fetchHistory(deps, { source, citizenId, runId, signal });
      await reportSuccess(deps.pool, source.name);
    } catch (thrown) {
      const error = safeError(thrown);
      await failRun(deps, work, runId, error);
      if (isSourceTrouble(error) || signal.aborted) return;
    }
  }
};

const sharedReload = async (deps: WorkDeps, { source }: WorkSource): Promise<void> => {
  const slot = Math.floor(Date.now() / 1000);
  for (const kind of await shareReload(deps, source))
    await deps.queues.queue(source.name).add(`${source.name}.${kind}.history.${slot}`, {
      type: 'sync',
      source: source.name,
      kind,
      want: 'next',
      trigger: 'history',
    });
};

export interface RunningWorker {
  /** Finishes the page in hand and stops. */
  close(): Promise<void>;
}

export const startWorker = (deps: WorkDeps): RunningWorker => {
  const stop = new AbortController();
  const workers: SourceWorker[] = [...deps.sources.values()].map((work) =>
    deps.queues.work(
      work.source.name,
      work.concurrency,
      async (job) => {
        try {
          if (job.data.type === 'sync') await syncJob(deps, work, job, job.data, stop.signal);
          else if (job.data.type === 'history') await historyJob(deps, work, stop.signal);
          else if (job.data.type === 'replay') await replayJob(deps, work, job.data, stop.signal);
          else await noticesJob(deps, work, stop.signal);
        } catch (thrown) {
          // Only safe text may reach the queue's store.
          if (thrown instanceof Error && thrown.stack === thrown.message) throw thrown;
          const error = safeError(thrown);
          deps.log.warn({
            event: 'job.failed',
            source: work.source.name,
            type: job.data.type,
            error,
            cause: causeOf(error),
          });
          throw jobError(error);
        }
      },
      (code) => deps.log.warn({ event: 'queue.error', source: work.source.name, code }),
    ),
  );
  return {
    async close() {
      stop.abort();
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
};
