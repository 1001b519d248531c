// Every decision about a citizen at an instant, under whatever id their records were then: numbers that have become one
// citizen since were read under two ids, and one that has been parted since was read under another's.
import type { Db } from '../store/db.ts';
import { heldUnder } from '../store/past-holders.ts';
import type { Actor } from './actor.ts';
import { type Decision, decisionsOn, explain } from './decide.ts';

const strength = ['hidden', 'stub', 'busy', 'content'] as const;

/** A record that was under two of the citizen's ids was shown when it was shown under one. */
const oncePerRecord = (decisions: readonly Decision[]): readonly Decision[] => {
  const best = new Map<string, Decision>();
  for (const one of decisions) {
    const other = best.get(one.recordId);
    if (other === undefined || strength.indexOf(one.show) > strength.indexOf(other.show)) best.set(one.recordId, one);
  }
  return [...best.values()];
};

export const explainAt = async (
  db: Db,
  actor: Actor,
  citizen: string,
  at: Date,
  record?: string,
): Promise<readonly Decision[]> => {
  const own = await explain(db, actor, citizen, record, at);
  const elsewhere = (await heldUnder(db, citizen, at)).filter((one) => record === undefined || one.record === record);
  if (elsewhere.length === 0) return own;
  const others = await decisionsOn(db, actor, {
    citizens: [...new Set(elsewhere.map((one) => one.citizen))],
    records: elsewhere.map((one) => one.record),
    at,
  });
  return oncePerRecord([...own, ...others]);
};
