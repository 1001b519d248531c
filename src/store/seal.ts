// The sealer: numbers committed log entries in its own order and chains them by keyed hash, in batches, within seconds.
// One sealer at a time (advisory lock); any process may run one.
import type { Logger } from '../log.ts';
import { anchorChain } from './anchor-file.ts';
import { writeAnchorState } from './anchor-state.ts';
import type { KeyRing } from './crypto.ts';
import { type Db, type Pool, transaction } from './db.ts';
import { beforeFirst, type Link, readMark, writeMark } from './log-anchor.ts';
import { canonicalText, entryColumns, type StoredEntry, sealHash } from './log-entry.ts';

const batchSize = 2_000;
/** Unsealed for longer raises an alert. */
export const sealAlertSeconds = 60;

type Queued = { [K in keyof StoredEntry]: StoredEntry[K] | null } & {
  readonly entry_id: string;
  readonly mac: Buffer | null;
};

/** The end of the chain as it is stored; what the head says is for the verifier to hold against it. */
const lastLink = async (tx: Db, keys: KeyRing): Promise<Link> => {
  const { rows } = await tx.query<{ number: number; hash: Buffer }>(
    'select number, hash from log_seal order by number desc limit 1',
  );
  const head = await readMark(tx, keys, 'head');
  const stored = rows[0] ?? beforeFirst;
  // After a cut tail the numbers go on where they were, so that the gap stays to be seen.
  return typeof head === 'object' && head.number > stored.number ? head : stored;
};

/** Seals one batch. @returns how many entries it sealed; 0 also when another sealer is at work. */
export const sealBatch = async (pool: Pool, keys: KeyRing, size = batchSize): Promise<number> =>
  transaction(pool, async (tx) => {
    const { rows: lock } = await tx.query<{ ok: boolean }>('select pg_try_advisory_xact_lock(7265745) as ok');
    if (lock[0]?.ok !== true) return 0;
    const { rows } = await tx.query<Queued>(
      `select q.entry_id, e.mac, ${entryColumns} from (
         select entry_id, queued_at from log_unsealed order by queued_at, entry_id limit $1) q
       left join access_log e on e.id = q.entry_id order by q.queued_at, q.entry_id`,
      [size],
    );
    if (rows.length === 0) return 0;
    let link = await lastLink(tx, keys);
    const hashes: Buffer[] = [];
    const first = link.number + 1;
    for (const row of rows) {
      // An entry taken away before it was sealed still gets its number: the verifier then finds it missing.
      const canonical = row.id === null ? '' : canonicalText(row as StoredEntry);
      const number = link.number + 1;
      link = { number, hash: sealHash(keys, link.hash, number, row.mac ?? Buffer.alloc(0), canonical) };
      hashes.push(link.hash);
    }
    const ids = rows.map((row) => row.entry_id);
    await tx.query(
      `insert into log_seal (number, entry_id, hash)
       select $1::bigint + n - 1, id, hash from unnest($2::uuid[], $3::bytea[]) with ordinality as s(id, hash, n)`,
      [first, ids, hashes],
    );
    await tx.query('delete from log_unsealed where entry_id = any($1::uuid[])', [ids]);
    await writeMark(tx, keys, 'head', link);
    return rows.length;
  });

/**
 * Takes away sealed entries from before `before`, up to the first that is younger, and leaves a signed anchor that
 * verification accepts as the beginning. @returns how many entries went.
 */
export const cutLog = async (pool: Pool, keys: KeyRing, before: Date): Promise<number> =>
  transaction(pool, async (tx) => {
    await tx.query('select pg_advisory_xact_lock(7265745)');
    const { rows } = await tx.query<{ number: number; hash: Buffer }>(
      `select number, hash from log_seal where number < coalesce(
         (select s.number from log_seal s join access_log e on e.id = s.entry_id where e.at >= $1 order by s.number limit 1),
         9223372036854775807)
       order by number desc limit 1`,
      [before],
    );
    const last = rows[0];
    if (last === undefined) return 0;
    await writeMark(tx, keys, 'anchor', last);
    const { rows: gone } = await tx.query<{ n: number }>('select cut_access_log($1) as n', [last.number]);
    return gone[0]?.n ?? 0;
  });

