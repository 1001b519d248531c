// Looks every few seconds whether what Postgres says is due is really happening: schedules that stopped firing are
// re-armed (and it says so), loads that a killed worker left are resumed, people waiting for their history are served,
// notices nobody was woken for are answered, credentials that end are told of, consumers that owe something are reminded,
// a new month's figures are counted, what has passed its retention goes. It needs nothing from the queue's memory.
import { randomUUID } from 'node:crypto';
import product from '../../package.json' with { type: 'json' };
import { pruneChanges } from '../store/change-log.ts';
import { storeError } from '../store/db.ts';
import { takeFigures } from '../store/figure-months.ts';
import { expireMessages } from '../store/inbox.ts';
import { endAbandoned, idleRuns, retryFailedFetches, sourcesWaiting, unfinishedLoads } from '../store/leftovers.ts';
import { forgetLooks } from '../store/looks.ts';
import { expireNotices, sourcesWithNotices } from '../store/notices.ts';
import { expireQuarantine } from '../store/quarantine.ts';
import { expireRetained } from '../store/retained.ts';
import { pruneRuns } from '../store/runs.ts';
import { overdue, writeSchedule } from '../store/schedules.ts';
import { pruneSessions } from '../store/sessions.ts';
import { forgetWorker, seenEveryMs, seeWorker } from '../store/workers.ts';
import { createConsumerWatch } from './consumer-watch.ts';
import { createExpiryWatch } from './expiry.ts';
import { queueNotices } from './notices.ts';
import { type Queued, readQueued } from './queued.ts';
import { repeat } from './repeat.ts';
import { enqueueSlot, nextDue, slotId } from './schedule.ts';
import { askForHistory, type WorkDeps } from './worker.ts';

