// Is there something new for a webhook's reader? Looks at the change rows since the last look, and compares what the
// reader sees of each citizen with what it saw then: a change in what stays hidden is no news. The first look goes
// through everybody and ends in a hint, whatever there is. What is seen is decided by the engine and weighed as `changes`
// weighs it. The worker is handed this by the composition root.
import type { Actor } from '../consent/actor.ts';
import { actorParameters } from '../consent/actor.ts';
import { visibleCitizens } from '../consent/decide.ts';
import { changesAfter, logBounds } from '../store/change-log.ts';
import { provenProgress } from '../store/consumers.ts';
import { type Tx, transaction } from '../store/db.ts';
import { compareHolds, masterRecords } from '../store/holds.ts';
import { insertHint } from '../store/webhook-outbox.ts';
import {
  activateWebhook,
  actorOfWebhook,
  disableWebhook,
  keepLooking,
  keepTold,
  type Looking,
  lockLooking,
  toldMarks,
} from '../store/webhooks.ts';
import { weigh } from './changes-entry.ts';
import { type Follower, grantKeysOf } from './changes-page.ts';
import type { FeedContext } from './context.ts';
import { sealCursor } from './cursor.ts';

export type NewsContext = Pick<FeedContext, 'pool' | 'keys' | 'clock' | 'settings'>;

export interface WebhookNews {
  /** One look. `more`: it stopped before its end, so that others get their turn. */
  look(webhook: string): Promise<{ readonly hinted: boolean; readonly more: boolean }>;
  /** What its consumer goes on from; undefined before it has received a page. */
  cursor(webhook: string): Promise<string | undefined>;
}

const rowsAtOnce = 500;
const citizensAtOnce = 50;
const recordsAtOnce = 1000;
const longestMs = 2000;
/** After a while without a hint the first one is not kept waiting by how much else there is to look at. */
const firstMs = 200;
const quietMs = 60_000;

/** Numbers stay out: consumer systems have none. */
export const actorText = ({ numberHash: _, ...actor }: Actor): string => JSON.stringify(actor);

const followerOf = (looking: { readonly consumer: string; readonly actor: string }): Follower => ({
  actor: JSON.parse(looking.actor) as Actor,
  consumer: looking.consumer,
});

/** What the reader sees of each citizen, as a keyed hash; null: nothing. */
const seenMarks = async (
  context: NewsContext,
  tx: Tx,
  follower: Follower,
  citizens: readonly string[],
): Promise<ReadonlyMap<string, Buffer | null>> => {
  const lines = new Map<string, string[]>(citizens.map((id) => [id, []]));
  let left = citizens;
  while (left.length > 0) {
    const actor = actorParameters(follower.actor);
    const seen = await compareHolds(tx, {
      actor,
      citizens: left,
      told: [],
      anew: true,
      most: recordsAtOnce,
      kinds: null,
    });
    const visible = seen.filter((one) => one.mark !== null);
    const owners = visible.filter((one) => one.recordId === one.citizenId).map((one) => one.citizenId);
    const master = await masterRecords(tx, context.keys, owners);
    for (const one of visible) {
      const { mark } = weigh(context, { ...one, held: null }, master.get(one.citizenId) ?? []);
      lines.get(one.citizenId)?.push(`${one.recordId} ${mark?.toString('hex', 8) ?? ''}`);
    }
    const last = seen.at(-1)?.citizenId;
    if (last === undefined || seen.length < recordsAtOnce) break;
    left = left.slice(left.indexOf(last) + 1);
  }
  return new Map(
    [...lines].map(([citizen, seen]) => [
      citizen,
      seen.length === 0
        ? null
        : context.keys.hash('etag', `webhook\n${citizen}\n${seen.sort().join('\n')}`).subarray(0, 16),
    ]),
  );
};

/** Takes over what is seen now. @returns whether any of it is news. */
const compare = async (
  context: NewsContext,
  tx: Tx,
  webhook: string,
  follower: Follower,
  citizens: readonly string[],
): Promise<boolean> => {
  const before = await toldMarks(tx, webhook, citizens);
  const now = await seenMarks(context, tx, follower, citizens);
  const changed = [...now].filter(([citizen, mark]) => {
    const known = before.get(citizen);
    return mark === null ? known !== undefined : known === undefined || !known.equals(mark);
  });
  await keepTold(tx, webhook, new Map(changed));
  return changed.length > 0;
};

