// The whole of a sync, in one file: take the kind's lock, decide between going on and a complete load, pull page by page,
// store each page in one transaction, sweep when a complete load has ended. See the stages in the files beside this one.

import type { Page } from '../adapter/contract.ts';
import { HubError } from '../errors.ts';
import { transaction } from '../store/db.ts';
import { type SweepResult, sweep } from '../store/deletions.ts';
import { endFetchesByLoads } from '../store/fetches.ts';
import { lockKind } from '../store/kind-lock.ts';
import { openLook } from '../store/looks.ts';
import {
  addCounts,
  addRequests,
  countSweep,
  endRun,
  noCounts,
  type RunCounts,
  skipRun,
  startRun,
  stopWish,
} from '../store/runs.ts';
import { holdPeople, lockPages } from '../store/subjects.ts';
import {
  endLoad,
  forgetContent,
  giveUpLoad,
  markComplete,
  noteSettings,
  readSyncState,
  type SyncState,
  startLoad,
} from '../store/sync-state.ts';
import { crawl } from './crawl.ts';
import { type DriftWatch, openDriftWatch } from './drift-watch.ts';
import { type PageRun, storePage } from './page.ts';
import { readAhead } from './read-ahead.ts';
import { raiseStored, settingsDigest } from './settings.ts';
import type { OpenSource, PipelineDeps, SyncKind, SyncSource } from './source.ts';

export interface SyncOrder {
  readonly source: SyncSource;
  readonly kind: SyncKind;
  readonly runId: string;
  /**
   * `next`: go on from the checkpoint. `reload`: everything again, keep what is stored. `reconcile`: and sweep what was not
   * seen. `rebuild`: and write every record anew.
   */
  readonly want: 'next' | 'reload' | 'reconcile' | 'rebuild';
  readonly signal: AbortSignal;
  /** Store no further page once this has come (`performance.now()`), so that one job never holds its place for long. */
  readonly until?: number;
}

export interface SyncOutcome {
  /** `more`: stopped at `until`; running it again with `next` goes on from the stored checkpoint. */
  readonly state: 'done' | 'skipped' | 'more';
  readonly counts: RunCounts;
}

/** Runs one kind of one source to its end. Run failures are thrown after the run's row says so. */
export const runSync = async (deps: PipelineDeps, order: SyncOrder): Promise<SyncOutcome> => {
  const { source, kind, runId } = order;
  const lock = await lockKind(deps.pool, source.name, kind.name);
  if (lock === undefined) return skip(deps, order);
  // What the source says from here on, it says after this: also what it gives much later from one long answer.
  const look = await openLook(deps.pool, source.name, kind.name).catch(async (error: unknown) => {
    await lock.release();
    throw error;
  });
  const opened = await source.open().catch(async (error: unknown) => {
    await lock.release();
    throw error;
  });
  const counts = noCounts();
  let load: number | undefined;
  let watch: DriftWatch | undefined;
  try {
    const state = await beginOrGoOn(deps, order);
    load = state.loadComplete ? undefined : state.load;
    watch = await openDriftWatch(deps, source, kind, state);
    let pages = state.loadPages;
    await startRun(deps.pool, runId, load === undefined ? 'incremental' : 'load');
    let total: number | undefined;
    let unchanged = false;
    let inSlice = 0;
    const stopWanted = stopWish(deps.pool, runId);
    if (kind.spec.crawl === true && !(await crawl(deps, { ...order, watch }, opened, state, counts)))
      return { state: 'more', counts };
    for await (const page of readAhead(pullFrom(opened, order, state))) {
      unchanged = page.unchanged === true;
      if (unchanged) break;
      // Stops at a page that comes too late, not after the last one in time: only the next page shows that there is one.
      if (inSlice > 0 && order.until !== undefined && performance.now() > order.until) return { state: 'more', counts };
      total = page.total;
      if (page.begins === true && load !== undefined && pages > 0) {
        load = (await beginAgain(deps, order)).load;
        pages = 0;
      }
      const run: PageRun = {
        runId,
        load,
        movesCheckpoint: true,
        asksForHistory: true,
        leaveAs: 'superseded',
        look,
        watch,
      };
      const started = performance.now();
      const stored = await storePage(deps, source, kind, page, run);
      addCounts(counts, stored.counts);
      pages += 1;
      inSlice += 1;
      deps.log.info({
        event: 'page.stored',
        source: source.name,
        kind: kind.name,
        run: runId,
        ms: Math.round(performance.now() - started),
        ...present(stored.counts),
      });
      if (order.signal.aborted || (await stopWanted())) throw cancelled();
    }
    // An iteration that ended because it was told to stop says nothing about what the source holds.
    if (order.signal.aborted) throw cancelled();
    await finish(deps, order, { load, total, unchanged, counts, watch });
    await endRun(deps.pool, runId, 'done');
    deps.log.info({ event: 'run.done', source: source.name, kind: kind.name, run: runId, ...present(counts) });
    return { state: 'done', counts };
  } catch (thrown) {
    await watch?.broken(load);
    throw thrown;
  } finally {
    await watch?.close();
    await addRequests(deps.pool, runId, opened.requests?.()).catch(() => undefined);
    await opened.close().catch(() => undefined);
    await lock.release();
  }
};

