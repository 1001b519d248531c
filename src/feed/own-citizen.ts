// A citizen or representative who logs in with their own number: their hub citizen, and the keyed hash a representation
// is found by. The number itself goes no further.
import type { Actor } from '../consent/actor.ts';
import { parseNumber } from '../model/cpr.ts';
import { findCitizen } from '../store/citizens.ts';
import { numberHash } from '../store/subjects.ts';
import type { FeedContext } from './context.ts';

/** What the number adds to the actor. A citizen the hub has never heard of is one with nothing to see. */
export const citizenOfNumber = async (
  context: FeedContext,
  cpr: string,
): Promise<Pick<Actor, 'citizen' | 'numberHash'>> => {
  const parsed = parseNumber(cpr);
  if (parsed === undefined) return {};
  const hash = numberHash(context.keys, parsed.number);
  const citizen = await findCitizen(context.pool, hash);
  return { numberHash: hash, ...(citizen === undefined ? {} : { citizen }) };
};
