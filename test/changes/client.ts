// A consumer as a vendor would build it, over HTTP: pages by poll or by stream, applied together with their cursor, what
// was deleted confirmed afterwards, a snapshot when the hub says 410. It may be killed at any point in between; what it
// had kept by then is all it knows when it starts again.
import { type Copy, keyOf, noticed } from './follower.ts';
import type { FeedHub, PageAnswer } from './hub.ts';
import { openStream } from './reader.ts';

export interface ClientOptions {
  readonly hub: Pick<FeedHub, 'app'>;
  /** Where streams are read. */
  readonly url: string;
  readonly authorization: string;
  /** Never says that it deleted anything. */
  readonly silent: boolean;
  readonly random: () => number;
}

class Killed extends Error {}

export const createClient = ({ hub, url, authorization, silent, random }: ClientOptions) => {
  // What would be in its database: written in one step.
  let kept: { copy: Copy; cursor: string | undefined; brought: Set<string> | undefined; owed: string | undefined } = {
    copy: new Map(),
    cursor: undefined,
    brought: new Set(),
    owed: undefined,
  };
  let dangerous = true;
  const counts = { pages: 0, entries: 0, removed: 0, killed: 0, snapshots: 0 };

  const mayDie = (): void => {
    if (!dangerous || random() > 0.15) return;
    counts.killed += 1;
    throw new Killed();
  };

  const apply = (page: PageAnswer): void => {
    const copy: Copy = new Map(kept.copy);
    const brought = kept.brought === undefined ? undefined : new Set(kept.brought);
    let removed = false;
    for (const entry of page.entries) {
      const key = keyOf(entry.citizen, entry.id);
      counts.entries += 1;
      if (entry.op === 'removed') {
        counts.removed += 1;
        removed = true;
        copy.delete(key);
        brought?.delete(key);
      } else {
        copy.set(key, { record: noticed(JSON.stringify(entry.record)), links: entry.links });
        brought?.add(key);
      }
    }
    counts.pages += 1;
    // The snapshot has ended: what it did not bring is not there.
    if (brought !== undefined && !page.more) for (const key of copy.keys()) if (!brought.has(key)) copy.delete(key);
    kept = {
      copy,
      cursor: page.cursor,
      brought: page.more ? brought : undefined,
      owed: removed ? page.cursor : kept.owed,
    };
  };

  const startOver = (): void => {
    counts.snapshots += 1;
    kept = { ...kept, cursor: undefined, brought: new Set() };
  };

  const confirm = async (): Promise<void> => {
    if (kept.owed === undefined || silent) return;
    mayDie();
    const answer = await hub.app.inject({
      method: 'POST',
      url: '/v1/changes/confirm',
      headers: { authorization },
      payload: { purged: kept.owed },
    });
    // Overtaken: another cursor received it, and confirms it later.
    if (answer.statusCode === 410) kept = { ...kept, owed: kept.cursor };
    else if (answer.statusCode !== 204) throw new Error(`confirm: ${answer.statusCode} ${answer.body}`);
    else kept = { ...kept, owed: undefined };
  };

  /** One poll. @returns whether there was nothing. */
  const poll = async (limit: number): Promise<boolean> => {
    const after = kept.cursor === undefined ? '' : `&after=${kept.cursor}`;
    const answer = await hub.app.inject({ url: `/v1/changes?limit=${limit}${after}`, headers: { authorization } });
    if (answer.statusCode === 410) {
      startOver();
      return false;
    }
    if (answer.statusCode !== 200) throw new Error(`poll: ${answer.statusCode} ${answer.body}`);
    const page = answer.json() as PageAnswer;
    mayDie();
    apply(page);
    await confirm();
    return page.entries.length === 0 && !page.more;
  };

  /** Some events of a stream. */
  const stream = async (limit: number, most: number): Promise<void> => {
    const headers = { authorization, ...(kept.cursor === undefined ? {} : { 'last-event-id': kept.cursor }) };
    const reader = await openStream(`${url}?limit=${limit}`, headers);
    // It stays only for so long.
    const leaves = setTimeout(reader.close, 100 + random() * 400);
    try {
      if (reader.status === 410) return startOver();
      if (reader.status !== 200) return;
      for (let n = 0; n < most; n += 1) {
        const event = await reader.next().catch(() => undefined);
        if (event?.event !== 'changes') return;
        mayDie();
        apply(event.page);
        await confirm();
      }
    } finally {
      clearTimeout(leaves);
      reader.close();
    }
  };

  const alive = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
  };

  return {
    counts,
    copy: (): Copy => kept.copy,
    /** Something a consumer does, which it may not survive. */
    step: () =>
      alive(() =>
        random() < 0.25
          ? stream(1 + Math.floor(random() * 8), 1 + Math.floor(random() * 3))
          : poll(1 + Math.floor(random() * 20)),
      ),
    /** Reads to the end and confirms, without mishap. */
    async settle(): Promise<void> {
      dangerous = false;
      let quiet = 0;
      for (let n = 0; quiet < 2; n += 1) {
        if (n > 2000) throw new Error('there is no end of changes');
        quiet = (await poll(100)) ? quiet + 1 : 0;
      }
    },
  };
};
export type Client = ReturnType<typeof createClient>;
