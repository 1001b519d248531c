// The hub's inbox on a real database: what is kept and what is not, in which order it is read, and when it goes.
import { beforeAll, describe, expect, it } from 'vitest';
import { parseNumber } from '../../src/model/cpr.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { endEnrolment, enrol } from '../../src/store/enrolment.ts';
import { createInbox, expireMessages, type StoredInbox } from '../../src/store/inbox.ts';
import { mergeCitizens, splitCitizen } from '../../src/store/people.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();
const keys = createKeyRing(newKeyMaterial());
const day = 86_400_000;
const [maja, bo, newBo, stranger] = ['0106881234', '0203704321', '0203704322', '0101011111'] as const;
let inbox: StoredInbox;
const enrolments = new Map<string, string>();

const numberOf = (cpr: string) => {
  const number = parseNumber(cpr);
  if (number === undefined) throw new Error('not a number');
  return number;
};
const enrolNow = async (cpr: string): Promise<void> => {
  const { enrolmentId } = await enrol(database.pool(), keys, [], { number: numberOf(cpr), basis: 'lab', by: 'test' });
  enrolments.set(cpr, enrolmentId);
};
const put = (id: string, thread: string, cprs: readonly string[], body = `body of ${id}`) =>
  inbox.put({ ids: [id], thread, cprs, body });
const idsIn = async (thread: string): Promise<readonly string[]> => (await inbox.read(thread)).map(({ id }) => id);
const threadsAfter = async (after: number | null): Promise<readonly string[]> =>
  (await inbox.threads({ after, limit: 100 })).map(({ thread }) => thread);

beforeAll(async () => {
  inbox = createInbox(database.pool(), keys, 'region', 90 * day);
  for (const cpr of [maja, bo]) await enrolNow(cpr);
});

describe('what is kept', () => {
  it('keeps a message of an enrolled citizen once, whichever of its ids comes again', async () => {
    expect(await inbox.put({ ids: ['m1', 'b1'], thread: 'stay-1', cprs: [maja], body: 'first' })).toBe('kept');
    expect(await inbox.put({ ids: ['m1', 'b9'], thread: 'stay-1', cprs: [maja], body: 'again' })).toBe('known');
    expect(await inbox.put({ ids: ['m9', 'b1'], thread: 'stay-1', cprs: [maja], body: 'again' })).toBe('known');
    expect(await inbox.read('stay-1')).toEqual([{ id: 'm1', keptAt: expect.any(Date), body: 'first' }]);
  });

  it('stores nothing of those who are not enrolled, nor of a number it cannot read', async () => {
    const count = async () => (await database.pool().query('select from inbox_message')).rowCount;
    const before = await count();
    expect(await put('s1', 'stay-s', [stranger])).toBe('not-enrolled');
    expect(await put('s2', 'stay-s', ['?'])).toBe('not-enrolled');
    expect(await put('s3', 'stay-s', [])).toBe('not-enrolled');
    expect(await count()).toBe(before);
  });

  it('says nothing in the clear', async () => {
    await put('plain-id', 'plain-thread', [maja], 'plain text');
    const { rows } = await database.pool().query<{ line: string }>('select m::text as line from inbox_message m');
    const { rows: ids } = await database.pool().query<{ line: string }>('select i::text as line from inbox_id i');
    for (const { line } of [...rows, ...ids]) {
      const bytes = Buffer.from(line, 'utf8').toString('latin1');
      for (const text of ['plain-id', 'plain-thread', 'plain text', maja])
        for (const form of [text, Buffer.from(text).toString('hex')]) expect(bytes.includes(form)).toBe(false);
    }
  });

  it('is one inbox per source', async () => {
    const other = createInbox(database.pool(), keys, 'other', 90 * day);
    expect(await other.read('stay-1')).toEqual([]);
    expect(await other.put({ ids: ['m1'], thread: 'stay-1', cprs: [maja], body: 'x' })).toBe('kept');
    expect(await other.threads({ after: null, limit: 10 })).toHaveLength(1);
  });
});

