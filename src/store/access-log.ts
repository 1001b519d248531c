// The access log's door for writers: an entry is committed before the answer's first byte, or there is no answer.
// Group commit: the entries of all requests that wait while a commit is under way go together in the next one.
import { randomBytes } from 'node:crypto';
import type { QueryConfig } from 'pg';
import { type Clock, systemClock } from '../clock.ts';
import { HubError } from '../errors.ts';
import type { KeyRing } from './crypto.ts';
import type { Db, Pool } from './db.ts';
import { canonicalText, entryMac, type LogEntry, type StoredEntry } from './log-entry.ts';

export interface AccessLog {
  /** Resolves once the entries are committed. Rejects with `log/unwritable`: then answer 503 and disclose nothing. */
  write(entries: readonly LogEntry[]): Promise<void>;
  /** The same as a part of a write's own transaction: what was changed and its entry are committed together or not at all. */
  writeWith(tx: Db, entries: readonly LogEntry[]): Promise<void>;
  /** Waits for what is under way and takes no more. */
  close(): Promise<void>;
}

/** Writes the log entry of what is being done about a citizen, in the same transaction. */
export type Witness = (tx: Db, citizenId: string) => Promise<void>;

export interface AccessLogOptions {
  /** Unsealed entries older than this stop disclosure. Default 15 minutes. */
  readonly sealStopMs?: number;
  readonly clock?: Clock;
  /** A commit that takes longer counts as failed. Default 10 s. */
  readonly timeoutMs?: number;
}

interface Waiting {
  readonly entries: readonly StoredEntry[];
  readonly done: () => void;
  readonly failed: (error: HubError) => void;
}

/** Commits under way at the same time: while one waits for the disk, the next is gathered and sent. */
const lanes = 2;
/** At most this many entries in one commit; the rest go in the next. */
const groupSize = 2_000;
/** How long an answer to "is the chain keeping up" is believed. */
const checkEveryMs = 1_000;

const unwritable = (message: string, cause?: unknown): HubError =>
  new HubError({
    code: 'log/unwritable',
    fault: 'transient',
    message,
    hint: 'Nothing is disclosed without its log entry. See `samspil log verify`.',
    cause,
  });

const asUnwritable = (error: unknown): HubError =>
  error instanceof HubError ? error : unwritable('The access log could not be written.', error);

