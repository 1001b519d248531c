// A load of a kind that can only be asked citizen by citizen: every enrolled citizen in id order, nobody else. The
// checkpoint is the hub's own citizen id, saved with each citizen's sweep: a stopped crawl goes on with the next.
import { z } from 'zod';
import type { Page, RawRecord } from '../adapter/contract.ts';
import { asHubError, HubError } from '../errors.ts';
import { transaction } from '../store/db.ts';
import type { SweepResult } from '../store/deletions.ts';
import { enrolledAfter } from '../store/enrolment.ts';
import { requestFetches } from '../store/fetches.ts';
import { type Look, openLook } from '../store/looks.ts';
import { addCounts, countSweep, type RunCounts, stopWish } from '../store/runs.ts';
import { numbersOf } from '../store/subjects.ts';
import { giveUpLoad, type SyncState, saveProgress } from '../store/sync-state.ts';
import { type CitizenKind, pagesAbout, type StoredPages, storeAbout, sweepAbout } from './citizen.ts';
import type { DriftWatch } from './drift-watch.ts';
import type { OpenSource, PipelineDeps, SyncKind, SyncSource } from './source.ts';

export interface CrawlOrder {
  readonly source: SyncSource;
  readonly kind: SyncKind;
  readonly runId: string;
  readonly signal: AbortSignal;
  /** Stop after the citizens in hand once this has come (`performance.now()`). */
  readonly until?: number;
  readonly watch?: DriftWatch | undefined;
}

/** So many citizens are asked for at a time (the source's budget spreads the requests) and stored together. */
const together = 10;
const mostRecords = 1000;

const progress = z.object({
  /** The last citizen done. */
  citizen: z.uuid(),
  asked: z.int(),
  refused: z.int(),
  /** Could not be fetched and wait to be fetched alone. */
  aside: z.int().default(0),
  /** For the guard: what was known of them, and what of that the source no longer held. */
  stored: z.int(),
  missing: z.int(),
  /** Records the source has given in this crawl. */
  served: z.int().default(0),
});
type Progress = Omit<z.infer<typeof progress>, 'citizen'> & { readonly citizen: string | null };
const nobodyYet: Progress = { citizen: null, asked: 0, refused: 0, aside: 0, stored: 0, missing: 0, served: 0 };

interface Answer {
  readonly about: CitizenKind;
  readonly records: readonly RawRecord[];
  readonly ignored: number;
  /** A refusal, or why the crawl cannot go on. */
  readonly failure: HubError | undefined;
}

/** Asks for one citizen. Whatever goes wrong is told when that citizen's turn has come. */
const ask = async (
  deps: PipelineDeps,
  { source, kind, signal }: CrawlOrder,
  opened: OpenSource,
  citizenId: string,
  look: Look,
): Promise<Answer> => {
  const about = {
    source,
    kind,
    citizenId,
    numbers: await numbersOf(deps.pool, deps.keys, citizenId),
    askedAt: deps.clock.now(),
    look,
  };
  const records: RawRecord[] = [];
  let ignored = 0;
  try {
    for await (const page of pagesAbout(opened, about, signal)) {
      records.push(...page.records);
      ignored += page.ignored ?? 0;
    }
    return { about, records, ignored, failure: undefined };
  } catch (thrown) {
    return { about, records: [], ignored: 0, failure: asHubError(thrown) };
  }
};

const isRefusal = (failure: HubError | undefined): boolean => failure?.code === 'source/forbidden';

/** Failures that concern whoever asks, not the citizen who was asked for. */
const isEverybodys = (failure: HubError): boolean =>
  failure.fault === 'config' || failure.code === 'run/cancelled' || failure.code === 'source/rate-limited';

/**
 * The first failure the crawl cannot pass over. A citizen whose fetch failed while most others were answered waits to be
 * fetched alone, so that one whom the source cannot tell of holds up nobody. When as many fail, the source has failed.
 */
const brokenOf = (asked: readonly Answer[], before: Progress): Answer | undefined => {
  const failed = asked.filter(({ failure }) => failure !== undefined && !isRefusal(failure));
  const everybodys = failed.find(({ failure }) => failure !== undefined && isEverybodys(failure));
  if (everybodys !== undefined) return everybodys;
  const alive = asked.length > 1 ? failed.length * 2 < asked.length : before.asked > before.aside;
  return alive ? undefined : failed[0];
};