it('names the threads in the order of their latest message, from any position on', async () => {
  await put('t1', 'A', [maja]);
  await put('t2', 'B', [maja]);
  await put('t3', 'A', [maja]);
  const all = await inbox.threads({ after: null, limit: 100 });
  expect(all.map(({ thread }) => thread).filter((thread) => 'AB'.includes(thread))).toEqual(['B', 'A']);
  const [first, second] = all.slice(-2);
  expect(await threadsAfter(first?.position ?? 0)).toEqual(['A']);
  expect(await threadsAfter(second?.position ?? 0)).toEqual([]);
  expect(await inbox.threads({ after: null, limit: 1 })).toHaveLength(1);
  expect(await idsIn('A')).toEqual(['t1', 't3']);
});

it('shows positions in their order only: whoever reads up to one has missed none before it', async () => {
  const seen = new Set<string>();
  let at = (await inbox.threads({ after: null, limit: 1000 })).at(-1)?.position ?? 0;
  let busy = true;
  const reader = (async () => {
    while (busy || (await inbox.threads({ after: at, limit: 1 })).length > 0)
      for (const { position, thread } of await inbox.threads({ after: at, limit: 7 })) {
        seen.add(thread);
        at = position;
      }
  })();
  const names = Array.from({ length: 120 }, (_, n) => `race-${n}`);
  await Promise.all(names.map((name) => put(name, name, [maja])));
  busy = false;
  await reader;
  expect(names.filter((name) => !seen.has(name))).toEqual([]);
});

it('lets one at a time fetch what lies somewhere, and the next in when the first has failed', async () => {
  const order: string[] = [];
  const work = (name: string) => async (): Promise<void> => {
    order.push(`${name} in`);
    await new Promise((done) => setTimeout(done, 30));
    order.push(`${name} out`);
    if (name === 'a') throw new Error('broke off');
  };
  const other = createInbox(database.pool(), keys, 'region', day);
  const results = await Promise.allSettled([inbox.alone(work('a')), other.alone(work('b')), inbox.alone(work('c'))]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(order.map((step) => step.slice(2))).toEqual(['in', 'out', 'in', 'out', 'in', 'out']);
});

describe('when it goes', () => {
  it('goes with the enrolment; what is about somebody else too stays with them', async () => {
    await put('own', 'bo-stay', [bo]);
    await put('both', 'both-stay', [bo, maja]);
    await endEnrolment(database.pool(), enrolments.get(bo) ?? '', 'test');
    expect(await idsIn('bo-stay')).toEqual([]);
    expect(await idsIn('both-stay')).toEqual(['both']);
    expect(await put('own', 'bo-stay', [bo])).toBe('not-enrolled');
    await enrolNow(bo);
    expect(await put('own', 'bo-stay', [bo])).toBe('kept');
  });

  it('follows merges and splits: what came under a number goes with whoever has that number', async () => {
    await put('n1', 'new-bo', [newBo]);
    expect(await idsIn('new-bo')).toEqual([]);
    const numbers = { current: numberOf(newBo), former: numberOf(bo) };
    await mergeCitizens(database.pool(), keys, numbers, { reason: 'new number', actor: 'test' });
    expect(await put('n1', 'new-bo', [newBo])).toBe('kept');
    await splitCitizen(database.pool(), keys, numberOf(newBo), { reason: 'a mistake', actor: 'test' });
    await endEnrolment(database.pool(), enrolments.get(bo) ?? '', 'test');
    expect(await idsIn('bo-stay')).toEqual([]);
  });

  it('keeps a thread whole until nothing more came of it for its retention', async () => {
    const age = (id: string, days: number) =>
      database.pool().query(
        `update inbox_message set expires_at = expires_at - $1 * interval '1 day'
         where position in (select position from inbox_id where id_hash = $2)`,
        [days, keys.hash('key', JSON.stringify(['region', 'inbox', id]))],
      );
    await put('old-1', 'old', [maja]);
    await put('quiet-1', 'quiet', [maja]);
    await age('old-1', 89);
    await age('quiet-1', 91);
    await put('old-2', 'old', [maja]);
    await age('old-2', 2);
    expect(await expireMessages(database.pool())).toBe(1);
    expect(await idsIn('quiet')).toEqual([]);
    expect(await idsIn('old')).toEqual(['old-1', 'old-2']);
  });
});
