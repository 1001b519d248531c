// Log entries that were one look: what one reader was answered about one citizen within a moment (a page asks for a plan,
// its comments and its calendar one by one), or what one answer told of many (a list). For showing only: entries stay as
// they were written, and nothing is counted by it.
import type { StoredEntry } from './log-entry.ts';

type Told = Pick<
  StoredEntry,
  'id' | 'at' | 'actor_kind' | 'person' | 'consumer' | 'purpose' | 'endpoint' | 'decision' | 'emergency' | 'correlation'
>;

const momentMs = 10_000;

const answered = ({ decision }: Told): boolean => decision === 'allowed' || decision === 'partly';
const readerOf = (entry: Told): string =>
  JSON.stringify([entry.actor_kind, entry.person, entry.consumer, entry.purpose, entry.emergency, answered(entry)]);
/** A list shows somebody among others; whoever opens a plan from it has looked on purpose. */
const isList = ({ endpoint }: Told): boolean => /^GET \/v1\/citizens(?: |$)/.test(endpoint);

/**
 * @param entries neighbours in the log, newest first
 * @param about whom an entry is about
 * @returns of each entry the id of the oldest of its look, in the entries' order
 */
export const occasionsOf = <E extends Told>(
  entries: readonly E[],
  about: (entry: E) => string | null,
): readonly string[] => {
  const sameCitizen = (one: E, other: E): boolean =>
    !isList(one) && !isList(other) && about(one) !== null && about(one) === about(other);
  let first: E | undefined;
  let before: E | undefined;
  // From the oldest on: what is written later changes nothing of what was told before.
  return entries
    .toReversed()
    .map((entry) => {
      const together =
        first !== undefined &&
        before !== undefined &&
        readerOf(first) === readerOf(entry) &&
        entry.at.getTime() - first.at.getTime() <= momentMs &&
        (before.correlation === entry.correlation || sameCitizen(before, entry));
      if (!together) first = entry;
      before = entry;
      return first?.id ?? entry.id;
    })
    .toReversed();
};
