// Numbered, forward-only SQL migrations, each in its own transaction, one runner at a time (advisory lock).
// A database newer than this program is refused, and so is one whose applied files have been changed.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { HubError } from '../errors.ts';
import { type Pool, transaction } from './db.ts';

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly hash: string;
}

const folder = new URL('./migrations/', import.meta.url);

const migrations = (): readonly Migration[] =>
  readdirSync(folder)
    .filter((name) => /^\d{4}_.+\.sql$/.test(name))
    .sort()
    .map((name) => {
      const sql = readFileSync(new URL(name, folder), 'utf8');
      return { number: Number(name.slice(0, 4)), name, sql, hash: createHash('sha256').update(sql).digest('hex') };
    });

const refuse = (message: string, hint: string): never => {
  throw new HubError({ code: 'store/schema-version', fault: 'config', message, hint });
};

const appliedOf = async (pool: Pool): Promise<Map<number, string>> => {
  await pool.query(
    'create table if not exists schema_migration (number int primary key, name text not null, hash text not null, applied_at timestamptz not null default now())',
  );
  const { rows } = await pool.query<{ number: number; hash: string }>('select number, hash from schema_migration');
  return new Map(rows.map((row) => [row.number, row.hash]));
};

const checkHistory = (known: readonly Migration[], applied: ReadonlyMap<number, string>): void => {
  for (const [number, hash] of applied) {
    const migration = known.find((candidate) => candidate.number === number);
    if (migration === undefined)
      refuse(
        'The database was migrated by a newer version of Samspil.',
        'Start that version, or restore a backup from before the upgrade.',
      );
    else if (migration.hash !== hash)
      refuse(
        `Migration ${migration.name} differs from the one that was applied.`,
        'Migrations are forward-only: add a new file instead.',
      );
  }
};

/** Brings the schema up to date. @returns the names of the migrations applied now. */
export const migrate = async (pool: Pool): Promise<readonly string[]> => {
  const known = migrations();
  const locker = await pool.connect();
  try {
    await locker.query('select pg_advisory_lock(7265740)');
    const applied = await appliedOf(pool);
    checkHistory(known, applied);
    const missing = known.filter((migration) => !applied.has(migration.number));
    for (const migration of missing)
      await transaction(pool, async (tx) => {
        await tx.query(migration.sql);
        await tx.query('insert into schema_migration (number, name, hash) values ($1, $2, $3)', [
          migration.number,
          migration.name,
          migration.hash,
        ]);
      });
    return missing.map((migration) => migration.name);
  } finally {
    await locker.query('select pg_advisory_unlock(7265740)').catch(() => undefined);
    locker.release();
  }
};

/** Is the schema exactly what this program expects? For readiness and for roles that do not migrate. */
export const schemaIsCurrent = async (pool: Pool): Promise<boolean> => {
  const { rows } = await pool.query<{ number: number; hash: string }>('select number, hash from schema_migration');
  const applied = new Map(rows.map((row) => [row.number, row.hash]));
  const known = migrations();
  return applied.size === known.length && known.every((migration) => applied.get(migration.number) === migration.hash);
};
