// Quarantine again, after a mapping was corrected: version by version in the order they arrived, over all kinds of a source,
// through the same page stage. What still fails stays; what passes is stored and leaves. One replay of a source at a time;
// twice has no further effect, and what a newer version has overtaken meanwhile is left alone.
import { randomUUID } from 'node:crypto';
import { asHubError, HubError } from '../errors.ts';
import { lockKind } from '../store/kind-lock.ts';
import { openLook } from '../store/looks.ts';
import {
  type QuarantineFilter,
  type QuarantineRow,
  readQuarantine,
  stillWaiting,
  waiting,
} from '../store/quarantine-read.ts';
import {
  addCounts,
  createRun,
  endRun,
  isStopWanted,
  noCounts,
  planRun,
  type RunCounts,
  startRun,
} from '../store/runs.ts';
import { keyHash } from '../store/subjects.ts';
import { replayLock } from '../store/sync-state.ts';
import { storePage } from './page.ts';
import type { PipelineDeps, SyncKind, SyncSource } from './source.ts';

const batch = 500;

/** Which of a source's quarantine: all that is mapped, or one cause. */
export type ReplayOf = Pick<QuarantineFilter, 'code' | 'path'> & { readonly kind?: string };

export interface ReplayOrder {
  readonly source: SyncSource;
  readonly of?: ReplayOf;
  readonly trigger: string;
  /** Of a run that was made when somebody asked; it ends whatever comes of it. Default: a new one, if anything waits. */
  readonly runId?: string;
  readonly signal: AbortSignal;
  /** Called after every page. */
  readonly progress?: (done: number, planned: number) => void;
}

export interface Replayed {
  /** `under way`: somebody else replays this source now, and nothing was done. `nothing`: nothing waits. */
  readonly state: 'done' | 'cancelled' | 'under way' | 'nothing';
  readonly runId?: string;
  readonly planned: number;
  readonly counts: RunCounts;
}

interface Chunk {
  readonly kind: SyncKind;
  readonly rows: readonly QuarantineRow[];
}

/** Neighbours of the same kind go together; the order stays. */
const chunksOf = (source: SyncSource, rows: readonly QuarantineRow[]): readonly Chunk[] => {
  const chunks: { kind: SyncKind; rows: QuarantineRow[] }[] = [];
  for (const row of rows) {
    const kind = source.kinds.find((one) => one.name === row.kind);
    if (kind === undefined || row.content === undefined) continue;
    const last = chunks.at(-1);
    if (last?.kind === kind) last.rows.push(row);
    else chunks.push({ kind, rows: [row] });
  }
  return chunks;
};

const replayChunk = async (
  deps: PipelineDeps,
  source: SyncSource,
  { kind, rows }: Chunk,
  runId: string,
): Promise<RunCounts> => {
  const look = await openLook(deps.pool, source.name, kind.name);
  const records = rows.flatMap((row) => (row.content === undefined ? [] : [row.content]));
  const arrivals = rows.map((row) => row.arrival);
  const page = { records, deleted: [], checkpoint: null };
  const stored = await storePage(deps, source, kind, page, {
    runId,
    load: undefined,
    movesCheckpoint: false,
    asksForHistory: true,
    leaveAs: 'replayed',
    look,
    still: async (tx, decoded) => {
      const open = await stillWaiting(tx, source.name, kind.name, arrivals);
      return decoded.filter(({ key }) => open.has(keyHash(deps.keys, source.name, kind.name, key).toString('hex')));
    },
  });
  return stored.counts;
};

const replayAll = async (
  deps: PipelineDeps,
  { source, signal, progress }: ReplayOrder,
  filter: QuarantineFilter,
  runId: string,
  planned: number,
): Promise<Pick<Replayed, 'state' | 'counts'>> => {
  const counts = noCounts();
  let done = 0;
  for (let after = 0; ; ) {
    const rows = await readQuarantine(deps.pool, deps.keys, { ...filter, after, limit: batch });
    if (rows.length === 0) return { state: 'done', counts };
    after = rows.at(-1)?.arrival ?? after;
    for (const chunk of chunksOf(source, rows)) {
      if (signal.aborted || (await isStopWanted(deps.pool, runId))) return { state: 'cancelled', counts };
      addCounts(counts, await replayChunk(deps, source, chunk, runId));
      done += chunk.rows.length;
      progress?.(done, planned);
    }
  }
};

const underWay = (): HubError =>
  new HubError({ code: 'run/locked', fault: 'transient', message: 'Another replay of this source is under way.' });

export const replayQuarantine = async (deps: PipelineDeps, order: ReplayOrder): Promise<Replayed> => {
  const { source, of = {} } = order;
  const mapped = source.kinds.filter((kind) => kind.mapping !== undefined && (of.kind ?? kind.name) === kind.name);
  const cause = {
    ...(of.code === undefined ? {} : { code: of.code }),
    ...(of.path === undefined ? {} : { path: of.path }),
  };
  const all = { source: source.name, kinds: mapped.map((kind) => kind.name), ...cause };
  const lock = await lockKind(deps.pool, source.name, replayLock);
  if (lock === undefined) {
    if (order.runId !== undefined) await endRun(deps.pool, order.runId, 'skipped', underWay());
    return { state: 'under way', planned: 0, counts: noCounts() };
  }
  try {
    const { count: planned, last } = await waiting(deps.pool, all);
    if (planned === 0) {
      if (order.runId !== undefined) await endRun(deps.pool, order.runId, 'done');
      return { state: 'nothing', planned, counts: noCounts() };
    }
    const run = {
      id: order.runId ?? randomUUID(),
      source: source.name,
      kind: of.kind ?? '*',
      mode: 'replay',
      trigger: order.trigger,
    } as const;
    const runId = await createRun(deps.pool, run);
    await startRun(deps.pool, runId, 'replay');
    await planRun(deps.pool, runId, planned);
    // What fails again keeps its place, and what arrives meanwhile is not of this replay.
    const ended = await replayAll(deps, order, { ...all, until: last }, runId, planned).catch(
      async (error: unknown) => {
        await endRun(deps.pool, runId, 'failed', asHubError(error));
        throw error;
      },
    );
    await endRun(deps.pool, runId, ended.state === 'cancelled' ? 'cancelled' : 'done');
    deps.log.info({
      event: 'quarantine.replayed',
      source: source.name,
      run: runId,
      planned,
      stored: ended.counts.stored,
    });
    return { ...ended, runId, planned };
  } finally {
    await lock.release();
  }
};
