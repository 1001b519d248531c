// Notices are reasons to ask: about the citizens they name, else about their keys, else by pulling the kind soon. What
// was told again while it was being fetched stays open and is fetched again.
import { asHubError, type HubError } from '../errors.ts';
import { type Tx, transaction } from '../store/db.ts';
import { sweepKeys } from '../store/deletions.ts';
import { activeEnrolment } from '../store/enrolment.ts';
import { endLook, isOvertaken, markLook, nameLook, storedCitizens } from '../store/looks.ts';
import {
  delayNotices,
  deletedByNotice,
  endNotices,
  foundDeleted,
  lastRunBegan,
  type OpenNotice,
} from '../store/notices.ts';
import { holdPeople, lockPages, numbersOf } from '../store/subjects.ts';
import { fetchAbout, storeAbout } from './citizen.ts';
import { storedKey } from './compose.ts';
import { lookAgain } from './overtaken.ts';
import type { OpenSource, PipelineDeps, SyncKind, SyncSource } from './source.ts';

export interface NoticeOrder {
  readonly source: SyncSource;
  readonly runId: string;
  readonly signal: AbortSignal;
}

/** How the notices of one kind can be answered. */
export interface NoticePlan {
  readonly kind: SyncKind;
  readonly named: readonly OpenNotice[];
  readonly keyed: readonly OpenNotice[];
  /** Nobody can be asked: the next pull shows it. */
  readonly pulled: readonly OpenNotice[];
  /** Nobody can be asked, and no pull would show that it is gone. */
  readonly gone: readonly OpenNotice[];
}

export const planNotices = (
  source: SyncSource,
  opened: OpenSource,
  due: readonly OpenNotice[],
): readonly NoticePlan[] =>
  source.kinds.flatMap((kind) => {
    const own = due.filter((notice) => notice.kind === kind.name);
    if (own.length === 0) return [];
    const byCitizen = opened.byCitizen?.[kind.name] !== undefined;
    const byKeys = opened.byKeys?.[kind.name] !== undefined;
    const unseen = kind.spec.capabilities.deletes === 'unseen';
    const way = ({ citizens, change }: OpenNotice): 'named' | 'keyed' | 'pulled' | 'gone' =>
      citizens !== undefined && byCitizen
        ? 'named'
        : byKeys
          ? 'keyed'
          : change === 'deleted' && unseen
            ? 'gone'
            : 'pulled';
    const by = Object.groupBy(own, way);
    return [{ kind, named: by.named ?? [], keyed: by.keyed ?? [], pulled: by.pulled ?? [], gone: by.gone ?? [] }];
  });

const attempts = { transient: 20, other: 3 } as const;
const longestWait = 300_000;

/** The notices wait and are tried again; @throws the error when it says that the source cannot be asked now. */
const afterFailure = async (deps: PipelineDeps, notices: readonly OpenNotice[], thrown: unknown): Promise<HubError> => {
  const error = asHubError(thrown);
  if (error.code === 'run/cancelled') throw error;
  if (error.code === 'run/overtaken') await delayNotices(deps.pool, notices, 1000);
  else {
    const transient = error.fault === 'transient';
    const tried = Math.max(0, ...notices.map((notice) => notice.attempts));
    const wait = transient ? Math.max(error.retryAfterMs ?? 0, Math.min(longestWait, 2000 * 2 ** tried)) : 60_000;
    const failure = { code: error.code, attempts: transient ? attempts.transient : attempts.other };
    await delayNotices(deps.pool, notices, wait, failure);
    if (transient) throw error;
  }
  return error;
};

/** What is gone though nobody said so, or said so and cannot be asked: under the guard. */
const removeGone = async (
  tx: Tx,
  deps: PipelineDeps,
  { source }: NoticeOrder,
  kind: SyncKind,
  notices: readonly OpenNotice[],
  look: Parameters<typeof markLook>[1],
): Promise<void> => {
  const keys = notices.map(({ key }) => storedKey(deps.keys, source.name, kind, key));
  const before = await deletedByNotice(tx, source.name, kind.name);
  await foundDeleted(tx, notices);
  await markLook(tx, look, keys);
  const swept = await sweepKeys(tx, { source: source.name, kind: kind.name, keys, before }, source.guard);
  if (swept.news === true)
    deps.log.warn({ event: 'deletions.held', source: source.name, kind: kind.name, held: swept.held });
};

