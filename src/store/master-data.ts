// Master data (stamoplysninger): the citizen records of all sources merged field by field in one configured order, the
// same for all readers. It carries no source, time or journal link; a protected person's name and address are left out
// for private readers.
import { copenhagenDay } from '../clock.ts';
import { ageOn } from '../model/cpr.ts';
import { citizen } from '../model/kinds.ts';
import { revealingFields } from '../model/reveal.ts';
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';
import { bodyContext } from './records.ts';

export type MasterFields = Readonly<Record<string, unknown>>;

export interface MasterData {
  /** `{id, kind: 'citizen', name, birthDate, age, …}` */
  readonly full: MasterFields;
  /** Without what the schema marks as revealing name or address; equal to `full` when nobody protects this citizen now. */
  readonly stripped: MasterFields;
}

const fieldNames = Object.keys(citizen.shape) as readonly (keyof typeof citizen.shape)[];
const revealing = new Set(revealingFields('citizen'));

interface Row {
  readonly citizen_id: string;
  readonly record_id: string;
  readonly body: string | null;
  readonly cipher: Buffer | null;
  readonly protected: boolean;
}

const fieldsOf = (keys: KeyRing, row: Row): MasterFields =>
  JSON.parse(row.cipher === null ? (row.body ?? '{}') : keys.decrypt(row.cipher, bodyContext(row.record_id)));

const merge = (records: readonly MasterFields[], order: readonly string[]): MasterFields => {
  const rank = (record: MasterFields): number =>
    (order.indexOf(String(record['source'])) + order.length + 1) % (order.length + 1);
  const name = (record: MasterFields): string => `${record['source']} ${record['id']}`;
  const sorted = [...records].sort((a, b) => rank(a) - rank(b) || (name(a) < name(b) ? -1 : 1));
  const merged: Record<string, unknown> = {};
  for (const fields of sorted)
    for (const field of fieldNames)
      if (merged[field] === undefined && fields[field] !== undefined) merged[field] = fields[field];
  return merged;
};

const withoutRevealing = (fields: MasterFields): MasterFields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !revealing.has(name as never)));

/** One citizen's records (as the sources gave them) merged, with the age they have on `now`'s Copenhagen day; `hide` leaves out name and address. */
export const presentMaster = (
  citizenId: string,
  records: readonly MasterFields[],
  order: readonly string[],
  now: Date,
  hide: boolean,
): MasterFields => {
  const merged = merge(records, order);
  const birth = merged['birthDate'];
  const age = typeof birth === 'string' ? { age: ageOn(birth, copenhagenDay(now)) } : {};
  const full = { id: citizenId, kind: 'citizen', ...merged, ...age };
  return hide ? withoutRevealing(full) : full;
};

/** Master data of each of the citizens at `now`; citizens without any have only id and kind. */
export const readMasterData = async (
  db: Db,
  keys: KeyRing,
  citizens: readonly string[],
  order: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, MasterData>> => {
  const { rows } = await db.query<Row>({
    name: 'master-data',
    text: `select c.citizen_id, c.record_id, b.body, b.cipher,
             exists (select from protection p where p.citizen_id = c.citizen_id and p.valid_from <= $2 and $2 < p.valid_to and p.superseded_at = 'infinity') as protected
           from citizen_record c join record_body b on b.record_id = c.record_id where c.citizen_id = any($1::uuid[])`,
    values: [citizens, now],
  });
  const byCitizen = new Map<string, Row[]>(citizens.map((id) => [id, []]));
  for (const row of rows) byCitizen.get(row.citizen_id)?.push(row);
  return new Map(
    [...byCitizen].map(([id, own]) => {
      const full = presentMaster(
        id,
        own.map((row) => fieldsOf(keys, row)),
        order,
        now,
        false,
      );
      const stripped = own.some((row) => row.protected) ? withoutRevealing(full) : full;
      return [id, { full, stripped }];
    }),
  );
};
