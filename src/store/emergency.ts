// Emergency access: taken by a person for one citizen and one hour, with a reason that is kept sealed. It ends by itself;
// nothing takes it back and nothing prolongs it but another one.
import { randomUUID } from 'node:crypto';
import type { Witness } from './access-log.ts';
import type { KeyRing } from './crypto.ts';
import { type Db, type Pool, transaction } from './db.ts';
import { appendChanges } from './removal.ts';
import { holdPeople } from './subjects.ts';

export interface EmergencyAccess {
  readonly id: string;
  readonly citizen: string;
  readonly person: string;
  readonly role: string;
  readonly organisation: string;
  readonly reason: string;
  readonly from: Date;
  readonly to: Date;
}

const context = (id: string): string => `emergency_access:${id}`;

/** @returns false when the citizen is not enrolled: then there is nothing to see and nothing is written. */
export const takeEmergencyAccess = async (
  pool: Pool,
  keys: KeyRing,
  taken: Pick<EmergencyAccess, 'citizen' | 'person' | 'role' | 'organisation' | 'reason'> & {
    readonly minutes: number;
    readonly witness: Witness;
  },
): Promise<boolean> =>
  transaction(pool, async (tx) => {
    await holdPeople(tx);
    const { rowCount } = await tx.query('select from enrolment where citizen_id = $1 and ended_at is null', [
      taken.citizen,
    ]);
    if (rowCount === 0) return false;
    const id = randomUUID();
    await tx.query(
      `insert into emergency_access (id, citizen_id, person, role, organisation, reason_cipher, valid_from, valid_to)
       values ($1, $2, $3, $4, $5, $6, now(), now() + $7 * interval '1 minute')`,
      [
        id,
        taken.citizen,
        taken.person,
        taken.role,
        taken.organisation,
        keys.encrypt(taken.reason, context(id)),
        taken.minutes,
      ],
    );
    await taken.witness(tx, taken.citizen);
    await appendChanges(tx, [{ citizenId: taken.citizen, recordId: null, op: 'look' }]);
    return true;
  });

interface Row {
  readonly id: string;
  readonly citizen_id: string;
  readonly person: string;
  readonly role: string;
  readonly organisation: string;
  readonly reason: string | null;
  readonly reason_cipher: Buffer | null;
  readonly valid_from: Date;
  readonly valid_to: Date;
}

export interface EmergencyPage {
  /** Of one citizen; absent = of all. */
  readonly citizen?: string;
  /** Only those taken before this one. */
  readonly after?: string;
  readonly limit: number;
}

/** Newest first. */
export const emergencyAccesses = async (
  db: Db,
  keys: KeyRing,
  page: EmergencyPage,
): Promise<readonly EmergencyAccess[]> => {
  const { rows } = await db.query<Row>(
    `select e.* from emergency_access e
     where ($1::uuid is null or e.citizen_id = $1)
       and ($2::uuid is null or (e.valid_from, e.id) < (select b.valid_from, b.id from emergency_access b where b.id = $2))
     order by e.valid_from desc, e.id desc limit $3`,
    [page.citizen ?? null, page.after ?? null, page.limit],
  );
  return rows.map((row) => ({
    id: row.id,
    citizen: row.citizen_id,
    person: row.person,
    role: row.role,
    organisation: row.organisation,
    reason: row.reason_cipher === null ? (row.reason ?? '') : keys.decrypt(row.reason_cipher, context(row.id)),
    from: row.valid_from,
    to: row.valid_to,
  }));
};
