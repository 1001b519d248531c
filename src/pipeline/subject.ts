// Stage 2, the only one that sees a CPR: who is the record about, and are they enrolled? Nothing may be kept before it.
// Records of people who are not enrolled end here, counted and forgotten.
import { type ParsedNumber, parseNumber } from '../model/cpr.ts';
import type { KeyRing } from '../store/crypto.ts';
import { type Db, transaction } from '../store/db.ts';
import { mergeNumbers } from '../store/people.ts';
import { appendChanges } from '../store/removal.ts';
import { keyHash, lockPeople, numberHash, type Subject, subjectsByKey, subjectsByNumber } from '../store/subjects.ts';
import type { Decoded } from './decode.ts';
import type { PipelineDeps, SyncKind, SyncSource } from './source.ts';

export interface WithSubject extends Decoded {
  /** Enrolled citizens only. Empty with `readable`: not enrolled. */
  readonly subjects: readonly Subject[];
  /** False: nobody can say who it is about. */
  readonly readable: boolean;
  /** It is also about people who are not enrolled. */
  readonly others: boolean;
}

interface Reference {
  /** `cpr` or the via kind. */
  readonly space: string;
  readonly hash: Buffer;
  /** Space and hash: what it is looked up by. */
  readonly name: string;
}

const reference = (space: string, hash: Buffer): Reference => ({
  space,
  hash,
  name: `${space} ${hash.toString('hex')}`,
});

const referencesOf = (keys: KeyRing, source: string, kind: SyncKind, body: unknown): readonly Reference[] => {
  const references: Reference[] = [];
  for (const ref of kind.mapping?.subjects(body) ?? []) {
    if ('cpr' in ref) {
      const parsed = parseNumber(ref.cpr);
      if (parsed !== undefined) references.push(reference('cpr', numberHash(keys, parsed.number)));
    } else if (ref.key !== '') references.push(reference(ref.via, keyHash(keys, source, ref.via, ref.key)));
  }
  return references;
};

const lookUp = async (
  tx: Db,
  source: string,
  references: readonly Reference[],
): Promise<(ref: Reference) => readonly Subject[]> => {
  const different = new Map(references.map((ref) => [ref.name, ref]));
  const found = new Map<string, readonly Subject[]>();
  for (const [space, own] of Map.groupBy(different.values(), (ref) => ref.space)) {
    const hashes = own.map((ref) => ref.hash);
    if (space === 'cpr')
      for (const [hex, subject] of await subjectsByNumber(tx, hashes)) found.set(`cpr ${hex}`, [subject]);
    else
      for (const [hex, subjects] of await subjectsByKey(tx, source, space, hashes))
        found.set(`${space} ${hex}`, subjects);
  }
  return (ref) => found.get(ref.name) ?? [];
};

/** Resolves the subjects of one page. Must run in the page's transaction, under the shared people lock. */
export const resolveSubjects = async (
  tx: Db,
  keys: KeyRing,
  source: SyncSource,
  kind: SyncKind,
  records: readonly Decoded[],
): Promise<readonly WithSubject[]> => {
  const references = records.map((record) => referencesOf(keys, source.name, kind, record.body));
  const find = await lookUp(tx, source.name, references.flat());
  return records.map((record, n) => {
    const own = references[n] ?? [];
    const subjects = [...new Map(own.flatMap(find).map((subject) => [subject.identityId, subject])).values()];
    return { ...record, subjects, readable: own.length > 0, others: own.some((ref) => find(ref).length === 0) };
  });
};

interface Pair {
  readonly current: ParsedNumber;
  readonly former: ParsedNumber;
}

const pairsOf = (kind: SyncKind, records: readonly Decoded[]): readonly Pair[] =>
  records.flatMap(({ body, failure }) => {
    const mapping = kind.mapping;
    if (failure !== undefined || mapping === undefined) return [];
    const said = mapping.numbers(body);
    if (said.previous.length === 0 && said.current === undefined) return [];
    const own = mapping.subjects(body).flatMap((ref) => ('cpr' in ref ? [ref.cpr] : []));
    const current = parseNumber(said.current ?? own[0] ?? '');
    if (current === undefined) return [];
    return [...said.previous, ...own].flatMap((text) => {
      const former = parseNumber(text);
      return former === undefined || former.number === current.number ? [] : [{ current, former }];
    });
  });

/**
 * Joins numbers that a subject kind says are one citizen, when at least one of them is enrolled. In a transaction of its
 * own before the page's, because it takes the people lock alone.
 */
export const joinNumbers = async (
  deps: PipelineDeps,
  source: SyncSource,
  kind: SyncKind,
  records: readonly Decoded[],
): Promise<void> => {
  if (kind.mapping?.mapsCitizen !== true) return;
  const pairs = pairsOf(kind, records);
  if (pairs.length === 0) return;
  const hashes = pairs.flatMap((pair) => [
    numberHash(deps.keys, pair.current.number),
    numberHash(deps.keys, pair.former.number),
  ]);
  const enrolled = await subjectsByNumber(deps.pool, hashes);
  const subjectOf = (number: ParsedNumber): Subject | undefined =>
    enrolled.get(numberHash(deps.keys, number.number).toString('hex'));
  for (const pair of pairs) {
    const [current, former] = [subjectOf(pair.current), subjectOf(pair.former)];
    const known = current !== undefined && former !== undefined && current.citizenId === former.citizenId;
    if (known || (current === undefined && former === undefined)) continue;
    await transaction(deps.pool, async (tx) => {
      await lockPeople(tx);
      const { changes } = await mergeNumbers(tx, deps.keys, pair, {
        reason: `${source.name}/${kind.name}`,
        actor: 'sync',
      });
      await appendChanges(tx, changes);
    });
  }
};
