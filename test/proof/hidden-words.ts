// What was said in the hub about the world's records: each comment is there in both hubs, or, in the one that holds only
// what is seen, where the reader sees it. Instants are the same in both, so that tags can be compared.
import { insertBorn, type Place, saveSaid } from '../../src/store/born.ts';
import type { KeyRing } from '../../src/store/crypto.ts';
import { type Pool, transaction } from '../../src/store/db.ts';
import { appendChanges } from '../../src/store/removal.ts';
import type { Person } from '../feed/fixture.ts';
import { type HiddenWorld, uuidOf } from './hidden-world.ts';

/** Id of the nth comment; every second of the first twelve records has one, on its first citizen's plan. */
export const commentOf = (n: number): string => uuidOf(1, 14 + n);
const began = Date.parse('2026-11-01T08:00:00Z');

export const sayWords = async (
  pool: Pool,
  keys: KeyRing,
  world: HiddenWorld,
  people: ReadonlyMap<number, Person>,
  seen: ReadonlySet<string> | 'all',
): Promise<void> => {
  for (let n = 0; n < 6; n += 1) {
    const record = world.records[2 * n];
    const person = people.get(record?.citizens[0] ?? -1);
    const id = commentOf(n);
    // No unit's journal has a rating, nor then what is said beside one.
    if (record?.ownerUnit === undefined || record.kind === 'rating') continue;
    if (person === undefined || (seen !== 'all' && !seen.has(id))) continue;
    const { domain, ownerUnit, withheld } = record;
    const place: Place = {
      subject: { identityId: person.identity, citizenId: person.id, homeId: person.id },
      aboutId: record.id,
      domain,
      sensitivity: 'normal',
      ownerUnit,
      named: [],
      withheld,
      thirdPartyProtected: false,
    };
    const now = new Date(began + n * 60_000);
    const fields = { text: `Om ${n}`, author: 'Borgeren', at: now.toISOString(), version: 1 };
    await transaction(pool, async (tx) => {
      await insertBorn(tx, place, {
        id,
        kind: 'comment',
        unit: ownerUnit,
        authorKind: 'citizen',
        authorPerson: 'x',
        now,
      });
      const links = [{ rel: 'about', toId: record.id }];
      const changes = await saveSaid(tx, keys, place, { id, kind: 'comment', version: 1, fields, links, by: 'x', now });
      await appendChanges(tx, changes);
    });
  }
};
