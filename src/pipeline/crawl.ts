// A load of a kind that can only be asked citizen by citizen: every enrolled citizen in id order, nobody else. Each
// citizen's end is saved with the hub's own citizen id, so that a stopped crawl goes on with the next.
import { z } from 'zod';
import type { Page } from '../adapter/contract.ts';
import { asHubError, HubError } from '../errors.ts';
import { transaction } from '../store/db.ts';
import { enrolledAfter } from '../store/enrolment.ts';
import { addCounts, type RunCounts } from '../store/runs.ts';
import { numbersOf } from '../store/subjects.ts';
import { giveUpLoad, type SyncState, saveProgress } from '../store/sync-state.ts';
import { type CitizenKind, pagesAbout, storeAbout, sweepAbout } from './citizen.ts';
import type { OpenSource, PipelineDeps, SyncKind, SyncSource } from './source.ts';

export interface CrawlOrder {
  readonly source: SyncSource;
  readonly kind: SyncKind;
  readonly runId: string;
  readonly signal: AbortSignal;
  /** Stop after the citizens in hand once this has come (`performance.now()`). */
  readonly until?: number;
}

/** So many citizens are asked for at a time; what they have is stored one after the other. */
const together = 4;

const progress = z.object({
  /** The last citizen done. */
  citizen: z.uuid(),
  asked: z.int(),
  refused: z.int(),
  /** For the guard: what was known of them, and what of that the source no longer held. */
  stored: z.int(),
  missing: z.int(),
});
type Progress = Omit<z.infer<typeof progress>, 'citizen'> & { readonly citizen: string | null };
const nobodyYet: Progress = { citizen: null, asked: 0, refused: 0, stored: 0, missing: 0 };

interface Answer {
  readonly about: CitizenKind;
  readonly pages: readonly Page<unknown>[] | HubError;
}

/** Asks for one citizen. Whatever goes wrong is told when that citizen's turn to be stored has come. */
const ask = async (
  deps: PipelineDeps,
  { source, kind, signal }: CrawlOrder,
  opened: OpenSource,
  citizenId: string,
): Promise<Answer> => {
  const about = { source, kind, citizenId, numbers: await numbersOf(deps.pool, deps.keys, citizenId) };
  try {
    const pages: Page<unknown>[] = [];
    for await (const page of pagesAbout(opened, about, signal)) pages.push(page);
    return { about, pages };
  } catch (thrown) {
    return { about, pages: asHubError(thrown) };
  }
};

/** Stores one citizen's answer; sweep and checkpoint are one transaction. */
const keep = async (
  deps: PipelineDeps,
  { source, kind, runId }: CrawlOrder,
  { about, pages }: Answer,
  before: Progress,
  load: number,
): Promise<{ readonly at: Progress; readonly counts: RunCounts }> => {
  const refused = pages instanceof HubError;
  if (refused && pages.code !== 'source/forbidden') throw pages;
  const stored = await storeAbout(deps, about, refused ? [] : pages, { runId, asksForHistory: true });
  return transaction(deps.pool, async (tx) => {
    const swept = refused ? { removed: 0, held: 0 } : await sweepAbout(tx, deps, about, stored, before);
    const missing = swept.removed + swept.held;
    const at: Progress = {
      citizen: about.citizenId,
      asked: before.asked + 1,
      refused: before.refused + (refused ? 1 : 0),
      stored: before.stored + stored.seen.length + missing,
      missing: before.missing + missing,
    };
    await saveProgress(tx, source.name, kind.name, load, {
      checkpoint: at,
      served: stored.counts.served,
      seenKeys: undefined,
      cancelSweep: false,
    });
    const counts = { ...stored.counts };
    addCounts(counts, swept);
    return { at, counts };
  });
};

/**
 * Crawls on from where the load stands and adds to `counts`. @returns false when it stopped at `until`.
 * A refused citizen is passed over; any other failure is thrown, and the next run begins with that citizen.
 */
export const crawl = async (
  deps: PipelineDeps,
  order: CrawlOrder,
  opened: OpenSource,
  state: SyncState,
  counts: RunCounts,
): Promise<boolean> => {
  const { source, kind, runId, signal, until } = order;
  const saved = progress.safeParse(state.checkpoint);
  let at: Progress = saved.success ? saved.data : nobodyYet;
  // What no mapping takes is not stored: nobody is asked for it.
  while (kind.mapping !== undefined) {
    const citizens = await enrolledAfter(deps.pool, at.citizen, together);
    if (citizens.length === 0) break;
    const answers = await Promise.all(citizens.map((id) => ask(deps, order, opened, id)));
    for (const answer of answers) {
      const kept = await keep(deps, order, answer, at, state.load);
      at = kept.at;
      addCounts(counts, kept.counts);
      if (signal.aborted) throw stopped();
    }
    deps.log.debug({ event: 'citizens.stored', source: source.name, kind: kind.name, run: runId, asked: at.asked });
    if (until !== undefined && performance.now() > until) return false;
  }
  await judge(deps, order, at);
  return true;
};

const stopped = (): HubError =>
  new HubError({
    code: 'run/cancelled',
    fault: 'transient',
    message: 'The run was stopped; it goes on with the next citizen.',
  });

/** A source that refuses everybody has shut us out; refusing some is its decision about them. */
const judge = async (deps: PipelineDeps, { source, kind, runId }: CrawlOrder, at: Progress): Promise<void> => {
  const about = { source: source.name, kind: kind.name, run: runId };
  if (at.refused > 0) deps.log.warn({ event: 'citizens.refused', ...about, refused: at.refused, asked: at.asked });
  if (at.missing > 0) deps.log.info({ event: 'citizens.swept', ...about, missing: at.missing });
  if (at.refused < Math.max(at.asked, 1)) return;
  await giveUpLoad(deps.pool, source.name, kind.name);
  throw new HubError({
    code: 'source/forbidden',
    fault: 'config',
    message: 'The source refuses every citizen it was asked for; nothing was deleted.',
    hint: 'Ask whether the hub’s client has lost its access to this kind of record.',
  });
};