export interface SealStatus {
  readonly sealed: number;
  readonly unsealed: number;
  readonly oldestUnsealedSeconds: number;
  /** Unsealed for longer than a minute. */
  readonly alert: boolean;
}

export const sealStatus = async (db: Db): Promise<SealStatus> => {
  const { rows } = await db.query<{ sealed: number; unsealed: number; oldest: number }>(
    `select (select count(*) from log_seal) as sealed, count(*) as unsealed,
       coalesce(extract(epoch from clock_timestamp() - min(queued_at)), 0)::float8 as oldest from log_unsealed`,
  );
  const { sealed = 0, unsealed = 0, oldest = 0 } = rows[0] ?? {};
  return { sealed, unsealed, oldestUnsealedSeconds: Math.max(0, oldest), alert: oldest > sealAlertSeconds };
};

export interface Sealer {
  /** Finishes the batch in hand, seals what is left, and ends. */
  stop(): Promise<void>;
}

const cutEveryMs = 60 * 60_000;

export interface SealerOptions {
  readonly log: Logger;
  readonly everyMs?: number;
  /** Once an hour what is older is taken away. */
  readonly keepMs?: number;
  /** A file outside the database is told how far the chain is, at most so often, and once more at the end. */
  readonly anchor?: { readonly file: string; readonly everyMs: number };
}

/** Seals every `everyMs` until stopped. What fails is tried again; it is logged once until it works again. */
export const startSealer = (pool: Pool, keys: KeyRing, options: SealerOptions): Sealer => {
  let stopped = false;
  let failing = false;
  let cutAt = Number.NEGATIVE_INFINITY;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let anchor: 'works' | 'fails' | 'broken' = 'works';
  let wake: () => void = () => undefined;

  const cutWhenDue = async (): Promise<void> => {
    if (options.keepMs === undefined || performance.now() - cutAt < cutEveryMs) return;
    const entries = await cutLog(pool, keys, new Date(Date.now() - options.keepMs));
    if (entries > 0) options.log.info({ event: 'log.cut', entries });
    cutAt = performance.now();
  };

  // A file that cannot be written is an alarm, not a reason to stop sealing.
  const anchorWhenDue = async (everyMs: number): Promise<void> => {
    if (options.anchor === undefined || performance.now() - lookedAt < Math.min(everyMs, 60_000)) return;
    lookedAt = performance.now();
    const was = anchor;
    try {
      anchor = (await anchorChain(pool, keys, options.anchor.file, everyMs)) === 'broken' ? 'broken' : 'works';
      if (anchor === 'broken' && was !== 'broken') options.log.error({ event: 'log.chain-not-as-anchored' });
      if (anchor === 'works' && was === 'fails') options.log.info({ event: 'log.anchor-resumed' });
    } catch (error) {
      anchor = 'fails';
      if (was !== 'fails') options.log.error({ event: 'log.anchor-failed', err: error });
    }
    await writeAnchorState(pool, { at: new Date(), state: anchor });
  };

  const sealAll = async (): Promise<void> => {
    try {
      while ((await sealBatch(pool, keys)) === batchSize);
      await anchorWhenDue(stopped ? 0 : (options.anchor?.everyMs ?? 0));
      await cutWhenDue();
      if (failing) options.log.info({ event: 'log.seal-resumed' });
      failing = false;
    } catch (error) {
      if (!failing) options.log.error({ event: 'log.seal-failed', error });
      failing = true;
    }
  };
  const pause = (): Promise<void> =>
    new Promise((done) => {
      const timer = setTimeout(done, options.everyMs ?? 1_000);
      wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  const running = (async () => {
    while (!stopped) {
      await sealAll();
      if (!stopped) await pause();
    }
    await sealAll();
  })();

  return {
    async stop() {
      stopped = true;
      wake();
      await running;
    },
  };
};
