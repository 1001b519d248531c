// Producing one page of `changes`: acknowledge what came back, walk the citizens while a snapshot is under way, then
// follow the change log; compare whole citizens with what is held until the page is full. Positions are read before
// the comparison, so what is written meanwhile has a row of its own.
import { actorParameters } from '../consent/actor.ts';
import { visibleCitizens } from '../consent/decide.ts';
import { HubError } from '../errors.ts';
import { changesAfter, logBounds, writeFellDue } from '../store/change-log.ts';
import { acknowledge, holdQuietly, keepPage, lockConsumer, proveProgress, type Told } from '../store/consumers.ts';
import { type Tx, transaction } from '../store/db.ts';
import { compareHolds, heldCitizens, masterRecords } from '../store/holds.ts';
import { type Entry, weigh } from './changes-entry.ts';
import type { Actor, FeedContext } from './context.ts';
import type { Progress } from './cursor.ts';
import type { Selection } from './plan-fields.ts';
import { createTurns } from './turns.ts';

export interface Follower {
  readonly actor: Actor;
  readonly consumer: string;
  /** Only these kinds and fields. */
  readonly selection?: Selection | undefined;
}

/** A page of a stream that has not come back yet: what it tells counts as told on the pages built upon it. */
export interface OpenPage {
  readonly number: number;
  readonly told: readonly Told[];
  readonly opensSnapshot: boolean;
}

/** What a stream has sent since the last page that came back, oldest first. */
export interface Chain {
  readonly acknowledged: number;
  readonly open: readonly OpenPage[];
}

export interface Page {
  readonly entries: readonly Entry[];
  readonly more: boolean;
  readonly next: Progress;
  readonly chain: Chain;
}

/** The recipients that name a consumer system in grants, as the engine reads them. */
export const grantKeysOf = (follower: Follower): readonly string[] => [`consumer:${follower.consumer}`];

const nobody = '00000000-0000-0000-0000-000000000000';
/** Citizens looked at together in a snapshot: enough for a page, or much of the look is for nothing. */
const walkStep = (limit: number): number => Math.min(32, Math.max(4, Math.ceil(limit / 16)));
const followStep = 500;
/** A page that has looked this long goes out as it is. */
const longestMs = 5000;

export const gone = (message: string): HubError =>
  new HubError({
    code: 'request/gone',
    fault: 'config',
    message,
    hint: 'Start again without after, and delete what the snapshot does not bring.',
  });

interface Draft {
  readonly context: FeedContext;
  readonly follower: Follower;
  readonly tx: Tx;
  readonly limit: number;
  /** A snapshot begins: nothing held is taken for known. */
  readonly anew: boolean;
  /** Told on pages that have not come back. */
  readonly before: readonly Told[];
  readonly entries: Entry[];
  readonly told: Told[];
  readonly startedAt: number;
}

const late = (draft: Draft): boolean => performance.now() - draft.startedAt > longestMs;

/** Adds these citizens' differences. @returns the citizen at whom the page was full; undefined: all are told. */
const tell = async (draft: Draft, citizens: readonly string[]): Promise<string | undefined> => {
  const { context, follower, tx, entries, told, limit, anew, before } = draft;
  let left = citizens;
  while (left.length > 0) {
    const asked = new Set(left);
    const most = limit - entries.length + 1;
    const differences = await compareHolds(tx, {
      actor: actorParameters(follower.actor),
      citizens: left,
      told: [...before, ...told].filter((one) => asked.has(one.citizen)),
      anew,
      most,
      kinds: follower.selection === undefined ? null : [...follower.selection.lists.keys()],
    });
    const changedMaster = differences.filter((one) => one.recordId === one.citizenId && one.mark !== null);
    const master = await masterRecords(
      tx,
      context.keys,
      changedMaster.map((one) => one.citizenId),
    );
    for (const difference of differences) {
      const { entry, mark } = weigh(context, difference, master.get(difference.citizenId) ?? [], follower.selection);
      if (entry !== undefined && entries.length === limit) return difference.citizenId;
      if (entry !== undefined) entries.push(entry);
      told.push({ citizen: difference.citizenId, record: difference.recordId, mark });
    }
    const last = differences.at(-1)?.citizenId;
    if (last === undefined || differences.length < most) return undefined;
    left = left.slice(left.indexOf(last) + 1);
  }
  return undefined;
};

/** The next citizens of a snapshot: those it holds something of and those it may see, in id order. */
const nextCitizens = async (draft: Draft, after: string): Promise<readonly string[]> => {
  const { tx, follower } = draft;
  const limit = walkStep(draft.limit);
  const held = await heldCitizens(tx, follower.consumer, after, limit);
  const visible = await visibleCitizens(tx, follower.actor, { after, limit });
  return [...new Set([...held, ...visible])].sort().slice(0, limit);
};

interface Reached {
  readonly at: Pick<Progress, 'position' | 'walked'>;
  readonly more: boolean;
}

