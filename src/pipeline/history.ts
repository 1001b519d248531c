// A citizen's history from one source: after enrolment, and when one of their source keys is seen for the first time.
// Kinds that can be asked per citizen are; a complete iteration is a snapshot of that citizen alone. The others share one
// reload, started once for all who wait.
import type { Page } from '../adapter/contract.ts';
import { asHubError, HubError } from '../errors.ts';
import { transaction } from '../store/db.ts';
import { sweep } from '../store/deletions.ts';
import { activeEnrolment } from '../store/enrolment.ts';
import { endFetch, failFetch, wantedKinds } from '../store/fetches.ts';
import { addCounts, endRun, noCounts, type RunCounts, startRun } from '../store/runs.ts';
import { numbersOf } from '../store/subjects.ts';
import { readSyncState, wantReload } from '../store/sync-state.ts';
import { type PageRun, storePage } from './page.ts';
import type { OpenSource, PipelineDeps, SyncKind, SyncSource } from './source.ts';

const attempts = 5;

export interface HistoryOrder {
  readonly source: SyncSource;
  readonly citizenId: string;
  readonly runId: string;
  readonly signal: AbortSignal;
}

/** Does every mapped kind of this source answer per citizen? */
export const answersPerCitizen = (source: SyncSource, opened: OpenSource): boolean =>
  source.kinds.every((kind) => kind.mapping === undefined || opened.byCitizen?.[kind.name] !== undefined);

/**
 * Kinds that must be pulled from the beginning for those who wait, because the last (or present) complete load began
 * before they asked; marks them so. Their next run is that load.
 */
export const shareReload = async (deps: PipelineDeps, source: SyncSource): Promise<readonly string[]> => {
  const wanted = await wantedKinds(deps.pool, source.name);
  const kinds: string[] = [];
  for (const kind of source.kinds) {
    const asked = [wanted.get('*'), wanted.get(kind.name)].flatMap((at) => (at === undefined ? [] : [at.getTime()]));
    if (kind.mapping === undefined || asked.length === 0) continue;
    const state = await readSyncState(deps.pool, source.name, kind.name);
    const began = state.loadComplete ? state.lastLoadStartedAt : state.loadStartedAt;
    if (began === null || began.getTime() <= Math.max(...asked)) kinds.push(kind.name);
  }
  await wantReload(deps.pool, source.name, kinds);
  return kinds;
};

const pullKind = async (
  deps: PipelineDeps,
  order: HistoryOrder,
  opened: OpenSource,
  kind: SyncKind,
  cpr: string,
): Promise<{ counts: RunCounts; seen: readonly string[] }> => {
  const counts = noCounts();
  const seen: string[] = [];
  const run: PageRun = {
    runId: order.runId,
    load: undefined,
    movesCheckpoint: false,
    asksForHistory: false,
    leaveAs: 'superseded',
  };
  const pages: AsyncIterable<Page<unknown>> = opened.byCitizen?.[kind.name]?.({ cpr, signal: order.signal }) ?? none();
  for await (const page of pages) {
    const stored = await storePage(deps, order.source, kind, page, run);
    addCounts(counts, stored.counts);
    seen.push(...stored.seenKeys);
    if (order.signal.aborted) break;
  }
  // Also when the iteration ended by itself: it may have been told to stop, and then nothing may be swept for it.
  if (order.signal.aborted)
    throw new HubError({
      code: 'run/cancelled',
      fault: 'transient',
      message: 'The history fetch was stopped; it starts again.',
    });
  return { counts, seen };
};

async function* none(): AsyncIterable<Page<unknown>> {}

/** One citizen's numbers are asked for in turn; the keys seen under any of them count. */
const pullCitizen = async (
  deps: PipelineDeps,
  order: HistoryOrder,
  opened: OpenSource,
  kind: SyncKind,
  numbers: readonly string[],
): Promise<RunCounts> => {
  const total = noCounts();
  const seen: string[] = [];
  for (const cpr of numbers) {
    const pulled = await pullKind(deps, order, opened, kind, cpr);
    addCounts(total, pulled.counts);
    seen.push(...pulled.seen);
  }
  const scope = { source: order.source.name, kind: kind.name, load: 0, seen, citizenId: order.citizenId };
  addCounts(total, await transaction(deps.pool, (tx) => sweep(tx, scope, order.source.guard)));
  return total;
};

/** Fetches one citizen's history. A refusal ends it like "nothing found"; nothing is swept for it. */
export const fetchHistory = async (deps: PipelineDeps, order: HistoryOrder): Promise<RunCounts> => {
  const { source, citizenId, runId } = order;
  const startedAt = deps.clock.now();
  const counts = noCounts();
  await startRun(deps.pool, runId, 'citizen');
  const enrolled = await activeEnrolment(deps.pool, citizenId);
  if (enrolled === undefined) {
    await endRun(deps.pool, runId, 'skipped');
    return counts;
  }
  const numbers = await numbersOf(deps.pool, deps.keys, citizenId);
  const opened = await source.open();
  try {
    for (const kind of source.kinds)
      if (kind.mapping !== undefined) addCounts(counts, await pullCitizen(deps, order, opened, kind, numbers));
    await endFetch(deps.pool, source.name, citizenId, startedAt, 'done');
  } catch (thrown) {
    const error = asHubError(thrown);
    if (error.code !== 'source/forbidden') {
      if (error.code !== 'run/cancelled') await failFetch(deps.pool, source.name, citizenId, error.code, attempts);
      throw error;
    }
    await endFetch(deps.pool, source.name, citizenId, startedAt, 'refused');
  } finally {
    await opened.close().catch(() => undefined);
  }
  await endRun(deps.pool, runId, 'done');
  deps.log.info({ event: 'history.fetched', source: source.name, run: runId, stored: counts.stored });
  return counts;
};
