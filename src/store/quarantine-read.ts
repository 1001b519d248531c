// What waits in quarantine: by cause, and row by row in the order the versions arrived. And what is given up on purpose.
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';
import { quarantineContext } from './quarantine.ts';

/** One cause: what went wrong, and where in the mapping's target or the source's record. */
export interface Cause {
  readonly source: string;
  readonly kind: string;
  readonly code: string;
  readonly path: string;
}

export interface QuarantineGroup extends Cause {
  readonly count: number;
  /** Of these the body is kept. */
  readonly replayable: number;
  /** Of those that wait: the first came, the latest version of any came. */
  readonly first: Date;
  readonly last: Date;
  /** The arrival of the last version counted: what is done to these ends with it. */
  readonly until: number;
}

export const quarantineGroups = async (db: Db): Promise<readonly QuarantineGroup[]> => {
  const { rows } = await db.query<QuarantineGroup>(
    `select source, kind, code, path, count(*)::int as count, count(cipher)::int as replayable, min(received_at) as first,
       max(last_received_at) as last, max(arrival) as until
     from quarantine where state = 'open' group by source, kind, code, path order by count(*) desc, source, kind, code, path`,
  );
  return rows;
};

export interface QuarantineRow extends Cause {
  readonly id: number;
  readonly arrival: number;
  readonly mappingVersion: string;
  readonly receivedAt: Date;
  /** The latest version of it. */
  readonly lastReceivedAt: Date;
  readonly expiresAt: Date;
  /** That put it here; undefined for what came some other way. */
  readonly runId: string | undefined;
  /** Own citizens of everybody it is about. */
  readonly homes: readonly string[];
  readonly content: { readonly key: string; readonly body: unknown } | undefined;
}

export interface QuarantineFilter {
  readonly id?: number;
  readonly source?: string;
  readonly kinds?: readonly string[];
  readonly code?: string;
  readonly path?: string;
  /** Arrived after this one, and not after that. */
  readonly after?: number;
  readonly until?: number;
}

const matching = `state = 'open' and ($1::bigint is null or id = $1) and ($2::text is null or source = $2)
  and ($3::text[] is null or kind = any($3)) and ($4::text is null or code = $4) and ($5::text is null or path = $5)
  and arrival > $6 and ($7::bigint is null or arrival <= $7)`;

const valuesOf = (filter: QuarantineFilter): readonly unknown[] => [
  filter.id ?? null,
  filter.source ?? null,
  filter.kinds ?? null,
  filter.code ?? null,
  filter.path ?? null,
  filter.after ?? 0,
  filter.until ?? null,
];

/** How many wait whose body is kept, and the last of them. */
export const waiting = async (
  db: Db,
  filter: QuarantineFilter,
): Promise<{ readonly count: number; readonly last: number }> => {
  const { rows } = await db.query<{ count: number; last: number }>(
    `select count(*)::int as count, coalesce(max(arrival), 0) as last from quarantine where ${matching} and cipher is not null`,
    [...valuesOf(filter)],
  );
  return rows[0] ?? { count: 0, last: 0 };
};

/** Open rows in the order their versions arrived. */
export const readQuarantine = async (
  db: Db,
  keys: KeyRing,
  filter: QuarantineFilter & { readonly limit: number },
): Promise<readonly QuarantineRow[]> => {
  const { rows } = await db.query<{
    id: number;
    arrival: number;
    source: string;
    kind: string;
    code: string;
    path: string;
    mapping_version: string;
    received_at: Date;
    last_received_at: Date;
    expires_at: Date;
    run_id: string | null;
    homes: string[];
    key_hash: Buffer;
    cipher: Buffer | null;
  }>(`select * from quarantine where ${matching} order by arrival limit $8`, [...valuesOf(filter), filter.limit]);
  return rows.map((row) => ({
    id: row.id,
    arrival: row.arrival,
    source: row.source,
    kind: row.kind,
    code: row.code,
    path: row.path,
    mappingVersion: row.mapping_version,
    receivedAt: row.received_at,
    lastReceivedAt: row.last_received_at,
    expiresAt: row.expires_at,
    runId: row.run_id ?? undefined,
    homes: row.homes,
    content:
      row.cipher === null
        ? undefined
        : (JSON.parse(keys.decrypt(row.cipher, quarantineContext(row.source, row.kind, row.key_hash))) as {
            key: string;
            body: unknown;
          }),
  }));
};

/** Which of these versions still wait, as the hex of their key's hash. */
export const stillWaiting = async (
  tx: Db,
  source: string,
  kind: string,
  arrivals: readonly number[],
): Promise<ReadonlySet<string>> => {
  const { rows } = await tx.query<{ key_hash: Buffer }>(
    `select key_hash from quarantine where source = $1 and kind = $2 and state = 'open' and arrival = any($3::bigint[])`,
    [source, kind, arrivals],
  );
  return new Set(rows.map((row) => row.key_hash.toString('hex')));
};

/** Gives up on what matches: the bodies go, the reason stays until the retention is over. @returns how many. */
export const discardQuarantine = async (
  db: Db,
  filter: QuarantineFilter,
  decision: { readonly by: string; readonly reason: string },
): Promise<number> => {
  const { rowCount } = await db.query(
    `update quarantine set state = 'discarded', cipher = null, decided_at = now(), decided_by = $8, reason = $9 where ${matching}`,
    [...valuesOf(filter), decision.by, decision.reason],
  );
  return rowCount ?? 0;
};