const underLock = (deps: PipelineDeps, { source }: NoticeOrder, kind: SyncKind, work: (tx: Tx) => Promise<void>) =>
  transaction(deps.pool, async (tx) => {
    await holdPeople(tx);
    await lockPages(tx, source.name, kind.name);
    await work(tx);
  });

/**
 * A record about several citizens is in nobody's own snapshot to take away: but when all of them were asked and none has
 * it, it is gone. @returns those that must be asked about again, because somebody stored something of them meanwhile.
 */
const removeSharedUnseen = async (
  deps: PipelineDeps,
  order: NoticeOrder,
  kind: SyncKind,
  notices: readonly OpenNotice[],
  seen: ReadonlySet<string>,
  look: Parameters<typeof markLook>[1],
): Promise<readonly OpenNotice[]> => {
  const keyOf = ({ key }: OpenNotice): string => storedKey(deps.keys, order.source.name, kind, key);
  const unseen = notices.filter((notice) => !seen.has(keyOf(notice)));
  if (unseen.length === 0) return [];
  let again: readonly OpenNotice[] = [];
  await underLock(deps, order, kind, async (tx) => {
    const about = await storedCitizens(tx, look, unseen.map(keyOf));
    const gone = unseen.filter((notice) => {
      const citizens = about.get(keyOf(notice)) ?? [];
      return citizens.length > 1 && citizens.every((id) => notice.citizens?.includes(id));
    });
    if (await isOvertaken(tx, look)) again = gone;
    else if (gone.length > 0) await removeGone(tx, deps, order, kind, gone, look);
  });
  return again;
};

interface Asked {
  readonly errors: readonly HubError[];
  /** Keys, as stored, of everything that came. */
  readonly seen: ReadonlySet<string>;
  readonly behind: ReadonlySet<number>;
  readonly refused: ReadonlySet<number>;
}

/** Everything of the kind about each citizen; a refusal ends it, and nothing is swept for it. */
const askCitizens = async (
  deps: PipelineDeps,
  { source, runId, signal }: NoticeOrder,
  opened: OpenSource,
  { kind, named }: NoticePlan,
): Promise<Asked> => {
  const asked = {
    errors: [] as HubError[],
    seen: new Set<string>(),
    behind: new Set<number>(),
    refused: new Set<number>(),
  };
  for (const citizenId of new Set(named.flatMap((notice) => notice.citizens ?? []))) {
    if ((await activeEnrolment(deps.pool, citizenId)) === undefined) continue;
    const own = named.filter((notice) => notice.citizens?.includes(citizenId));
    try {
      const numbers = await numbersOf(deps.pool, deps.keys, citizenId);
      const about = { source, kind, citizenId, numbers };
      const { seen } = await fetchAbout(deps, opened, about, { runId, signal, asksForHistory: true });
      for (const key of seen) asked.seen.add(key);
    } catch (thrown) {
      const refusal = asHubError(thrown).code === 'source/forbidden';
      for (const { id } of own) (refusal ? asked.refused : asked.behind).add(id);
      if (!refusal) asked.errors.push(await afterFailure(deps, own, thrown));
    }
  }
  return asked;
};

const fetchCitizens = async (
  deps: PipelineDeps,
  order: NoticeOrder,
  opened: OpenSource,
  plan: NoticePlan,
): Promise<readonly HubError[]> => {
  const { kind, named } = plan;
  if (named.length === 0) return [];
  const shared = named.filter(({ citizens = [] }) => citizens.length > 1);
  const keys = shared.map(({ key }) => storedKey(deps.keys, order.source.name, kind, key));
  const look = await nameLook(deps.pool, order.source.name, kind.name, { keys });
  try {
    const { errors, seen, behind, refused } = await askCitizens(deps, order, opened, plan);
    const sure = shared.filter(({ id }) => !behind.has(id) && !refused.has(id));
    const again = await removeSharedUnseen(deps, order, kind, sure, seen, look);
    await delayNotices(deps.pool, again, 1000);
    const ended = named.filter((notice) => !behind.has(notice.id) && !again.includes(notice));
    const [no, yes] = [ended.filter(({ id }) => refused.has(id)), ended.filter(({ id }) => !refused.has(id))];
    await endNotices(deps.pool, yes);
    await endNotices(deps.pool, no, 'source/forbidden');
    return errors;
  } finally {
    await endLook(deps.pool, look.id);
  }
};

