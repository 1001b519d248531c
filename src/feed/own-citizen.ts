// Whoever logs in with their own number: of citizens and representatives their hub citizen and the keyed hash a
// representation is found by; of staff the hash alone, by which they are known when they record something for themselves.
// The number itself goes no further.
import type { Actor } from '../consent/actor.ts';
import { parseNumber } from '../model/cpr.ts';
import { findCitizen } from '../store/citizens.ts';
import { numberHash } from '../store/subjects.ts';
import type { FeedContext } from './context.ts';

/** What the number adds to the actor. A citizen the hub has never heard of is one with nothing to see. */
export const citizenOfNumber = async (
  context: FeedContext,
  { kind }: Pick<Actor, 'kind'>,
  cpr: string,
): Promise<Pick<Actor, 'citizen' | 'numberHash'>> => {
  const parsed = parseNumber(cpr);
  if (parsed === undefined) return {};
  const hash = numberHash(context.keys, parsed.number);
  if (kind === 'professional') return { numberHash: hash };
  const citizen = await findCitizen(context.pool, hash);
  return { numberHash: hash, ...(citizen === undefined ? {} : { citizen }) };
};
