// Two looks at one record at the same time: the one that comes to be stored second is left out and asked again. A look at
// named citizens or keys begins anew; a pull leaves the record as it is stored and a notice that asks for it.
import { HubError } from '../errors.ts';
import type { Tx } from '../store/db.ts';
import { compareLooks, endLook, isOvertaken, type Look, markLook, nameLook } from '../store/looks.ts';
import { putNotices } from '../store/notices.ts';
import { storedKey } from './compose.ts';
import { storable } from './decode.ts';
import type { PipelineDeps, SyncKind, SyncSource } from './source.ts';
import type { WithSubject } from './subject.ts';

export const overtakenError = (): HubError =>
  new HubError({
    code: 'run/overtaken',
    fault: 'transient',
    message: 'Another run stored what this one was asking for; it is asked for again.',
  });

export interface Answer {
  /** Records that can be told whose they are, with their keys. */
  readonly records: readonly WithSubject[];
  /** Of these, stored already exactly as they came: whoever was first, the outcome is theirs. */
  readonly same: readonly WithSubject[];
  readonly deleted: readonly string[];
}

/**
 * The keys (the source's own) whose stored state must stay as it is, each with a notice. Whoever is behind this answer is
 * told to ask again. @throws HubError `run/overtaken` for a look at named citizens or keys.
 */
export const leaveOvertaken = async (
  tx: Tx,
  deps: PipelineDeps,
  source: SyncSource,
  kind: SyncKind,
  look: Look,
  answer: Answer,
): Promise<ReadonlySet<string>> => {
  if (await isOvertaken(tx, look)) throw overtakenError();
  const said = [
    ...answer.records.map(({ key, subjects }) => ({ key, citizens: subjects.map(({ citizenId }) => citizenId) })),
    ...answer.deleted.filter(storable).map((key) => ({ key, citizens: [] })),
  ].map((one) => ({ ...one, raw: one.key, key: storedKey(deps.keys, source.name, kind, one.key) }));
  const overtaken = await compareLooks(tx, look, said);
  if (overtaken.size === 0) return new Set();
  const same = new Set(answer.same.map((record) => record.key));
  // Nobody's before and nobody's now: both looks come to the same.
  const behind = said.flatMap(({ key, raw }) => {
    const citizens = overtaken.get(key) ?? [];
    return same.has(raw) || citizens.length === 0 ? [] : [{ key: raw, citizens }];
  });
  if (behind.length > 0 && look.id !== undefined) throw overtakenError();
  await putNotices(
    tx,
    deps.keys,
    source.name,
    behind.map(({ key, citizens }) => ({ kind: kind.name, key, change: 'updated', citizens })),
  );
  return new Set(behind.map(({ key }) => key));
};

/** Marks what a look at named citizens or keys has stored. */
export const markStored = async (
  tx: Tx,
  deps: PipelineDeps,
  source: SyncSource,
  kind: SyncKind,
  { id, ...look }: Look,
  keys: readonly string[],
): Promise<void> => {
  if (id === undefined) return;
  const stored = keys.filter(storable).map((key) => storedKey(deps.keys, source.name, kind, key));
  await markLook(tx, { ...look, id }, stored);
};

const tries = 5;

/** Looks at what is named, again and again while somebody else stores something about it meanwhile. */
export const lookAgain = async <T>(
  deps: PipelineDeps,
  of: { readonly source: SyncSource; readonly kind: SyncKind; readonly signal: AbortSignal },
  about: Parameters<typeof nameLook>[3],
  ask: (look: Look & { readonly id: number }) => Promise<T>,
): Promise<T> => {
  for (let left = tries; ; left -= 1) {
    const look = await nameLook(deps.pool, of.source.name, of.kind.name, about);
    try {
      return await ask(look);
    } catch (thrown) {
      const again = thrown instanceof HubError && thrown.code === 'run/overtaken' && left > 0 && !of.signal.aborted;
      if (!again) throw thrown;
    } finally {
      await endLook(deps.pool, look.id);
    }
  }
};
