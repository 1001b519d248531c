// What is said of citizens beside consents, that no professional may read: a power of attorney the citizen gave, and a
// consent another system reports for somebody else. Only the citizen's own are there in the hub that holds what is seen.
import type { Pool } from '../../src/store/db.ts';
import type { Person } from '../feed/fixture.ts';
import { type HiddenWorld, uuidOf } from './hidden-world.ts';

/** Ids of the power of attorney and of the proposal of the citizen in this place. */
export const powerOf = (place: number): string => uuidOf(4, place);
export const proposalOf = (place: number): string => uuidOf(5, place);

export const tellBeside = async (
  pool: Pool,
  world: HiddenWorld,
  people: ReadonlyMap<number, Person>,
  onlySeen: boolean,
): Promise<void> => {
  for (const [place, person] of people) {
    if (onlySeen && !(world.reader === 'citizen' && place === 0)) continue;
    await pool.query(
      `insert into representation (id, version, citizen_id, representative, type, valid_from, recorded_at, recorded_by, recorded_as)
       values ($1, 1, $2, sha256('somebody'), 'powerOfAttorney', now() - interval '1 day', now() - interval '1 day', 'citizen', 'citizen')`,
      [powerOf(place), person.id],
    );
    await pool.query(
      `insert into consent_proposal (id, identity_id, source, reference_hash, decision, recipient, valid_from, proposed_at)
       values ($1, $2, 'elsewhere', sha256(convert_to($1::uuid::text, 'UTF8')), 'grant', 'person:somebody-else',
         now() - interval '1 day', now() - interval '1 day')`,
      [proposalOf(place), person.identity],
    );
  }
};