type Progress = Pick<Looking, 'position' | 'walked'> & { readonly news: boolean; readonly more: boolean };

const walk = async (
  context: NewsContext,
  tx: Tx,
  looking: Looking,
  follower: Follower,
  late: () => boolean,
): Promise<Progress> => {
  const { id, position } = looking;
  let walked = looking.walked ?? undefined;
  while (!late()) {
    const after = walked === undefined ? {} : { after: walked };
    const citizens = await visibleCitizens(tx, follower.actor, { ...after, limit: citizensAtOnce });
    await compare(context, tx, id, follower, citizens);
    walked = citizens.at(-1);
    if (walked === undefined || citizens.length < citizensAtOnce)
      return { position, walked: null, news: true, more: true };
  }
  return { position, walked: walked ?? null, news: false, more: true };
};

const follow = async (
  context: NewsContext,
  tx: Tx,
  looking: Looking,
  follower: Follower,
  { late, soon }: { readonly late: () => boolean; readonly soon: () => boolean },
): Promise<Progress> => {
  let { position } = looking;
  let news = false;
  while (!late()) {
    const batch = await changesAfter(tx, follower.consumer, grantKeysOf(follower), position, rowsAtOnce);
    if (batch.rows === 0) return { position, walked: null, news, more: false };
    for (let from = 0; from < batch.citizens.length; from += citizensAtOnce) {
      if (await compare(context, tx, looking.id, follower, batch.citizens.slice(from, from + citizensAtOnce)))
        news = true;
      // The batch is begun again after the hint; what was compared is as it was.
      if (news && soon()) return { position, walked: null, news, more: true };
    }
    position = batch.reached;
  }
  return { position, walked: null, news, more: true };
};

/** Still registered, as keeping copies, for this purpose, with this scope. */
const registered = ({ settings }: NewsContext, { actor, consumer }: Follower): boolean => {
  const known = settings.consumers.find((one) => one.id === consumer);
  return (
    known?.copies === true &&
    known.scopes?.includes('changes.read') !== false &&
    known.purposes?.includes(actor.purpose) !== false &&
    settings.purposes.includes(actor.purpose)
  );
};

export const createWebhookNews = (context: NewsContext): WebhookNews => {
  const { pool, keys, clock, settings } = context;
  return {
    async look(webhook) {
      return transaction(pool, async (tx) => {
        const looking = await lockLooking(tx, keys, webhook);
        if (looking === undefined) return { hinted: false, more: false };
        const follower = followerOf(looking);
        const now = clock.now();
        if (!registered(context, follower)) {
          await disableWebhook(tx, webhook, 'unregistered', now);
          return { hinted: false, more: false };
        }
        if (looking.walked === null && looking.position < (await logBounds(tx)).prunedTo) {
          await activateWebhook(tx, webhook, now);
          return { hinted: false, more: true };
        }
        const started = performance.now();
        const late = (): boolean => performance.now() - started > longestMs;
        const quiet = now.getTime() - (looking.lastEventAt?.getTime() ?? 0) > quietMs;
        const soon = (): boolean => quiet && performance.now() - started > firstMs;
        const { news, more, ...reached } = await (looking.walked === null
          ? follow(context, tx, looking, follower, { late, soon })
          : walk(context, tx, looking, follower, late));
        await keepLooking(tx, { id: webhook, ...reached });
        if (news) await insertHint(tx, webhook, now, settings.webhooks.gapMs);
        return { hinted: news, more };
      });
    },
    async cursor(webhook) {
      const known = await actorOfWebhook(pool, keys, webhook);
      if (known === undefined) return undefined;
      const proven = await provenProgress(pool, known.consumer);
      if (proven === undefined) return undefined;
      return sealCursor(keys, known.consumer, { ...proven, issuedAt: clock.now() });
    },
  };
};
