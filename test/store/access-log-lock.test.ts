// A change and its log entry in one transaction need no further connection: while the transaction holds locks, whoever
// waits for them may hold all the others.
import { expect, it } from 'vitest';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { createPool, transaction } from '../../src/store/db.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();

it('writes its entry with every other connection taken', async () => {
  const pool = createPool(database.url(), { max: 1 });
  const log = createAccessLog(pool, createKeyRing(newKeyMaterial()));
  await transaction(pool, (tx) =>
    log.writeWith(tx, [
      {
        actor: { kind: 'administrator', person: 'source' },
        purpose: 'coordinated-plan',
        endpoint: 'consents of a source',
        records: [],
        decision: 'allowed',
        bases: ['reported by source'],
        correlation: 'one',
      },
    ]),
  );
  const { rows } = await pool.query('select correlation from access_log');
  expect(rows).toEqual([{ correlation: 'one' }]);
  await pool.end();
}, 5000);