let lastMs = 0;
let within = 0;
/** A UUID (version 7) that sorts by time and, within a millisecond of this process, by when it was asked for. */
const entryId = (ms: number): string => {
  const bytes = randomBytes(16);
  within = ms > lastMs ? 0 : within + 1;
  lastMs = Math.max(ms, lastMs) + (within >> 12);
  within &= 0xfff;
  bytes.writeUIntBE(lastMs, 0, 6);
  bytes.writeUInt16BE(0x7000 | within, 6);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

// What Postgres cannot hold exactly would read as altered later.
const clean = (text: string): string => text.toWellFormed();
const orNull = (text: string | undefined): string | null => (text === undefined ? null : clean(text));
const idOrNull = (id: string | undefined): string | null => id?.toLowerCase() ?? null;

const stored = (entry: LogEntry, now: Date): StoredEntry => ({
  id: entryId(now.getTime()),
  at: entry.at ?? now,
  actor_kind: entry.actor.kind,
  person: clean(entry.actor.person),
  role: orNull(entry.actor.role),
  organisation: orNull(entry.actor.organisation),
  unit: orNull(entry.actor.unit),
  consumer: orNull(entry.actor.consumer),
  actor_citizen: idOrNull(entry.actor.citizen),
  represented: idOrNull(entry.represented),
  purpose: clean(entry.purpose),
  endpoint: clean(entry.endpoint),
  citizen_id: idOrNull(entry.citizen),
  number_hash: entry.numberHash ?? null,
  records: entry.records,
  decision: entry.decision,
  bases: entry.bases.filter((basis) => basis !== '').map((basis) => clean(basis).replaceAll('\u001f', ' ')),
  correlation: clean(entry.correlation),
  emergency: entry.emergency ?? false,
});

const appendSql = `select append_access_log(${[
  'uuid',
  'timestamptz',
  ...Array.from({ length: 6 }, () => 'text'),
  'uuid',
  'uuid',
  'text',
  'text',
  'uuid',
  'bytea',
  ...Array.from({ length: 4 }, () => 'text'),
  'boolean',
  'bytea',
]
  .map((type, index) => `$${index + 1}::${type}[]`)
  .join(', ')})`;

const columnsOf = (entries: readonly StoredEntry[], keys: KeyRing): readonly unknown[] => {
  const column = <T>(value: (entry: StoredEntry) => T): readonly T[] => entries.map(value);
  return [
    column((e) => e.id),
    column((e) => e.at),
    column((e) => e.actor_kind),
    column((e) => e.person),
    column((e) => e.role),
    column((e) => e.organisation),
    column((e) => e.unit),
    column((e) => e.consumer),
    column((e) => e.actor_citizen),
    column((e) => e.represented),
    column((e) => e.purpose),
    column((e) => e.endpoint),
    column((e) => e.citizen_id),
    column((e) => e.number_hash),
    column((e) => e.records.join(',')),
    column((e) => e.decision),
    column((e) => e.bases.join('\u001f')),
    column((e) => e.correlation),
    column((e) => e.emergency),
    column((e) => entryMac(keys, canonicalText(e))),
  ];
};

/** SQLSTATE classes 22 and 23: this entry is at fault, not the database. */
const isBadEntry = (error: unknown): boolean => /^2[23]/.test(String((error as { code?: unknown }).code));

export const createAccessLog = (pool: Pool, keys: KeyRing, options: AccessLogOptions = {}): AccessLog => {
  const clock = options.clock ?? systemClock;
  const stopMs = options.sealStopMs ?? 15 * 60_000;
  // A setting of pg per query that its types leave out.
  const timed = (query: QueryConfig): QueryConfig =>
    Object.assign(query, { query_timeout: options.timeoutMs ?? 10_000 });
  const waiting: Waiting[] = [];
  const running = new Set<Promise<void>>();
  let closed = false;
  let checkedAt = Number.NEGATIVE_INFINITY;

  const append = async (db: Db, entries: readonly StoredEntry[]): Promise<void> => {
    await db.query(timed({ name: 'access-log-append', text: appendSql, values: [...columnsOf(entries, keys)] }));
  };

  /** A transaction asks on its own connection: while it holds locks, others may hold every other one and wait for it. */
  const checkSealed = async (db: Db): Promise<void> => {
    if (performance.now() - checkedAt < checkEveryMs) return;
    const { rows } = await db.query<{ late: boolean }>(
      timed({
        name: 'access-log-late',
        text: `select coalesce(min(queued_at) < clock_timestamp() - $1 * interval '1 millisecond', false) as late
          from log_unsealed`,
        values: [stopMs],
      }),
    );
    if (rows[0]?.late !== false)
      throw unwritable('The access log has not been sealed for too long; disclosure is stopped.');
    checkedAt = performance.now();
  };

  const writeGroup = async (group: readonly Waiting[]): Promise<void> => {
    try {
      await checkSealed(pool);
      await append(
        pool,
        group.flatMap((one) => one.entries),
      );
      for (const one of group) one.done();
    } catch (error) {
      // One entry the database cannot hold must not take the others' answers with it.
      if (group.length > 1 && isBadEntry(error)) {
        for (const one of group) await writeGroup([one]);
        return;
      }
      for (const one of group) one.failed(asUnwritable(error));
    }
  };

  /** The next group: whole calls, up to the group's size, at least one. */
  const nextGroup = (): readonly Waiting[] => {
    let size = 0;
    let count = 0;
    for (const one of waiting) {
      size += one.entries.length;
      if (count > 0 && size > groupSize) break;
      count += 1;
    }
    return waiting.splice(0, count);
  };

  const drain = async (): Promise<void> => {
    // The turn of the event loop that is under way may bring more.
    await Promise.resolve();
    while (waiting.length > 0) await writeGroup(nextGroup());
  };

  const startDrain = (): void => {
    const lane = drain().finally(() => running.delete(lane));
    running.add(lane);
  };

  return {
    write(entries) {
      if (closed) return Promise.reject(unwritable('The access log is closed.'));
      if (entries.length === 0) return Promise.resolve();
      const now = clock.now();
      return new Promise((done, failed) => {
        waiting.push({ entries: entries.map((entry) => stored(entry, now)), done, failed });
        if (running.size < lanes) startDrain();
      });
    },
    async writeWith(tx, entries) {
      if (closed) throw unwritable('The access log is closed.');
      const now = clock.now();
      try {
        await checkSealed(tx);
        await append(
          tx,
          entries.map((entry) => stored(entry, now)),
        );
      } catch (error) {
        throw asUnwritable(error);
      }
    },
    async close() {
      closed = true;
      await Promise.all(running);
    },
  };
};
