// Who has looked: the citizen's view in plain Danish with staff masked and withheld records unnamed, the officer's
// unmasked, both in pages, including look-ups by number and entries from before a merge.
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { accessLogFor } from '../../src/consent/read-log.ts';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import type { LogEntry } from '../../src/store/log-entry.ts';
import { useDatabase } from '../postgres.ts';
import { newCitizen, newRecord } from './people.ts';

const database = useDatabase();
const keys = createKeyRing(newKeyMaterial());

it('shows the citizen who looked, and the officer everything', async () => {
  const pool = database.pool();
  await pool.query(`insert into unit_version (unit_id, name, type) values ('job', 'Jobcentret', 'unit')`);
  const citizen = await newCitizen(pool);
  const former = await newCitizen(pool);
  await pool.query('update citizen set merged_into = $1 where id = $2', [citizen.id, former.id]);
  const open = await newRecord(pool, citizen);
  const secret = await newRecord(pool, citizen, { withheld: true });
  const { rows } = await pool.query<{ cpr_hash: Buffer }>('select cpr_hash from identity where citizen_id = $1', [
    citizen.id,
  ]);
  const log = createAccessLog(pool, keys);
  const entry = (more: Partial<LogEntry>): LogEntry => ({
    actor: { kind: 'professional', person: 'Kirsten-42', role: 'caseworker', unit: 'job' },
    purpose: 'coordinated-plan',
    endpoint: 'GET /v1/citizens/:id/plan',
    citizen: citizen.id,
    records: [open, secret],
    decision: 'allowed',
    bases: ['6 consent:x:1'],
    correlation: randomUUID(),
    ...more,
  });
  const { citizen: _nobody, ...about } = entry({
    records: [],
    decision: 'denied',
    endpoint: 'POST /v1/citizens/lookup',
    bases: [],
  });
  const { citizen: _other, ...stranger } = entry({ numberHash: Buffer.from('somebody else') });
  for (const one of [
    entry({ citizen: former.id }),
    entry({ emergency: true, bases: ['3 emergency'] }),
    { ...about, ...(rows[0] === undefined ? {} : { numberHash: rows[0].cpr_hash }) },
    entry({
      actor: { kind: 'citizen', person: 'me', citizen: citizen.id },
      records: [open],
      bases: ['1 GDPR art. 15'],
    }),
    stranger,
    entry({ citizen: randomUUID() }),
  ]) {
    await log.write([one]);
    // Ids are ordered by the millisecond.
    await new Promise((done) => setTimeout(done, 2));
  }

  const mine = await accessLogFor(pool, { citizen: citizen.id, view: 'citizen', limit: 10 });
  expect(mine.more).toBe(false);
  expect(mine.entries.map((one) => one.records)).toEqual([[open], [], [open], [open]]);
  expect(mine.entries.map((one) => one.person)).toEqual(['me', undefined, undefined, undefined]);
  expect(JSON.stringify(mine)).not.toMatch(/Kirsten|correlation/);
  expect(JSON.stringify(mine)).not.toContain(secret);
  expect(mine.entries.map((one) => one.text.replace(/^.*?: /, ''))).toEqual([
    'Du så én oplysning om dig. Grundlag: din egen ret til indsigt. Formål: »den fælles plan«.',
    'En fagperson (sagsbehandler) i Jobcentret slog dit nummer op uden at få noget at se. Formål: »den fælles plan«.',
    'En fagperson (sagsbehandler) i Jobcentret så én oplysning om dig. Grundlag: akut adgang. Det var akut adgang. Formål: »den fælles plan«.',
    'En fagperson (sagsbehandler) i Jobcentret så én oplysning om dig. Grundlag: dit samtykke eller en lov, du kan sige nej til. Formål: »den fælles plan«.',
  ]);
  // A page has said when and who above it.
  expect(mine.entries[1]?.what).toBe('Slog dit nummer op uden at få noget at se. Formål: »den fælles plan«.');
  expect(mine.entries.some((one) => 'number' in one)).toBe(false);
  const inside = { records: new Set([open]), person: 'sister' };
  const narrow = await accessLogFor(pool, { citizen: citizen.id, view: 'citizen', limit: 10, only: inside });
  // Look-ups and what touches nothing inside are left out; what covers a whole read is not told.
  expect(narrow.entries.map((one) => [one.records, one.bases])).toEqual([
    [[open], []],
    [[open], []],
    [[open], []],
  ]);
  expect(JSON.stringify(narrow)).not.toContain('Grundlag');
  const outside = { records: new Set<string>(), person: 'sister' };
  const none = await accessLogFor(pool, { citizen: citizen.id, view: 'citizen', limit: 10, only: outside });
  expect(none.entries).toEqual([]);

  const first = await accessLogFor(pool, { citizen: citizen.id, view: 'dpo', limit: 3 });
  expect(first.entries.map((one) => one.records.length)).toEqual([1, 0, 2]);
  expect(first.entries[2]).toMatchObject({ person: 'Kirsten-42', emergency: true });
  const next = await accessLogFor(pool, { citizen: citizen.id, view: 'dpo', limit: 3, after: first.next ?? '' });
  expect([next.entries.length, next.more, next.next]).toEqual([1, false, undefined]);
  await expect(accessLogFor(pool, { citizen: citizen.id, view: 'dpo', limit: 3, after: 'x' })).rejects.toMatchObject({
    path: 'after',
  });
});
