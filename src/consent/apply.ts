// Brings the configured units, statutes and sources into the tables the rules read. Safe to run at every start and in
// many processes: nothing changes where nothing changed; where it did, every enrolled citizen is looked at again.
import { type Pool, transaction } from '../store/db.ts';
import { type SourceSetting, type Statute, syncSourceSettings, syncStatutes } from '../store/statutes.ts';
import { syncUnits, type Unit } from '../store/units.ts';

export interface RuleConfiguration {
  readonly units: readonly Unit[];
  readonly statutes: readonly Statute[];
  readonly sources: readonly SourceSetting[];
}

/** @returns whether what anybody may see can have changed. */
export const applyConfiguration = async (pool: Pool, wanted: RuleConfiguration): Promise<boolean> =>
  transaction(pool, async (tx) => {
    await tx.query('select pg_advisory_xact_lock(7265744)');
    const units = await syncUnits(tx, wanted.units);
    const statutes = await syncStatutes(tx, wanted.statutes);
    const sources = await syncSourceSettings(tx, wanted.sources);
    const changed = units || statutes || sources;
    if (changed)
      await tx.query(
        `select append_changes(array_agg(citizen_id), array_agg(null::uuid), array_agg('look'::text))
         from enrolment where ended_at is null`,
      );
    return changed;
  });
