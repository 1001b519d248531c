// What others said for a citizen before they turned 15, and what still stands of it. From 15 they are party to their own
// case: nothing lapses by itself, because whoever relies on a consent would find it gone without anybody having said no;
// but they are shown it first, and why-answers say whose word it was.
import { partyAge, reaches } from '../model/custody.ts';
import { standingOfOthers } from '../store/consents.ts';
import type { KeyRing } from '../store/crypto.ts';
import type { Db } from '../store/db.ts';
import { birthDateOf } from '../store/representations.ts';
import type { Consent } from './consent-text.ts';

/** `consent:<id>:<version>`; empty for whoever is not 15 at that instant. */
export const saidBeforeParty = async (
  db: Db,
  keys: KeyRing,
  citizenId: string,
  at: Date,
): Promise<ReadonlySet<string>> => {
  const birth = await birthDateOf(db, keys, citizenId);
  const since = birth === undefined ? undefined : reaches(birth, partyAge);
  if (since === undefined || since > at) return new Set();
  return new Set(await standingOfOthers(db, citizenId, since, at));
};

const note = 'Det blev sagt for dig, før du fyldte 15 år. Det gælder, til du trækker det tilbage.';

export interface MarkedConsent extends Consent {
  readonly beforeAge15?: true;
}

/** Those first, and marked. Receipts leave it out: they are the same whenever they are asked for. */
export const markBeforeParty = (
  consents: readonly Consent[],
  before: ReadonlySet<string>,
): readonly MarkedConsent[] => {
  const theirs = (one: Consent): boolean => before.has(`consent:${one.id}:${one.version}`);
  return [
    ...consents.filter(theirs).map((one) => ({ ...one, beforeAge15: true as const, text: `${one.text} ${note}` })),
    ...consents.filter((one) => !theirs(one)),
  ];
};
