// What a source knows about one citizen, one kind at a time, as history fetches and crawls read it. A complete
// iteration is a snapshot of that citizen alone; nothing is swept for one that failed, was refused or was stopped.
import type { Page } from '../adapter/contract.ts';
import { HubError } from '../errors.ts';
import { type Tx, transaction } from '../store/db.ts';
import { type SweepResult, sweep } from '../store/deletions.ts';
import { compareSweep, type Look, markLook } from '../store/looks.ts';
import { addCounts, noCounts, type RunCounts } from '../store/runs.ts';
import { beginPage, numbersOf } from '../store/subjects.ts';
import { lookAgain, overtakenError } from './overtaken.ts';
import { type PageRun, storePage } from './page.ts';
import type { OpenSource, PipelineDeps, SyncKind, SyncSource } from './source.ts';

/** One citizen's records of one kind of one source. */
export interface CitizenKind {
  readonly source: SyncSource;
  readonly kind: SyncKind;
  readonly citizenId: string;
  /** Asked for in turn; the keys seen under any of them count. */
  readonly numbers: readonly string[];
  /** When asking began. */
  readonly askedAt: Date;
  readonly look: Look;
}

const cancelled = (): HubError =>
  new HubError({
    code: 'run/cancelled',
    fault: 'transient',
    message:
      'The run was stopped before the source had told everything about a citizen; that citizen is asked for again.',
  });

/** Everything of the kind about the citizen. Throws `source/forbidden` when the source refuses this citizen. */
export async function* pagesAbout(
  opened: OpenSource,
  { source, kind, numbers }: Pick<CitizenKind, 'source' | 'kind' | 'numbers'>,
  signal: AbortSignal,
): AsyncGenerator<Page<unknown>> {
  const ask = opened.byCitizen?.[kind.name];
  if (ask === undefined)
    throw new HubError({
      code: 'config/unknown-name',
      fault: 'config',
      message: `Source ${source.name} cannot be asked for ${kind.name} citizen by citizen.`,
    });
  for (const cpr of numbers) {
    for await (const page of ask({ cpr, signal })) {
      yield page;
      if (signal.aborted) break;
    }
    // Also when the iteration ended by itself: it may have been told to stop, and then nothing may be swept for it.
    if (signal.aborted) throw cancelled();
  }
}

export interface StoredPages {
  readonly counts: RunCounts;
  /** Keys of the pages, as stored. */
  readonly seen: readonly string[];
  /** False when a record's key could not be read: it may be any of those that seem to be missing. */
  readonly keysReadable: boolean;
}

/** Stores pages about one citizen, or about some. */
export const storeAbout = async (
  deps: PipelineDeps,
  { source, kind, look }: Pick<CitizenKind, 'source' | 'kind' | 'look'>,
  pages: AsyncIterable<Page<unknown>> | Iterable<Page<unknown>>,
  run: Pick<PageRun, 'runId' | 'asksForHistory' | 'watch'>,
): Promise<StoredPages> => {
  const counts = noCounts();
  const seen: string[] = [];
  let keysReadable = true;
  const pageRun: PageRun = { ...run, look, load: undefined, movesCheckpoint: false, leaveAs: 'superseded' };
  for await (const page of pages) {
    const stored = await storePage(deps, source, kind, page, pageRun);
    addCounts(counts, stored.counts);
    seen.push(...stored.seenKeys);
    keysReadable &&= stored.keysReadable;
  }
  return { counts, seen, keysReadable };
};

/**
 * Removes, or holds, what the source no longer holds about the citizen. `before`: of this crawl, for the guard. An empty
 * answer removes nothing by itself before this crawl has been served anything: a source may answer so by mistake.
 */
export const sweepAbout = async (
  tx: Tx,
  deps: PipelineDeps,
  { source, kind, citizenId, numbers, askedAt, look }: CitizenKind,
  { seen, keysReadable }: StoredPages,
  before = { stored: 0, missing: 0, served: 0 },
): Promise<SweepResult> => {
  await beginPage(tx, source.name, kind.name);
  if ((await compareSweep(tx, look, citizenId)) === 'overtaken') {
    if (look.id !== undefined) throw overtakenError();
    return { removed: 0, held: 0 };
  }
  if (look.id !== undefined) await markLook(tx, { ...look, id: look.id }, [], [citizenId]);
  // A number that came or went meanwhile (merge, split) was not asked for, or was asked for somebody else.
  const now = await numbersOf(tx, deps.keys, citizenId);
  const same = now.length === numbers.length && now.every((number) => numbers.includes(number));
  if (!keysReadable || !same || numbers.length === 0) return { removed: 0, held: 0 };
  const doubtful = seen.length === 0 && before.served === 0 && (kind.drift?.zeroRows ?? 'note') !== 'note';
  const guard = doubtful ? { count: 0, share: 0 } : source.guard;
  return sweep(tx, { source: source.name, kind: kind.name, citizenId, seen, askedAt, look, before }, guard);
};

/** Asks for everything of the kind about one citizen, stores it and sweeps what is no longer there. */
export const fetchAbout = (
  deps: PipelineDeps,
  opened: OpenSource,
  about: Pick<CitizenKind, 'source' | 'kind' | 'citizenId' | 'numbers'>,
  run: Pick<PageRun, 'runId' | 'asksForHistory'> & { readonly signal: AbortSignal },
): Promise<StoredPages> =>
  lookAgain(deps, { ...about, signal: run.signal }, { citizens: [about.citizenId] }, async (look) => {
    const asked: CitizenKind = { ...about, askedAt: deps.clock.now(), look };
    const { runId, asksForHistory, signal } = run;
    const stored = await storeAbout(deps, asked, pagesAbout(opened, asked, signal), { runId, asksForHistory });
    addCounts(stored.counts, await transaction(deps.pool, (tx) => sweepAbout(tx, deps, asked, stored)));
    return stored;
  });
