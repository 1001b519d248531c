// One run at a time per source and kind, over all processes: session locks of Postgres. All locks of a process live on
// one connection, so that runs that wait for a dead source do not take the connections others need.
import type { Pool, Tx } from './db.ts';

export interface KindLock {
  release(): Promise<void>;
}

interface Holder {
  /** There while anything is held. */
  client: Promise<Tx> | undefined;
  /** A session gets its own lock again, so that who holds what in this process is known here. */
  readonly held: Set<string>;
  /** A connection answers one question after the other. */
  last: Promise<unknown>;
}

const holders = new WeakMap<Pool, Holder>();

const holderOf = (pool: Pool): Holder => {
  const known = holders.get(pool) ?? { client: undefined, held: new Set<string>(), last: Promise.resolve() };
  holders.set(pool, known);
  return known;
};

/** Gives the connection back, once; closing a broken one releases its locks even when an unlock could not be sent. */
const letGo = (holder: Holder, opening: Promise<Tx>, client: Tx, broken: boolean): void => {
  if (holder.client !== opening) return;
  holder.client = undefined;
  client.removeAllListeners('error');
  client.release(broken);
};

/** The process's lock connection. One that breaks is replaced with the next lock; its locks are gone either way. */
const connect = (pool: Pool, holder: Holder): Promise<Tx> => {
  const opening: Promise<Tx> = pool.connect().then(
    (client) => {
      client.on('error', () => letGo(holder, opening, client, true));
      return client;
    },
    (thrown: unknown) => {
      if (holder.client === opening) holder.client = undefined;
      throw thrown;
    },
  );
  return opening;
};

const inTurn = <T>(holder: Holder, ask: () => Promise<T>): Promise<T> => {
  const next = holder.last.then(ask, ask);
  holder.last = next.catch(() => undefined);
  return next;
};

/** @returns undefined when somebody holds it. */
export const lockKind = async (pool: Pool, source: string, kind: string): Promise<KindLock | undefined> => {
  const holder = holderOf(pool);
  const name = `${source}/${kind}`;
  if (holder.held.has(name)) return undefined;
  holder.held.add(name);
  holder.client ??= connect(pool, holder);
  const opening = holder.client;
  const end = (client: Tx | undefined, broken: boolean): void => {
    holder.held.delete(name);
    if (client !== undefined && (broken || holder.held.size === 0)) letGo(holder, opening, client, broken);
  };
  let client: Tx | undefined;
  try {
    const connected = await opening;
    client = connected;
    const { rows } = await inTurn(holder, () =>
      connected.query<{ ok: boolean }>('select pg_try_advisory_lock(7265743, hashtext($1)) as ok', [name]),
    );
    if (rows[0]?.ok !== true) {
      end(connected, false);
      return undefined;
    }
    return {
      release: () =>
        inTurn(holder, () => connected.query('select pg_advisory_unlock(7265743, hashtext($1))', [name])).then(
          () => end(connected, false),
          () => end(connected, true),
        ),
    };
  } catch (thrown) {
    end(client, true);
    throw thrown;
  }
};