const walk = async (draft: Draft, from: string, position: number): Promise<Reached> => {
  let walked = from;
  for (;;) {
    if (late(draft)) return { at: { position, walked }, more: true };
    const citizens = await nextCitizens(draft, walked);
    if (citizens.length === 0) return follow(draft, position);
    const full = await tell(draft, citizens);
    if (full !== undefined)
      return { at: { position, walked: citizens[citizens.indexOf(full) - 1] ?? walked }, more: true };
    walked = citizens.at(-1) ?? walked;
  }
};

const follow = async (draft: Draft, from: number): Promise<Reached> => {
  const { tx, follower } = draft;
  let position = from;
  for (;;) {
    if (late(draft)) return { at: { position, walked: undefined }, more: true };
    const batch = await changesAfter(tx, follower.consumer, grantKeysOf(follower), position, followStep);
    if (batch.rows === 0) return { at: { position, walked: undefined }, more: false };
    // The rest of a batch that does not fit comes from reading it again: what was received is held by then.
    if ((await tell(draft, batch.citizens)) !== undefined) return { at: { position, walked: undefined }, more: true };
    position = batch.reached;
  }
};

interface Start extends Progress {
  readonly chain: Chain;
}

const overtaken = (): HubError => gone('The cursor was overtaken by another one.');

const fieldsOf = ({ selection }: Follower): readonly string[] => (selection === undefined ? [] : [selection.text]);

/** Everything about the caller that decides what it sees, in eight bytes. */
export const readerOf = (context: Pick<FeedContext, 'keys'>, follower: Follower): Buffer =>
  context.keys
    .hash('etag', JSON.stringify(['reader', ...actorParameters(follower.actor), ...fieldsOf(follower)]))
    .subarray(0, 8);

/** @returns false when the page was overtaken. */
const received = async (
  context: FeedContext,
  tx: Tx,
  follower: Follower,
  after: Progress,
  acknowledged: number,
): Promise<boolean> => {
  const cursor = { ...after, reader: readerOf(context, follower) };
  if (after.page !== acknowledged) return acknowledge(tx, follower.consumer, cursor);
  await proveProgress(tx, follower.consumer, cursor);
  return true;
};

/** Where to go on from, once what came back has been taken for received. */
const resume = async (
  context: FeedContext,
  tx: Tx,
  follower: Follower,
  after: Progress | undefined,
  built: Chain | undefined,
): Promise<Start> => {
  const { acknowledged } = await lockConsumer(tx, follower.consumer);
  const { last, prunedTo } = await logBounds(tx);
  if (after === undefined)
    return { page: acknowledged, position: last, walked: nobody, chain: { acknowledged, open: [] } };
  if (after.position < prunedTo) throw gone('The cursor is older than what the hub remembers.');
  if (built !== undefined && built.open.length > 0) {
    if (acknowledged !== built.acknowledged && !built.open.some((page) => page.number === acknowledged))
      throw overtaken();
    return { ...after, chain: { acknowledged, open: built.open.filter((page) => page.number > acknowledged) } };
  }
  if (!(await received(context, tx, follower, after, acknowledged))) throw overtaken();
  return { ...after, chain: { acknowledged: after.page, open: [] } };
};

/** Keeps what the page tells until its cursor comes back. @returns the page whose receipt the cursor will prove. */
const keep = async (
  draft: Draft,
  start: Start,
  opensSnapshot: boolean,
): Promise<{ readonly page: number; readonly chain: Chain }> => {
  const { tx, follower, told, entries } = draft;
  const { page: prior, chain } = start;
  if (entries.length > 0 || opensSnapshot) {
    const number = await keepPage(tx, follower.consumer, { opensSnapshot, told, prior });
    return { page: number, chain: { ...chain, open: [...chain.open, { number, told, opensSnapshot }] } };
  }
  // What is held is not touched while it is not known what has been received.
  if (told.length > 0 && chain.open.length === 0) await holdQuietly(tx, follower.consumer, told);
  return { page: prior, chain };
};

/** Whatever takes the consumer's row takes its turn first. */
export const inTurn = createTurns();

/**
 * `after` absent: a snapshot begins. With `built`, `after` is where a stream is and has not come back: the page is built
 * upon what the stream has sent. @throws HubError `request/gone`.
 */
export const producePage = (
  context: FeedContext,
  follower: Follower,
  after: Progress | undefined,
  limit: number,
  built?: Chain,
): Promise<Page> => inTurn(follower.consumer, () => produce(context, follower, after, limit, built));

const produce = async (
  context: FeedContext,
  follower: Follower,
  after: Progress | undefined,
  limit: number,
  built: Chain | undefined,
): Promise<Page> => {
  await writeFellDue(context.pool);
  return transaction(context.pool, async (tx) => {
    const start = await resume(context, tx, follower, after, built);
    const { open } = start.chain;
    const draft: Draft = {
      context,
      follower,
      tx,
      limit,
      anew: after === undefined || open.some((page) => page.opensSnapshot),
      before: open.flatMap((page) => page.told),
      entries: [],
      told: [],
      startedAt: performance.now(),
    };
    const { at, more } =
      start.walked === undefined
        ? await follow(draft, start.position)
        : await walk(draft, start.walked, start.position);
    const { page, chain } = await keep(draft, start, after === undefined);
    return { entries: draft.entries, more, next: { page, ...at }, chain };
  });
};
