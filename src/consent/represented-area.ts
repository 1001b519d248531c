// What of a citizen's life concerns whoever asks: all of it for the citizen and the officer, what they represent for a
// representative. Words said of something else are not told them as anything that concerns them.
import { representedScopes, type Scope } from '../store/consents.ts';
import type { Db } from '../store/db.ts';
import type { Actor } from './actor.ts';

/** Something said, as far as it matters here; what is not named is everything. */
export interface SaidOf {
  readonly domains?: readonly string[] | null | undefined;
  readonly kinds?: readonly string[] | null | undefined;
  /** One record alone. */
  readonly record?: string | null | undefined;
}

export type Concerns = (said: SaidOf) => boolean;

type Names = readonly string[] | null | undefined;
const meet = (one: Names, other: Names): boolean =>
  one == null || other == null || one.some((name) => other.includes(name));

/** @param records those the asker is told of */
export const concernsOf = async (
  db: Db,
  asker: Actor,
  citizen: string,
  records: ReadonlySet<string>,
): Promise<Concerns> => {
  const inPerson = asker.kind === 'citizen' || asker.kind === 'representative';
  if (!inPerson || asker.citizen === citizen || asker.numberHash === undefined) return () => true;
  const scopes: readonly Scope[] = await representedScopes(db, citizen, asker.numberHash);
  return ({ domains, kinds, record }) =>
    record == null
      ? scopes.some((scope) => meet(scope.domains, domains) && meet(scope.kinds, kinds))
      : records.has(record);
};
