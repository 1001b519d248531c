// What a citizen says while their numbers are being joined holds, or is refused; it never ends up with an id that is no
// more, where nobody would heed it.
import { expect, it } from 'vitest';
import type { Actor } from '../../src/consent/actor.ts';
import { declareConsent, withdrawConsent } from '../../src/consent/consents.ts';
import { type ParsedNumber, parseNumber } from '../../src/model/cpr.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { transaction } from '../../src/store/db.ts';
import { enrol } from '../../src/store/enrolment.ts';
import { mergeNumbers } from '../../src/store/people.ts';
import { appendChanges } from '../../src/store/removal.ts';
import { lockPeople } from '../../src/store/subjects.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();
const keys = createKeyRing(newKeyMaterial());
const number = (text: string): ParsedNumber => {
  const parsed = parseNumber(text);
  if (parsed === undefined) throw new Error('not a number');
  return parsed;
};
const [current, former] = [number('0702751238'), number('1503821119')];
const self = (citizen: string): Actor => ({
  kind: 'citizen',
  person: citizen,
  sector: 'private',
  citizen,
  purpose: 'coordinated-plan',
  scopes: ['consents.write'],
});

it('waits for the merge, and is then said of whoever lives on or not at all', async () => {
  const pool = database.pool();
  const [kept, gone] = await Promise.all(
    [current, former].map((one) => enrol(pool, keys, [], { number: one, basis: 'lab-40-3', by: 'test' })),
  );
  if (kept === undefined || gone === undefined) throw new Error('not enrolled');
  const said = { decision: 'refuse', recipient: 'unit:jobcenter' } as const;
  const refusal = await declareConsent(pool, self(gone.citizenId), gone.citizenId, said, { keys });
  const writes = await transaction(pool, async (tx) => {
    await lockPeople(tx);
    const merged = await mergeNumbers(tx, keys, { current, former }, { reason: 'test', actor: 'test' });
    const writing = Promise.allSettled([
      declareConsent(pool, self(gone.citizenId), gone.citizenId, said, { keys }),
      withdrawConsent(pool, self(gone.citizenId), refusal.id, { keys }),
    ]);
    // Both are waiting before the merge commits.
    for (let blocked = 0; blocked < 2; ) {
      const { rows } = await pool.query<{ n: number }>(
        `select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted
         and database = (select oid from pg_database where datname = current_database())`,
      );
      blocked = rows[0]?.n ?? 0;
    }
    await appendChanges(tx, merged.changes);
    return () => writing;
  });
  expect((await writes()).map((one) => one.status)).toEqual(['rejected', 'rejected']);
  const { rows } = await pool.query('select citizen_id, withdrawn from consent');
  expect(rows).toEqual([{ citizen_id: kept.citizenId, withdrawn: false }]);
});
