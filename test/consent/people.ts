// A few citizens with records, and actors who ask about them, for tests of who may say and see what.
import { randomUUID } from 'node:crypto';
import type { Actor } from '../../src/consent/actor.ts';
import type { Db } from '../../src/store/db.ts';

export interface Person {
  readonly id: string;
  readonly number: number;
}

export const newCitizen = async (db: Db): Promise<Person> => {
  const id = randomUUID();
  await db.query('insert into citizen (id) values ($1)', [id]);
  const { rows } = await db.query<{ id: number }>(
    `insert into identity (cpr_hash, cpr_cipher, number_type, citizen_id, home_id)
     values (sha256(convert_to($1::uuid::text, 'UTF8')), '\\x00', 'cpr', $1::uuid, $1::uuid) returning id`,
    [id],
  );
  const number = rows[0]?.id ?? 0;
  await db.query(
    `insert into enrolment (id, citizen_id, identity_id, basis, starts_at, recorded_by) values ($1, $2, $3, 'test', now(), 'test')`,
    [randomUUID(), id, number],
  );
  return { id, number };
};

export interface RecordShape {
  readonly kind?: string;
  readonly domain?: string;
  readonly source?: string;
  readonly sensitivity?: string;
  readonly unit?: string;
  readonly withheld?: boolean;
}

export const newRecord = async (db: Db, person: Person, shape: RecordShape = {}): Promise<string> => {
  const id = randomUUID();
  await db.query(
    `insert into record_version (record_id, citizen_id, identity_id, kind, domain, source, sensitivity, owner_unit, withheld, valid_from)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, now())`,
    [
      id,
      person.id,
      person.number,
      shape.kind ?? 'plan',
      shape.domain ?? 'social',
      shape.source ?? 'sensum',
      shape.sensitivity ?? 'normal',
      shape.unit ?? 'social',
      shape.withheld ?? false,
    ],
  );
  return id;
};

export const actor = (shape: Partial<Actor>): Actor => ({
  kind: 'professional',
  person: 'p1',
  sector: 'public',
  purpose: 'coordinated-plan',
  scopes: [],
  ...shape,
});

export const self = (person: Person): Actor =>
  actor({ kind: 'citizen', person: `citizen-${person.number}`, sector: 'private', citizen: person.id });
