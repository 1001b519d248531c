// A follower of `changes` as a consumer would write it: applies a page and keeps its cursor in one step, and may crash
// between receiving and keeping. And what it should end with, read by a road of its own.
import { isDeepStrictEqual } from 'node:util';
import { systemClock } from '../../src/clock.ts';
import type { Actor } from '../../src/consent/actor.ts';
import { visibleRecords } from '../../src/consent/decide.ts';
import { type Follower, type Page, producePage } from '../../src/feed/changes-page.ts';
import type { FeedContext } from '../../src/feed/context.ts';
import type { Progress } from '../../src/feed/cursor.ts';
import { createLogger } from '../../src/log.ts';
import { bodyContext, strippedContext } from '../../src/store/bodies.ts';
import type { KeyRing } from '../../src/store/crypto.ts';
import type { Pool } from '../../src/store/db.ts';
import { rememberingLog } from '../feed/fixture.ts';

export const contextOf = (pool: Pool, keys: KeyRing): FeedContext => ({
  pool,
  keys,
  clock: systemClock,
  log: createLogger({ level: 'silent' }),
  accessLog: rememberingLog(),
  settings: {
    sources: [],
    consumers: [],
    purposes: ['coordinated-plan'],
    enrolmentBases: [],
    emergencyRoles: [],
    legalBasis: { own: 'own', ownJournal: 'journal', emergency: 'emergency' },
    masterDataOrder: [],
    changeRetentionMs: 90 * 86_400_000,
    purgeDeadlineMs: 14 * 86_400_000,
    ratingEveryMs: 90 * 86_400_000,
    custodyUntil: 15,
    webhooks: { addresses: { allowPrivate: [], allowHttp: false }, overlapMs: 0, gapMs: 0 },
  },
});

export const consumerActor = (consumer: string): Actor => ({
  kind: 'consumer-system',
  person: `system-${consumer}`,
  organisation: `organisation-${consumer}`,
  sector: 'private',
  consumer,
  purpose: 'coordinated-plan',
  scopes: ['changes.read'],
});

interface Held {
  readonly record: unknown;
  readonly links: unknown;
}
export type Copy = Map<string, Held>;

const volatile = new Set(['observedAt', 'mapping', 'sourceUpdatedAt']);
/** What a reader notices of a record. */
export const noticed = (text: string): unknown =>
  Object.fromEntries(
    Object.entries(JSON.parse(text) as Record<string, unknown>).filter(([name]) => !volatile.has(name)),
  );
export const keyOf = (citizen: string, record: string): string => `${citizen} ${record}`;

export const createFollower = (context: FeedContext, follower: Follower) => {
  let copy: Copy = new Map();
  let cursor: Progress | undefined;
  let snapshot = true;
  /** Things a careful consumer would call a fault of the hub's. */
  const faults: string[] = [];

  const apply = (page: Page): void => {
    for (const entry of page.entries) {
      const key = keyOf(entry.citizen, entry.record);
      const known = copy.has(key);
      if (entry.op === 'removed' && !known) faults.push('removed what was never held');
      if (entry.op === 'changed' && !known) faults.push('changed what was never held');
      if (entry.op === 'created' && known && !snapshot) faults.push('created what was held');
      if (entry.op === 'removed') copy.delete(key);
      else {
        const held = { record: noticed(entry.text ?? 'null'), links: JSON.parse(entry.links) as unknown };
        if (entry.op === 'changed' && isDeepStrictEqual(copy.get(key), held)) faults.push('changed without a change');
        copy.set(key, held);
      }
    }
  };

  return {
    faults,
    copy: (): Copy => copy,
    cursor: () => cursor,
    /** One page; `crash` loses it after it was received. */
    async read(limit: number, crash: boolean): Promise<Page> {
      const page = await producePage(context, follower, cursor, limit);
      if (crash) return page;
      apply(page);
      cursor = page.next;
      if (page.next.walked === undefined) snapshot = false;
      return page;
    },
    /** Reads until there is nothing left to tell. */
    async drain(limit: number): Promise<void> {
      for (;;) {
        const page = await this.read(limit, false);
        if (page.entries.length === 0 && !page.more) return;
      }
    },
    restart(): void {
      cursor = undefined;
      snapshot = true;
      copy = new Map();
    },
  };
};

interface BodyRow {
  readonly id: string;
  readonly body: string | null;
  readonly cipher: Buffer | null;
  readonly stripped: string | null;
  readonly stripped_cipher: Buffer | null;
}

const textOf = (keys: KeyRing, row: BodyRow, stripped: boolean): string => {
  if (stripped && row.stripped !== null) return row.stripped;
  if (stripped && row.stripped_cipher !== null) return keys.decrypt(row.stripped_cipher, strippedContext(row.id));
  return row.cipher === null ? (row.body ?? '') : keys.decrypt(row.cipher, bodyContext(row.id));
};

/** Exactly what the actor may see of these citizens now. */
export const visibleNow = async (
  pool: Pool,
  keys: KeyRing,
  actor: Actor,
  citizens: readonly string[],
): Promise<Copy> => {
  const visible = (await visibleRecords(pool, actor, { citizens })).filter((one) => one.show === 'content');
  const ids = visible.map((one) => one.recordId);
  const { rows: bodies } = await pool.query<BodyRow>(
    'select record_id as id, body, cipher, stripped, stripped_cipher from record_body where record_id = any($1::uuid[])',
    [ids],
  );
  const { rows: links } = await pool.query<{ from_id: string; rel: string; to_id: string }>(
    'select * from link where from_id = any($1::uuid[]) and to_id = any($1::uuid[]) order by from_id, rel, to_id',
    [ids],
  );
  const expected: Copy = new Map();
  for (const one of visible) {
    const row = bodies.find((body) => body.id === one.recordId);
    if (row === undefined) throw new Error('a visible record has no body');
    const seen = (id: string): boolean => visible.some((v) => v.citizenId === one.citizenId && v.recordId === id);
    expected.set(keyOf(one.citizenId, one.citizenId), { record: { id: one.citizenId, kind: 'citizen' }, links: [] });
    expected.set(keyOf(one.citizenId, one.recordId), {
      record: noticed(textOf(keys, row, one.stripped)),
      links: links
        .filter((link) => link.from_id === one.recordId && seen(link.to_id))
        .map((link) => ({ from: link.from_id, rel: link.rel, to: link.to_id })),
    });
  }
  return expected;
};
