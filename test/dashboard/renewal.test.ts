// One renewal at a time, and none of them holds the database while the provider thinks: whoever comes second waits, and
// gets what the first was given.
import { expect, it, vi } from 'vitest';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import {
  changePurpose,
  createSession,
  endSession,
  findSession,
  renewTokens,
  type SessionTokens,
  type StoredSession,
  sessionHash,
} from '../../src/store/sessions.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();
const keys = createKeyRing(newKeyMaterial());
const now = new Date();
const when = { now, idleMs: 60_000 };

const begin = async (): Promise<StoredSession> => {
  const tokens = { access: 'first', refresh: 'r1', name: 'Anna', subject: 'citizen anna' };
  const endsAt = new Date(now.getTime() + 60_000);
  const secret = await createSession(database.pool(), keys, { tokens, now, endsAt });
  const stored = await findSession(database.pool(), keys, sessionHash(keys, secret), when);
  if (stored === undefined) throw new Error('no session');
  return stored;
};

it('a refresh token is used once, however many ask', async () => {
  const stored = await begin();
  const pool = database.pool();
  const used: string[] = [];
  let give: (tokens: SessionTokens) => void = () => undefined;
  const given = new Promise<SessionTokens>((resolve) => {
    give = resolve;
  });
  const renew = (tokens: SessionTokens): Promise<SessionTokens> => {
    used.push(tokens.refresh ?? '');
    return given;
  };
  const both = [renewTokens(pool, keys, stored, when, renew), renewTokens(pool, keys, stored, when, renew)];
  await vi.waitFor(() => expect(used).toHaveLength(1));
  // However long the provider takes, nobody else waits for a connection, or behind one that is open.
  await vi.waitFor(async () => {
    const { rows } = await pool.query(
      `select state, wait_event_type from pg_stat_activity where datname = current_database()
       and (state = 'idle in transaction' or wait_event_type = 'Lock')`,
    );
    expect(rows).toEqual([]);
    expect(pool.totalCount - pool.idleCount).toBe(0);
  });
  give({ ...stored.tokens, access: 'second', refresh: 'r2' });
  expect((await Promise.all(both)).map((tokens) => tokens?.access)).toEqual(['second', 'second']);
  expect(used).toEqual(['r1']);
});

it('a session that ended meanwhile stays ended, and one whose renewal broke stays as it was', async () => {
  const stored = await begin();
  const pool = database.pool();
  const broken = renewTokens(pool, keys, stored, when, () => Promise.reject(new Error('provider gone')));
  await expect(broken).rejects.toThrow();
  expect((await findSession(pool, keys, stored.idHash, when))?.tokens).toEqual(stored.tokens);
  expect(await renewTokens(pool, keys, stored, when, async () => undefined)).toBeUndefined();
  expect(await findSession(pool, keys, stored.idHash, when)).toBeUndefined();
  const revived = await renewTokens(pool, keys, stored, when, async (tokens) => tokens);
  expect(revived).toBeUndefined();
});

it('a purpose chosen during a renewal stays, and so does what the provider gave', async () => {
  const stored = await begin();
  const pool = database.pool();
  const renewed = renewTokens(pool, keys, stored, when, async (tokens) => {
    await changePurpose(pool, keys, stored.idHash, 'care-coordination');
    return { ...tokens, access: 'second', refresh: 'r2' };
  });
  expect(await renewed).toMatchObject({ access: 'second', purpose: 'care-coordination' });
  const after = await findSession(pool, keys, stored.idHash, when);
  expect(after?.tokens).toMatchObject({ access: 'second', refresh: 'r2', purpose: 'care-coordination' });
});

it('a sign-out during a renewal is the last word', async () => {
  const stored = await begin();
  const pool = database.pool();
  const renewed = renewTokens(pool, keys, stored, when, async (tokens) => {
    await endSession(pool, stored.idHash);
    return { ...tokens, access: 'second' };
  });
  expect(await renewed).toBeUndefined();
  expect(await findSession(pool, keys, stored.idHash, when)).toBeUndefined();
});

it('nobody waits for ever: after a while the provider counts as gone, and what it says later still counts', async () => {
  const stored = await begin();
  const pool = database.pool();
  let give: (tokens: SessionTokens) => void = () => undefined;
  const slow = (): Promise<SessionTokens> =>
    new Promise((resolve) => {
      give = resolve;
    });
  const limits = { waitMs: 200, leaseMs: 60_000 };
  const first = renewTokens(pool, keys, stored, { ...when, ...limits }, slow);
  await expect(first).rejects.toMatchObject({ code: 'source/unreachable' });
  const never = vi.fn(slow);
  await expect(renewTokens(pool, keys, stored, { ...when, ...limits }, never)).rejects.toMatchObject({
    code: 'source/unreachable',
  });
  expect(never).not.toHaveBeenCalled();
  give({ ...stored.tokens, access: 'second', refresh: 'r2' });
  await vi.waitFor(async () =>
    expect((await findSession(pool, keys, stored.idHash, when))?.tokens.access).toBe('second'),
  );
});

it('who was renewing and died is not waited for longer than that', async () => {
  const stored = await begin();
  const pool = database.pool();
  const dead = renewTokens(
    pool,
    keys,
    stored,
    { ...when, waitMs: 1, leaseMs: 300 },
    () => new Promise(() => undefined),
  );
  await expect(dead).rejects.toThrow();
  const next = await renewTokens(pool, keys, stored, when, async (tokens) => ({ ...tokens, access: 'second' }));
  expect(next?.access).toBe('second');
});