/** Several citizens' answers as few pages: storing a page costs more than storing its records. */
const joined = (answers: readonly Answer[]): readonly Page<unknown>[] => {
  const records = answers.flatMap((answer) => answer.records);
  const ignored = answers.reduce((sum, answer) => sum + answer.ignored, 0);
  const pages: Page<unknown>[] = [];
  for (let from = 0; from < records.length; from += mostRecords)
    pages.push({
      records: records.slice(from, from + mostRecords),
      deleted: [],
      checkpoint: null,
      ...(from === 0 ? { ignored } : {}),
    });
  return pages;
};

/** Ends one citizen: sweep and checkpoint are one transaction. */
const settle = async (
  deps: PipelineDeps,
  { source, kind, runId }: CrawlOrder,
  { about, records, failure }: Answer,
  stored: StoredPages,
  before: Progress,
  load: number,
): Promise<{ readonly at: Progress; readonly swept: SweepResult }> =>
  transaction(deps.pool, async (tx) => {
    const refused = isRefusal(failure);
    const aside = failure !== undefined && !refused;
    const swept = failure === undefined ? await sweepAbout(tx, deps, about, stored, before) : { removed: 0, held: 0 };
    if (aside) await requestFetches(tx, [about.citizenId], [source.name], [kind.name]);
    await countSweep(tx, runId, swept);
    const missing = swept.removed + swept.held;
    const at: Progress = {
      citizen: about.citizenId,
      asked: before.asked + 1,
      refused: before.refused + (refused ? 1 : 0),
      aside: before.aside + (aside ? 1 : 0),
      stored: before.stored + records.length + missing,
      missing: before.missing + missing,
      served: before.served + records.length,
    };
    await saveProgress(tx, source.name, kind.name, load, {
      checkpoint: at,
      served: records.length,
      seenKeys: undefined,
      cancelSweep: false,
    });
    return { at, swept };
  });

/**
 * Crawls on from where the load stands and adds to `counts`. @returns false when it stopped at `until`.
 * A refused citizen is passed over, one who could not be fetched waits to be fetched alone; when the source fails, that
 * is thrown, and the next run begins with the citizen it failed at.
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
  const stopWanted = stopWish(deps.pool, runId);
  let held = 0;
  try {
    // What no mapping takes is not stored: nobody is asked for it.
    while (kind.mapping !== undefined) {
      const citizens = await enrolledAfter(deps.pool, at.citizen, together);
      if (citizens.length === 0) break;
      const look = await openLook(deps.pool, source.name, kind.name);
      const asked = await Promise.all(citizens.map((id) => ask(deps, order, opened, id, look)));
      const broken = brokenOf(asked, at);
      const answers = broken === undefined ? asked : asked.slice(0, asked.indexOf(broken));
      const stored = await storeAbout(deps, { source, kind, look }, joined(answers), {
        runId,
        asksForHistory: true,
        watch: order.watch,
      });
      addCounts(counts, stored.counts);
      for (const answer of answers) {
        const settled = await settle(deps, order, answer, stored, at, state.load);
        at = settled.at;
        addCounts(counts, settled.swept);
        if (settled.swept.news === true) held += settled.swept.held;
      }
      if (broken?.failure !== undefined) throw broken.failure;
      if (signal.aborted || (await stopWanted())) throw stopped();
      deps.log.debug({ event: 'citizens.stored', source: source.name, kind: kind.name, run: runId, asked: at.asked });
      if (until !== undefined && performance.now() > until) return false;
    }
    await judge(deps, order, at);
    return true;
  } finally {
    if (held > 0) deps.log.warn({ event: 'deletions.held', source: source.name, kind: kind.name, held });
  }
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
  if (at.refused > 0) deps.log.info({ event: 'citizens.refused', ...about, refused: at.refused, asked: at.asked });
  if (at.aside > 0) deps.log.warn({ event: 'citizens.set-aside', ...about, aside: at.aside, asked: at.asked });
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
