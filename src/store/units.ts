// The configured tree of units and organisations, kept as versions: "could X see on date D" needs the tree of that day.
import type { Db } from './db.ts';

export interface Unit {
  readonly id: string;
  readonly name: string;
  readonly type: 'unit' | 'organisation';
  readonly parent?: string | undefined;
}

/**
 * Makes the tree in force equal to `units`: closes what changed or went, opens what is new.
 * @returns whether what anybody may see can have changed (a new name alone cannot).
 */
export const syncUnits = async (tx: Db, units: readonly Unit[]): Promise<boolean> => {
  const wanted = [
    units.map((unit) => unit.id),
    units.map((unit) => unit.parent ?? null),
    units.map((unit) => unit.name),
    units.map((unit) => unit.type),
  ];
  const from = 'from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as w(unit_id, parent_id, name, type)';
  const { rowCount: closed } = await tx.query(
    `update unit_version u set valid_to = now() where u.valid_to = 'infinity' and not exists (
       select ${from} where w.unit_id = u.unit_id and w.parent_id is not distinct from u.parent_id and w.type = u.type)`,
    wanted,
  );
  await tx.query(
    `update unit_version u set name = w.name ${from}
     where w.unit_id = u.unit_id and u.valid_to = 'infinity' and u.name <> w.name`,
    wanted,
  );
  const { rowCount: opened } = await tx.query(
    `insert into unit_version (unit_id, parent_id, name, type) select w.unit_id, w.parent_id, w.name, w.type ${from}
     where not exists (select from unit_version u where u.unit_id = w.unit_id and u.valid_to = 'infinity')`,
    wanted,
  );
  return (closed ?? 0) + (opened ?? 0) > 0;
};
