// A citizen's history from one source: after enrolment, and when one of their source keys is seen for the first time.
// Kinds that can be asked per citizen are; a complete iteration is a snapshot of that citizen alone. The others share one
// reload, started once for all who wait.
import { asHubError } from '../errors.ts';
import { activeEnrolment } from '../store/enrolment.ts';
import { endFetch, endFetchKind, failFetch, kindsAwaited, wantedKinds } from '../store/fetches.ts';
import { addCounts, addRequests, endRun, noCounts, type RunCounts, startRun } from '../store/runs.ts';
import { numbersOf } from '../store/subjects.ts';
import { readSyncState, wantReload } from '../store/sync-state.ts';
import { type CitizenKind, fetchAbout } from './citizen.ts';
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

/** What the citizen waits for and nothing else: a kind that failed alone is fetched alone. */
const awaited = async (deps: PipelineDeps, { source, citizenId }: HistoryOrder): Promise<readonly SyncKind[]> => {
  const mapped = source.kinds.filter(({ mapping }) => mapping !== undefined);
  const kinds = await kindsAwaited(
    deps.pool,
    source.name,
    citizenId,
    mapped.map(({ name }) => name),
  );
  return kinds.length === 0 ? mapped : mapped.filter(({ name }) => kinds.includes(name));
};

/** One kind of the history. @returns undefined where the source refuses: that is its decision about this kind alone. */
const fetchKind = async (
  deps: PipelineDeps,
  opened: OpenSource,
  about: Pick<CitizenKind, 'source' | 'kind' | 'citizenId' | 'numbers'>,
  { runId, signal }: HistoryOrder,
): Promise<RunCounts | undefined> => {
  try {
    return (await fetchAbout(deps, opened, about, { runId, signal, asksForHistory: false })).counts;
  } catch (thrown) {
    if (asHubError(thrown).code === 'source/forbidden') return undefined;
    throw thrown;
  }
};

/** Fetches one citizen's history. A kind that is refused ends like "nothing found"; nothing is swept for it. */
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
    let outcome: 'done' | 'refused' = 'done';
    for (const kind of await awaited(deps, order)) {
      const fetched = await fetchKind(deps, opened, { source, kind, citizenId, numbers }, order);
      if (fetched === undefined) outcome = 'refused';
      else addCounts(counts, fetched);
      await endFetchKind(deps.pool, source.name, citizenId, kind.name, startedAt);
    }
    await endFetch(deps.pool, source.name, citizenId, startedAt, outcome);
  } catch (thrown) {
    const error = asHubError(thrown);
    if (error.code !== 'run/cancelled') await failFetch(deps.pool, source.name, citizenId, error.code, attempts);
    throw error;
  } finally {
    await addRequests(deps.pool, runId, opened.requests?.()).catch(() => undefined);
    await opened.close().catch(() => undefined);
  }
  await endRun(deps.pool, runId, 'done');
  deps.log.info({ event: 'history.fetched', source: source.name, run: runId, stored: counts.stored });
  return counts;
};