const cancelled = (): HubError =>
  new HubError({
    code: 'run/cancelled',
    fault: 'transient',
    message: 'The run was stopped; it goes on from its last stored page.',
  });

/** Counts that are not zero. */
const present = (counts: RunCounts): Partial<RunCounts> =>
  Object.fromEntries(Object.entries(counts).filter(([, n]) => n !== 0));

const skip = async (deps: PipelineDeps, { runId, source, kind }: SyncOrder): Promise<SyncOutcome> => {
  await skipRun(deps.pool, runId);
  deps.log.info({ event: 'run.skipped', source: source.name, kind: kind.name, run: runId });
  return { state: 'skipped', counts: noCounts() };
};

/** A load under way is resumed; a new one starts when asked for, for snapshots, and when mapping or settings mean another thing. */
const beginOrGoOn = async (deps: PipelineDeps, { source, kind, want }: SyncOrder): Promise<SyncState> => {
  const state = await readSyncState(deps.pool, source.name, kind.name);
  const version = kind.mapping?.version ?? '';
  const digest = settingsDigest(source, kind);
  const resettled = state.settingsDigest !== null && state.settingsDigest !== digest;
  const remapped = resettled || (state.mappingVersion !== null && state.mappingVersion !== version);
  if (resettled) await raiseStored(deps.pool, source);
  if (state.settingsDigest === null && state.load > 0) await noteSettings(deps.pool, source.name, kind.name, digest);
  if (!state.loadComplete && !remapped && want === 'next') return state;
  const first = state.load === 0;
  const snapshot = kind.spec.capabilities.mode === 'snapshot';
  if (!snapshot && !first && !remapped && !state.reloadWanted && want === 'next') return state;
  // An unchanged source may be skipped only when nothing else asks for its records again.
  const seesUnchanged = 'seesUnchanged' in kind.spec.capabilities && kind.spec.capabilities.seesUnchanged === true;
  const keepCheckpoint = seesUnchanged && !first && !remapped && !state.reloadWanted && want === 'next';
  await startLoad(deps.pool, source.name, kind.name, {
    sweep: sweepsAtEnd(kind, want),
    mappingVersion: version,
    settingsDigest: digest,
    keepCheckpoint,
  });
  if (want === 'rebuild') await forgetContent(deps.pool, source.name, kind.name);
  return readSyncState(deps.pool, source.name, kind.name);
};

const sweepsAtEnd = ({ spec }: SyncKind, want: SyncOrder['want']): boolean =>
  want === 'reconcile' ||
  want === 'rebuild' ||
  (spec.capabilities.mode === 'snapshot' && spec.capabilities.deletes === 'absent');

