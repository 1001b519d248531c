// Messages that come once and must be read again together. Sealed; found by keyed hashes of the source's own ids; kept
// only while somebody they are about is enrolled, and a thread only until nothing more has come of it for the retention.
import { parseNumber } from '../model/cpr.ts';
import type { KeyRing } from './crypto.ts';
import { type Db, type Pool, storeError, transaction } from './db.ts';
import { holdPeople, keyHash, numberHash, subjectsByNumber } from './subjects.ts';

export interface NewMessage {
  readonly ids: readonly string[];
  readonly thread: string;
  readonly cprs: readonly string[];
  readonly body: string;
}

export interface StoredInbox {
  alone<T>(work: () => Promise<T>): Promise<T>;
  put(message: NewMessage): Promise<'kept' | 'known' | 'not-enrolled'>;
  threads(options: {
    readonly after: number | null;
    readonly limit: number;
  }): Promise<readonly { readonly position: number; readonly thread: string }[]>;
  read(thread: string): Promise<readonly { readonly id: string; readonly keptAt: Date; readonly body: string }[]>;
}

interface Sealed {
  readonly id: string;
  readonly thread: string;
  readonly body: string;
}

/** Positions become visible in their order only when those who draw them take turns. */
const takeTurn = (tx: Db, source: string): Promise<unknown> =>
  tx.query('select pg_advisory_xact_lock(7265747, hashtext($1))', [source]);

const enrolledIdentities = async (tx: Db, keys: KeyRing, cprs: readonly string[]): Promise<readonly number[]> => {
  const numbers = cprs.flatMap((cpr) => parseNumber(cpr) ?? []);
  const hashes = numbers.map(({ number }) => numberHash(keys, number));
  return [...(await subjectsByNumber(tx, hashes)).values()].map((subject) => subject.identityId);
};

/** @param retentionMs how long a thread is kept after its latest message */
export const createInbox = (pool: Pool, keys: KeyRing, source: string, retentionMs: number): StoredInbox => {
  const idHash = (id: string): Buffer => keyHash(keys, source, 'inbox', id);
  const threadHash = (thread: string): Buffer => keyHash(keys, source, 'inbox thread', thread);
  const place = (thread: Buffer): string => `inbox:${source}:${thread.toString('hex')}`;
  const open = (cipher: Buffer, thread: Buffer): Sealed => JSON.parse(keys.decrypt(cipher, place(thread))) as Sealed;

  const store = async (tx: Db, message: NewMessage, identities: readonly number[]): Promise<void> => {
    const [id] = message.ids;
    const thread = threadHash(message.thread);
    const sealed: Sealed = { id: id ?? '', thread: message.thread, body: message.body };
    const { rows } = await tx.query<{ position: number }>(
      `insert into inbox_message (source, thread_hash, cipher, expires_at)
       values ($1, $2, $3, now() + $4 * interval '1 millisecond') returning position`,
      [source, thread, keys.encrypt(JSON.stringify(sealed), place(thread)), retentionMs],
    );
    const position = rows[0]?.position;
    await tx.query('insert into inbox_id (source, id_hash, position) select $1, unnest($2::bytea[]), $3', [
      source,
      [...new Set(message.ids)].map(idHash),
      position,
    ]);
    await tx.query('insert into inbox_about (position, identity_id) select $1, unnest($2::bigint[])', [
      position,
      identities,
    ]);
  };

  /** All of a thread goes when nothing has come for the retention, be it what came before. */
  const prolong = async (tx: Db, thread: string): Promise<void> => {
    await tx.query(
      `update inbox_message set expires_at = now() + $3 * interval '1 millisecond' where source = $1 and thread_hash = $2`,
      [source, threadHash(thread), retentionMs],
    );
  };

  return {
    async alone(work) {
      const client = await pool.connect().catch((error: unknown) => {
        throw storeError(error);
      });
      let broken = true;
      try {
        // Held by the connection: gone with it, whatever becomes of this process.
        await client.query('select pg_advisory_lock(7265748, hashtext($1))', [source]);
        try {
          return await work();
        } finally {
          await client.query('select pg_advisory_unlock(7265748, hashtext($1))', [source]);
          broken = false;
        }
      } finally {
        client.release(broken);
      }
    },
    put: (message) =>
      transaction(pool, async (tx) => {
        await holdPeople(tx);
        const identities = await enrolledIdentities(tx, keys, message.cprs);
        if (identities.length === 0) return 'not-enrolled';
        await takeTurn(tx, source);
        const { rowCount } = await tx.query(
          'select from inbox_id where source = $1 and id_hash = any($2::bytea[]) limit 1',
          [source, message.ids.map(idHash)],
        );
        if (rowCount === 0) await store(tx, message, identities);
        await prolong(tx, message.thread);
        return rowCount === 0 ? 'kept' : 'known';
      }),
    async threads({ after, limit }) {
      const { rows } = await pool.query<{ position: number; thread_hash: Buffer; cipher: Buffer }>(
        `select position, m.thread_hash, m.cipher from (
           select max(position) as position from inbox_message where source = $1 and position > $2
           group by thread_hash order by 1 limit $3) as latest
         join inbox_message m using (position) order by position`,
        [source, after ?? 0, limit],
      );
      return rows.map((row) => ({ position: row.position, thread: open(row.cipher, row.thread_hash).thread }));
    },
    async read(thread) {
      const hash = threadHash(thread);
      const { rows } = await pool.query<{ cipher: Buffer; kept_at: Date }>(
        'select cipher, kept_at from inbox_message where source = $1 and thread_hash = $2 order by position',
        [source, hash],
      );
      return rows.map((row) => {
        const { id, body } = open(row.cipher, hash);
        return { id, keptAt: row.kept_at, body };
      });
    },
  };
};

/** Messages about nobody but this citizen go with their enrolment. */
export const eraseMessages = async (tx: Db, citizenId: string): Promise<void> => {
  const { rows } = await tx.query<{ position: number }>(
    `delete from inbox_about a using identity i where i.id = a.identity_id and i.citizen_id = $1 returning a.position`,
    [citizenId],
  );
  await tx.query(
    `delete from inbox_message m where m.position = any($1::bigint[])
     and not exists (select from inbox_about a where a.position = m.position)`,
    [rows.map((row) => row.position)],
  );
};

/** Threads of which nothing more came for their retention. Their records stay as they were last written. */
export const expireMessages = async (db: Db): Promise<number> => {
  const { rowCount } = await db.query('delete from inbox_message where expires_at < now()');
  return rowCount ?? 0;
};
