// The one door to Postgres. Parameterised SQL only. pg's messages can hold values, so they are wrapped at home:
// only the SQLSTATE leaves.
import pg from 'pg';
import { HubError } from '../errors.ts';

export type Pool = pg.Pool;
/** Anything that can run a query: a pool, or a client inside a transaction. */
export interface Db {
  query<Row extends pg.QueryResultRow>(
    text: string | pg.QueryConfig,
    values?: readonly unknown[],
  ): Promise<pg.QueryResult<Row>>;
}
export type Tx = pg.PoolClient;

// bigint columns are counters and positions well below 2^53; dates stay text so that no time zone touches them.
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => Number(text));
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);

export interface PoolOptions {
  readonly max?: number;
  readonly name?: string;
  /** For pipeline.ts: a connection takes the next statement before it has answered the last. */
  readonly pipelined?: boolean;
}

export const createPool = (url: string, options: PoolOptions = {}): Pool => {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    application_name: options.name ?? 'samspil',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    pipeline: options.pipelined ?? false,
  });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  return pool;
};

const sqlState = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
};

const isConnectionTrouble = (code: string | undefined): boolean =>
  code === undefined || /^(08|57P|53|40)/.test(code) || /^E[A-Z]+$/.test(code);

/** A database failure as a HubError that holds the SQLSTATE and nothing else. */
export const storeError = (error: unknown): HubError => {
  if (error instanceof HubError) return error;
  const code = sqlState(error);
  // A plain JavaScript error thrown between queries is ours, not the database's.
  if (code === undefined && !(error instanceof Error && /timeout|terminated|Connection/i.test(error.message)))
    return new HubError({
      code: 'bug/unexpected',
      fault: 'bug',
      message: 'An unexpected error occurred.',
      cause: error,
    });
  return isConnectionTrouble(code)
    ? new HubError({
        code: 'store/unavailable',
        fault: 'transient',
        message: `The database is not available (${code ?? 'no connection'}).`,
        cause: error,
      })
    : new HubError({
        code: 'bug/unexpected',
        fault: 'bug',
        message: `The database refused a statement (${code}).`,
        cause: error,
      });
};

const within = async <T>(pool: Pool, end: 'commit' | 'rollback', work: (tx: Tx) => Promise<T>): Promise<T> => {
  const client = await pool.connect().catch((error: unknown) => {
    throw storeError(error);
  });
  let broken = false;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query(end);
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true;
    });
    throw storeError(error);
  } finally {
    client.release(broken);
  }
};

/** Runs `work` in one transaction: commits when it returns, rolls back when it throws. */
export const transaction = <T>(pool: Pool, work: (tx: Tx) => Promise<T>): Promise<T> => within(pool, 'commit', work);

/** What would be: nothing that `work` writes stays. */
export const rehearse = <T>(pool: Pool, work: (tx: Tx) => Promise<T>): Promise<T> => within(pool, 'rollback', work);
