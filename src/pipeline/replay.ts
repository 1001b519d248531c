// Quarantine again, after a mapping was corrected: in the order the records were received, through the same page stage.
// What still fails stays; what passes is stored and leaves. Running it twice has no further effect.

import { openLook } from '../store/looks.ts';
import { readQuarantine } from '../store/quarantine.ts';
import { addCounts, endRun, noCounts, type RunCounts, startRun } from '../store/runs.ts';
import { decode } from './decode.ts';
import { storePage } from './page.ts';
import type { PipelineDeps, SyncKind, SyncSource } from './source.ts';

const batch = 500;

export interface WouldPass {
  readonly open: number;
  readonly passing: number;
}

/** "Would now pass: n of m", without storing anything. */
export const wouldPass = async (deps: PipelineDeps, source: SyncSource, kind: SyncKind): Promise<WouldPass> => {
  let after = 0;
  let open = 0;
  let passing = 0;
  for (;;) {
    const rows = await readQuarantine(deps.pool, deps.keys, {
      source: source.name,
      kind: kind.name,
      after,
      limit: batch,
    });
    if (rows.length === 0) return { open, passing };
    open += rows.length;
    after = rows.at(-1)?.id ?? after;
    for (const record of decode(
      kind,
      rows.flatMap((row) => (row.content === undefined ? [] : [row.content])),
    ))
      if (
        record.failure === undefined &&
        kind.mapping?.map(record.body).issues.every((issue) => !issue.reject) === true
      )
        passing += 1;
  }
};

export const replayQuarantine = async (
  deps: PipelineDeps,
  order: { source: SyncSource; kind: SyncKind; runId: string; signal: AbortSignal },
): Promise<RunCounts> => {
  const { source, kind, runId } = order;
  const counts = noCounts();
  await startRun(deps.pool, runId, 'replay');
  let after = 0;
  while (!order.signal.aborted) {
    const look = await openLook(deps.pool, source.name, kind.name);
    const rows = await readQuarantine(deps.pool, deps.keys, {
      source: source.name,
      kind: kind.name,
      after,
      limit: batch,
    });
    if (rows.length === 0) break;
    after = rows.at(-1)?.id ?? after;
    const records = rows.flatMap((row) => (row.content === undefined ? [] : [row.content]));
    if (records.length === 0) continue;
    const page = { records, deleted: [], checkpoint: null };
    const run = {
      runId,
      load: undefined,
      movesCheckpoint: false,
      asksForHistory: true,
      leaveAs: 'replayed' as const,
      look,
    };
    addCounts(counts, (await storePage(deps, source, kind, page, run)).counts);
  }
  await endRun(deps.pool, runId, order.signal.aborted ? 'cancelled' : 'done');
  return counts;
};