export interface Watchdog {
  /** One round now; the timer does the same. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

/** What the queues hold of the sources that are asked about, each read once a round. */
const queuedIn = (deps: WorkDeps): ((source: string) => Promise<Queued>) => {
  const read = new Map<string, Promise<Queued>>();
  return (source) => {
    const known = read.get(source) ?? readQueued(deps.queues.queue(source), deps.clock.now());
    read.set(source, known);
    return known;
  };
};

const rearm = async (deps: WorkDeps, graceMs: number, queued: ReturnType<typeof queuedIn>): Promise<void> => {
  const now = deps.clock.now();
  for (const late of await overdue(deps.pool, graceMs)) {
    const rule = deps.sources.get(late.source)?.rules.find((candidate) => candidate.kind === late.kind);
    if (rule === undefined) continue;
    // It did fire, and waits for its turn at a busy source.
    if ((await queued(late.source)).holds(slotId(rule, late.nextAt))) continue;
    const at = nextDue(rule, now);
    await writeSchedule(deps.pool, { ...rule, nextAt: at, firedAt: undefined, rearmed: true });
    await enqueueSlot(deps.queues, rule, at, now);
    await deps.queues.queue(rule.source).add(`${rule.source}.${rule.kind}.watchdog.${late.nextAt.getTime()}`, {
      type: 'sync',
      source: rule.source,
      kind: rule.kind,
      want: 'next',
      trigger: 'watchdog',
    });
    deps.log.warn({
      event: 'schedule.rearmed',
      source: rule.source,
      kind: rule.kind,
      missed: late.nextAt.toISOString(),
    });
  }
};

/**
 * Runs and loads that nobody works on and no job will go on with. A job in a worker's hands may be about to begin, or its
 * worker may have been killed: what looks idle at two rounds in a row is.
 */
const resume = async (
  deps: WorkDeps,
  queued: ReturnType<typeof queuedIn>,
  before: ReadonlySet<string>,
): Promise<ReadonlySet<string>> => {
  const idle = new Set<string>();
  const isLeft = async (source: string, kind: string, goesOn: (jobs: Queued) => boolean): Promise<boolean> => {
    const jobs = await queued(source);
    if (goesOn(jobs)) return false;
    idle.add(`${source}/${kind}`);
    return !jobs.taken(kind) || before.has(`${source}/${kind}`);
  };
  const abandoned: string[] = [];
  for (const { id, source, kind } of await idleRuns(deps.pool))
    if (!deps.sources.has(source) || (await isLeft(source, kind, (jobs) => jobs.goesOn(id)))) abandoned.push(id);
  for (const { source, kind, id } of abandoned.length === 0 ? [] : await endAbandoned(deps.pool, abandoned))
    deps.log.warn({ event: 'run.abandoned', source, kind, run: id });
  const slot = Math.floor(Date.now() / 5000);
  for (const { source, kind, runId } of await unfinishedLoads(deps.pool)) {
    if (!deps.sources.has(source) || !(await isLeft(source, kind, (jobs) => jobs.pulls(kind)))) continue;
    await deps.queues.queue(source).add(`${source}.${kind}.resume.${slot}`, {
      type: 'sync',
      source,
      kind,
      want: 'next',
      trigger: 'resume',
      ...(runId === null ? {} : { runId }),
    });
  }
  return idle;
};

const serve = async (deps: WorkDeps): Promise<void> => {
  await retryFailedFetches(deps.pool, 15 * 60_000);
  for (const source of await sourcesWaiting(deps.pool)) if (deps.sources.has(source)) await askForHistory(deps, source);
  for (const source of await sourcesWithNotices(deps.pool))
    if (deps.sources.has(source)) await queueNotices(deps.queues, source);
};

/** Once an hour: what has passed its retention goes. */
const tidy = async (deps: WorkDeps): Promise<void> => {
  await expireQuarantine(deps.pool);
  await expireRetained(deps.pool);
  await expireNotices(deps.pool);
  await forgetLooks(deps.pool, 86_400_000);
  await expireMessages(deps.pool);
  await pruneRuns(deps.pool, deps.changeRetention);
  if (deps.sessionIdleMs !== undefined)
    await pruneSessions(deps.pool, { now: deps.clock.now(), idleMs: deps.sessionIdleMs });
  const changes = await pruneChanges(deps.pool, deps.changeRetention);
  if (changes > 0) deps.log.info({ event: 'changes.pruned', changes });
};

/** The first of those who look in a new month counts it, which takes a while; for the others there is nothing to do. */
const countFigures = async (deps: WorkDeps, signal: AbortSignal): Promise<void> => {
  try {
    const month = await takeFigures(deps.pool, deps.keys, deps.clock.now(), signal);
    if (month !== undefined) deps.log.info({ event: 'figures.counted', month });
  } catch (error) {
    deps.log.warn({ event: 'figures.failed', error: storeError(error) });
  }
};

export const startWatchdog = (
  deps: WorkDeps,
  options: { readonly everyMs?: number; readonly graceMs?: number } = {},
): Watchdog => {
  let tidyAt = 0;
  let sayAt = 0;
  let countAt = 0;
  let idle: ReadonlySet<string> = new Set();
  let counting: Promise<void> = Promise.resolve();
  const stopping = new AbortController();
  const self = { id: randomUUID(), version: product.version, startedAt: deps.clock.now() };
  const expiries = createExpiryWatch(deps.log);
  const consumers = deps.consumers === undefined ? undefined : createConsumerWatch(deps.pool, deps.log, deps.consumers);
  const look = async (): Promise<void> => {
    if (performance.now() >= sayAt) {
      await seeWorker(deps.pool, self);
      sayAt = performance.now() + seenEveryMs;
    }
    const queued = queuedIn(deps);
    await rearm(deps, options.graceMs ?? 60_000, queued);
    idle = await resume(deps, queued, idle);
    await serve(deps);
    if (performance.now() >= countAt) {
      countAt = performance.now() + 60_000;
      // Beside the rounds, one at a time: what is due waits for no figures.
      counting = counting.then(() => countFigures(deps, stopping.signal));
    }
    if (performance.now() < tidyAt) return;
    tidyAt = performance.now() + 3_600_000;
    expiries.look(
      [...deps.sources.values()].map((work) => ({ name: work.source.name, expiries: work.expiries ?? [] })),
      deps.clock.now(),
    );
    await tidy(deps);
    await consumers?.look(deps.clock.now());
  };
  const rounds = repeat(look, options.everyMs ?? 2000, (error) =>
    deps.log.warn({ event: 'watchdog.failed', error: storeError(error) }),
  );
  return {
    look,
    async stop() {
      stopping.abort();
      await rounds.stop();
      await counting;
      // A database that is gone forgets it by itself.
      await forgetWorker(deps.pool, self.id).catch(() => undefined);
    },
  };
};
