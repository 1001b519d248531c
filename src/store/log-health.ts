// How the access log fares: how far its chain has come, what waits to be sealed, and what became of the last look at the
// anchor file. Numbers and times; nothing that is in it.
import { type AnchorState, readAnchorState } from './anchor-state.ts';
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';
import { readMark } from './log-anchor.ts';

export interface LogHealth {
  /** The number of the last sealed entry; `forged`: the mark was not signed with our key. */
  readonly sealed: number | 'forged';
  readonly lastEntryAt: Date | null;
  readonly waiting: number;
  /** Age of the oldest that waits, in seconds; 0: none does. */
  readonly waitingSeconds: number;
  /** Undefined: nobody has looked, for there is no file or the web role has just begun. */
  readonly anchor: AnchorState | undefined;
}

export const readLogHealth = async (db: Db, keys: KeyRing): Promise<LogHealth> => {
  const [head, anchor, { rows }] = await Promise.all([
    readMark(db, keys, 'head'),
    readAnchorState(db),
    db.query<{ waiting: number; seconds: number; last: Date | null }>(
      `select count(*)::int as waiting,
         coalesce(greatest(0, extract(epoch from clock_timestamp() - min(queued_at))), 0)::float8 as seconds,
         (select max(at) from access_log) as last
       from log_unsealed`,
    ),
  ]);
  const { waiting = 0, seconds = 0, last = null } = rows[0] ?? {};
  const sealed = typeof head === 'object' ? head.number : head === 'absent' ? 0 : head;
  return { sealed, lastEntryAt: last, waiting, waitingSeconds: seconds, anchor };
};