/** The source has a newer snapshot than the one half read: what that one held no longer counts as present. */
const beginAgain = async (deps: PipelineDeps, { source, kind, want }: SyncOrder): Promise<SyncState> => {
  await startLoad(deps.pool, source.name, kind.name, {
    sweep: sweepsAtEnd(kind, want),
    mappingVersion: kind.mapping?.version ?? '',
    settingsDigest: settingsDigest(source, kind),
    keepCheckpoint: false,
  });
  return readSyncState(deps.pool, source.name, kind.name);
};

async function* nothingMore(): AsyncIterable<Page<unknown>> {}

const pullFrom = (
  opened: OpenSource,
  { source, kind, signal }: SyncOrder,
  state: SyncState,
): AsyncIterable<Page<unknown>> => {
  const pull = kind.spec.crawl === true ? nothingMore : opened.pull[kind.name];
  if (pull === undefined)
    throw new HubError({
      code: 'config/unknown-name',
      fault: 'config',
      message: `Source ${source.name} has no kind ${kind.name}.`,
    });
  // A checkpoint this version of the adapter cannot read is worth a complete load, not a crash.
  const checkpoint = kind.spec.checkpoint.safeParse(state.checkpoint);
  return pull({ after: (checkpoint.success ? checkpoint.data : null) as never, signal });
};

interface End {
  readonly load: number | undefined;
  readonly total: number | undefined;
  readonly unchanged: boolean;
  readonly counts: RunCounts;
  readonly watch: DriftWatch;
}

/** A complete iteration has ended without error: sweep, and end what waited for it. */
const finish = async (deps: PipelineDeps, { source, kind, runId }: SyncOrder, end: End): Promise<void> => {
  if (end.load === undefined) {
    await markComplete(deps.pool, source.name, kind.name);
    await end.watch.endOfRun(runId, end.counts.served);
  } else await finishLoad(deps, { source, kind, runId }, end.load, end);
  await endFetchesByLoads(
    deps.pool,
    source.name,
    source.kinds.filter((k) => k.mapping !== undefined).map((k) => k.name),
  );
};

const finishLoad = async (
  deps: PipelineDeps,
  { source, kind, runId }: Pick<SyncOrder, 'source' | 'kind' | 'runId'>,
  load: number,
  end: End,
): Promise<void> => {
  const state = await readSyncState(deps.pool, source.name, kind.name);
  if (end.total !== undefined && state.loadServed < end.total && !end.unchanged) {
    await giveUpLoad(deps.pool, source.name, kind.name);
    throw new HubError({
      code: 'source/incomplete-snapshot',
      fault: 'source',
      message: `The source states ${end.total} records but served ${state.loadServed}; nothing was deleted.`,
      hint: 'The next run starts a new complete load.',
    });
  }
  // An unchanged source holds what the last load gave: nothing to sweep, unless this load had stored its pages already
  // and only its end is missing. A crawl has swept citizen by citizen, and may well have found nothing.
  const crawled = kind.spec.crawl === true;
  const sweeps = state.loadSweep && !crawled && kind.mapping !== undefined && !(end.unchanged && state.loadPages === 0);
  // What nobody has judged yet removes nothing: the guard holds whatever is missing.
  const served = state.loadServed;
  const judged = !end.unchanged || state.loadPages > 0;
  const held = judged && (await end.watch.endOfLoad({ served, crawled }));
  const guard = held ? { count: 0, share: 0 } : source.guard;
  await transaction(deps.pool, async (tx) => {
    await holdPeople(tx);
    await lockPages(tx, source.name, kind.name);
    const swept: SweepResult = sweeps
      ? await sweep(tx, { source: source.name, kind: kind.name, load, position: state.loadPosition }, guard)
      : { removed: 0, held: 0 };
    if (judged) await end.watch.noteLoad(tx, { number: load, served, crawled });
    await endLoad(tx, source.name, kind.name, judged);
    addCounts(end.counts, swept);
    await countSweep(tx, runId, swept);
    if (swept.news === true)
      deps.log.warn({ event: 'deletions.held', source: source.name, kind: kind.name, held: swept.held });
  });
};
