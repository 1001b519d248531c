// One renewal at a time: whoever comes second waits, and gets what the first was given.
import { expect, it, vi } from 'vitest';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import {
  createSession,
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
  await vi.waitFor(async () => {
    const waiting = await pool.query(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    expect(waiting.rows).toHaveLength(1);
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
