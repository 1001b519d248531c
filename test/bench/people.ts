// Enrolled citizens in bulk, with the source keys they are known by: what a sync needs to keep anything.
import type { KeyRing } from '../../src/store/crypto.ts';
import type { Pool } from '../../src/store/db.ts';
import { keyHash } from '../../src/store/subjects.ts';

/** A number nobody has: born 1960–1969, series 0000–9999. */
export const numberOf = (n: number): string => {
  const day = String(2 + (n % 27)).padStart(2, '0');
  const month = String(1 + (Math.floor(n / 27) % 12)).padStart(2, '0');
  const year = 60 + (Math.floor(n / 324) % 10);
  return `${day}${month}${year}${String(Math.floor(n / 3240) % 10_000).padStart(4, '0')}`;
};

export interface KnownAs {
  readonly source: string;
  readonly kind: string;
  /** Key → which citizen (0 …). */
  readonly keys: ReadonlyMap<string, number>;
}

export const enrolMany = async (pool: Pool, ring: KeyRing, count: number, known: KnownAs): Promise<void> => {
  const numbers = Array.from({ length: count }, (_, n) => numberOf(n));
  const ids = numbers.map((number) => ring.uuid('citizen', number));
  const hashes = numbers.map((number) => ring.hash('cpr', number));
  await pool.query('insert into citizen (id) select * from unnest($1::uuid[])', [ids]);
  await pool.query(
    `insert into identity (cpr_hash, cpr_cipher, number_type, citizen_id, home_id)
     select h, '\\x00', 'cpr', id, id from unnest($1::bytea[], $2::uuid[]) as t(h, id)`,
    [hashes, ids],
  );
  await pool.query(
    `insert into enrolment (id, citizen_id, identity_id, basis, starts_at, recorded_by)
     select gen_random_uuid(), citizen_id, id, 'bench', now(), 'bench' from identity`,
  );
  const pairs = [...known.keys];
  await pool.query(
    `insert into subject_key (source, kind, key_hash, identity_id)
     select $1, $2, t.hash, i.id from unnest($3::bytea[], $4::bytea[]) as t(hash, cpr) join identity i on i.cpr_hash = t.cpr`,
    [
      known.source,
      known.kind,
      pairs.map(([key]) => keyHash(ring, known.source, known.kind, key)),
      pairs.map(([, citizen]) => hashes[citizen]),
    ],
  );
  await pool.query('analyze');
};