const batch = 100;

const fetchKeys = async (
  deps: PipelineDeps,
  order: NoticeOrder,
  opened: OpenSource,
  { kind, keyed }: NoticePlan,
): Promise<readonly HubError[]> => {
  const { source, runId, signal } = order;
  const errors: HubError[] = [];
  for (let from = 0; from < keyed.length; from += batch) {
    const notices = keyed.slice(from, from + batch);
    const keys = notices.map(({ key }) => key);
    const told = new Set(notices.filter(({ change }) => change === 'deleted').map(({ key }) => key));
    const stored = keys.map((key) => storedKey(deps.keys, source.name, kind, key));
    try {
      await lookAgain(deps, { source, kind, signal }, { keys: stored }, async (look) => {
        const gone: string[] = [];
        const pages = opened.byKeys?.[kind.name]?.({ keys, signal }) ?? [];
        for await (const page of pages) {
          const [sure, unsure] = [
            page.deleted.filter((key) => told.has(key)),
            page.deleted.filter((key) => !told.has(key)),
          ];
          gone.push(...unsure);
          await storeAbout(deps, { source, kind, look }, [{ ...page, deleted: sure }], { runId, asksForHistory: true });
          if (signal.aborted) break;
        }
        const unsure = notices.filter(({ key }) => gone.includes(key));
        if (unsure.length > 0)
          await underLock(deps, order, kind, (tx) => removeGone(tx, deps, order, kind, unsure, look));
      });
      if (signal.aborted) return errors;
      await endNotices(deps.pool, notices);
    } catch (thrown) {
      errors.push(await afterFailure(deps, notices, thrown));
    }
  }
  return errors;
};

/** Asks about everything that can be asked about. @throws the first failure, after the others have been tried. */
export const fetchNotices = async (
  deps: PipelineDeps,
  order: NoticeOrder,
  opened: OpenSource,
  plans: readonly NoticePlan[],
): Promise<void> => {
  const errors: HubError[] = [];
  for (const plan of plans) {
    errors.push(...(await fetchCitizens(deps, order, opened, plan)), ...(await fetchKeys(deps, order, opened, plan)));
    if (plan.gone.length === 0) continue;
    const keys = plan.gone.map(({ key }) => storedKey(deps.keys, order.source.name, plan.kind, key));
    await lookAgain(deps, { ...order, kind: plan.kind }, { keys }, (look) =>
      underLock(deps, order, plan.kind, (tx) => removeGone(tx, deps, order, plan.kind, plan.gone, look)),
    );
    await endNotices(deps.pool, plan.gone);
  }
  const [first] = errors.filter(({ code }) => code !== 'run/overtaken');
  if (first !== undefined) throw first;
};

/** Ends what a complete run has shown since. @returns the kinds that must still be pulled. */
export const leaveToPulls = async (
  deps: PipelineDeps,
  source: SyncSource,
  plans: readonly NoticePlan[],
): Promise<readonly string[]> => {
  const kinds: string[] = [];
  for (const { kind, pulled } of plans) {
    const began = pulled.length === 0 ? null : await lastRunBegan(deps.pool, source.name, kind.name);
    const shown = pulled.filter(({ receivedAt }) => began !== null && receivedAt < began);
    await endNotices(deps.pool, shown);
    if (shown.length === pulled.length) continue;
    await delayNotices(
      deps.pool,
      pulled.filter((notice) => !shown.includes(notice)),
      5000,
    );
    kinds.push(kind.name);
  }
  return kinds;
};
