// One page, one transaction: subject → map → compose → store → checkpoint → changes. Records, change log, checkpoint and
// counts commit together, so pulling a page again after a crash has no further effect.
import type { Page } from '../adapter/contract.ts';
import { type Tx, transaction } from '../store/db.ts';
import { idsOfKeys } from '../store/deletions.ts';
import { countDrift } from '../store/drift.ts';
import { requestFetches } from '../store/fetches.ts';
import type { Look } from '../store/looks.ts';
import { leaveQuarantine, type NewQuarantine, putInQuarantine } from '../store/quarantine.ts';
import { saveRecords } from '../store/records.ts';
import { appendChanges, type Change, removeRecords } from '../store/removal.ts';
import { countPage, noCounts, type RunCounts } from '../store/runs.ts';
import { heardUntil, saveConsents } from '../store/source-consents.ts';
import { saveRepresentations } from '../store/source-representations.ts';
import { beginPage, forgetKeys, keyHash, rememberKeys, type Subject, subjectsByKey } from '../store/subjects.ts';
import { saveProgress } from '../store/sync-state.ts';
import { storedKey } from './compose.ts';
import { type Decoded, decode, storable } from './decode.ts';
import { lookForDrift } from './drift.ts';
import type { DriftWatch } from './drift-watch.ts';
import { mapAll, type Sorted, sift } from './map.ts';
import { leaveOvertaken, markStored } from './overtaken.ts';
import { retainPage } from './retain.ts';
import { dependentsOf, type PipelineDeps, type SyncKind, type SyncSource } from './source.ts';
import { joinNumbers, resolveSubjects, type WithSubject } from './subject.ts';

export interface PageRun {
  readonly runId: string;
  /** The load whose pages are stamped; undefined when nothing is swept by pages (incremental, one citizen, replay). */
  readonly load: number | undefined;
  /** False for the pull of one citizen and for replay: the kind's checkpoint is not theirs to move. */
  readonly movesCheckpoint: boolean;
  /** A source key seen for the first time asks for that citizen's history; not while that is being fetched. */
  readonly asksForHistory: boolean;
  readonly leaveAs: 'superseded' | 'replayed';
  /** When the source was asked for what is on this page, at the latest. */
  readonly look: Look;
  /** Compares the page with what the kind's records used to look like, and may stop it before anything is stored. */
  readonly watch?: DriftWatch | undefined;
  /** Which of the records may still be stored, asked when the page has its turn. Default: all. */
  readonly still?: (tx: Tx, records: readonly Decoded[]) => Promise<readonly Decoded[]>;
}

export interface StoredPage {
  readonly counts: RunCounts;
  /** Keys of enrolled citizens' records on this page, as stored. */
  readonly seenKeys: readonly string[];
  /** False when a record came whose key could not be read: nothing may count as missing. */
  readonly keysReadable: boolean;
}

/** The newest wins when a page names a key twice. */
const lastOfEachKey = (records: readonly Decoded[]): readonly Decoded[] => {
  const unreadable = records.filter((record) => record.key === '');
  return [
    ...new Map(records.filter((record) => record.key !== '').map((record) => [record.key, record])).values(),
    ...unreadable,
  ];
};

const quarantined = (
  deps: PipelineDeps,
  source: SyncSource,
  kind: SyncKind,
  sorted: Sorted,
  unreadable: readonly WithSubject[],
): readonly NewQuarantine[] => [
  ...sorted.failed.map(({ record, code, path }) => ({
    keyHash: keyHash(deps.keys, source.name, kind.name, record.key),
    citizenId: record.subjects[0]?.citizenId,
    homes: record.subjects.map((subject) => subject.homeId),
    code,
    path,
    content: { key: record.key, body: record.body },
  })),
  ...unreadable.map((record) => ({
    keyHash: keyHash(deps.keys, source.name, kind.name, record.key),
    citizenId: undefined,
    homes: [],
    code: record.failure?.code === 'key/unreadable' ? 'key/unreadable' : 'subject/unreadable',
    path: '',
    content: undefined,
  })),
];

/** Keeps key → citizen for kinds that others point to, and asks for history where a key is new or has moved. */
const keepSubjectKeys = async (
  tx: Tx,
  deps: PipelineDeps,
  source: SyncSource,
  kind: SyncKind,
  records: readonly WithSubject[],
  asks: boolean,
): Promise<void> => {
  const dependents = dependentsOf(source, kind.name);
  if (dependents.length === 0) return;
  const hashed = records.map((record) => ({ record, hash: keyHash(deps.keys, source.name, kind.name, record.key) }));
  const before = await subjectsByKey(
    tx,
    source.name,
    kind.name,
    hashed.map(({ hash }) => hash),
  );
  const stale = hashed.flatMap(({ record, hash }) => {
    const known: readonly Subject[] = before.get(hash.toString('hex')) ?? [];
    return known
      .filter((old) => !record.subjects.some((subject) => subject.identityId === old.identityId))
      .map((old) => ({ hash, identityId: old.identityId, citizenId: old.citizenId }));
  });
  await forgetKeys(tx, source.name, kind.name, stale);
  const pairs = hashed.flatMap(({ record, hash }) => record.subjects.map((subject) => ({ hash, subject })));
  const fresh = await rememberKeys(tx, source.name, kind.name, pairs);
  const waiting = [...new Set([...(asks ? fresh : []), ...stale.map((pair) => pair.citizenId)])];
  await requestFetches(tx, waiting, [source.name], dependents);
};

const looksAt = (citizens: readonly string[]): readonly Change[] =>
  citizens.map((citizenId) => ({ citizenId, recordId: null, op: 'look' }));

const storeInside = async (
  tx: Tx,
  deps: PipelineDeps,
  source: SyncSource,
  kind: SyncKind,
  page: Page<unknown>,
  decoded: readonly Decoded[],
  run: PageRun,
): Promise<StoredPage> => {
  await beginPage(tx, source.name, kind.name);
  const now = deps.clock.now();
  const came = run.still === undefined ? decoded : await run.still(tx, decoded);
  const records = await resolveSubjects(tx, deps.keys, source, kind, lastOfEachKey(came));
  const unmapped = kind.mapping === undefined ? records : [];
  const about = kind.mapping === undefined ? [] : records.filter((record) => record.readable && record.key !== '');
  const unreadable =
    kind.mapping === undefined ? [] : records.filter((record) => !record.readable || record.key === '');
  const enrolled = about.filter((record) => record.subjects.length > 0);
  const { fresh: differing, same, sameRows } = await sift(tx, deps, source, kind, enrolled);
  const answer = { records: about, same, deleted: kind.mapping === undefined ? [] : page.deleted };
  const overtaken = await leaveOvertaken(tx, deps, source, kind, run.look, answer);
  const fresh = differing.filter(({ record }) => !overtaken.has(record.key));
  const strangers = about.filter((record) => record.subjects.length === 0 && !overtaken.has(record.key));
  const deleted = page.deleted.filter((key) => !overtaken.has(key));
  const sorted = mapAll(deps, source, kind, fresh, now);
  const drift = lookForDrift(kind, page, enrolled, sorted, run.watch);
  const waiting = quarantined(deps, source, kind, sorted, unreadable);
  const keyOf = (record: Decoded): string => storedKey(deps.keys, source.name, kind, record.key);
  const seenKeys = [
    ...same,
    ...sorted.mappedKeys,
    ...sorted.failed.map((failed) => failed.record),
    ...sorted.notMapped,
    ...unreadable.filter((r) => r.key !== ''),
    ...about.filter((r) => overtaken.has(r.key)),
  ].map(keyOf);

  await keepSubjectKeys(
    tx,
    deps,
    source,
    kind,
    [...same, ...sorted.mappedKeys, ...sorted.notMapped, ...strangers],
    run.asksForHistory,
  );
  const told = { source: source.name, kind: kind.name, records: source.consents === undefined ? [] : sorted.stored };
  const heard = await heardUntil(tx, told);
  const saved = await saveRecords(tx, deps.keys, {
    source: source.name,
    kind: kind.name,
    now,
    records: sorted.stored,
    keys: [...fresh.map(({ record }) => record), ...strangers].map(keyOf),
    staleKeys: sorted.failed.map((failed) => keyOf(failed.record)),
  });
  const represented =
    source.representation === undefined ? [] : await saveRepresentations(tx, deps.keys, sorted.stored, now);
  const consented =
    source.consents === undefined
      ? []
      : await saveConsents(tx, deps.keys, {
          ...told,
          now,
          heard,
          staleKeys: [...sorted.failed.map((failed) => failed.record), ...unreadable]
            .filter((r) => r.key !== '')
            .map(keyOf),
        });
  if (consented.length > 0) await deps.consentsTold?.(tx, source.name, consented);
  const deletedIds = await idsOfKeys(
    tx,
    source.name,
    kind.name,
    deleted.filter(storable).map((key) => keyOf({ key, body: undefined, failure: undefined })),
  );
  const deletions = await removeRecords(tx, deletedIds);
  await putInQuarantine(
    tx,
    deps.keys,
    {
      source: source.name,
      kind: kind.name,
      runId: run.runId,
      mappingVersion: kind.mapping?.version ?? '',
      expiresAt: new Date(now.getTime() + deps.quarantineRetention),
      arrives: run.leaveAs !== 'replayed',
    },
    waiting,
  );
  const settled = [...same, ...sorted.mappedKeys, ...sorted.notMapped, ...strangers].map((record) => record.key);
  await leaveQuarantine(
    tx,
    source.name,
    kind.name,
    () => [...settled, ...deleted].map((key) => keyHash(deps.keys, source.name, kind.name, key)),
    run.leaveAs,
  );
  const left = enrolled.filter((record) => !overtaken.has(record.key));
  await retainPage(tx, deps, source, kind, page, { enrolled: left, strangers, deleted });
  await countDrift(tx, source.name, kind.name, drift);
  const counts: RunCounts = {
    ...noCounts(),
    served: page.records.length + page.deleted.length + (page.ignored ?? 0),
    stored: same.length + sorted.mappedKeys.length,
    created: saved.created,
    changed: saved.changed,
    unchanged: sameRows + saved.unchanged,
    removed: saved.removed + deletedIds.length,
    deleted: deleted.length,
    overtaken: overtaken.size,
    quarantined: waiting.length,
    notMapped: unmapped.length + sorted.notMapped.length,
    notEnrolled: strangers.length,
    notEnrolledFailed: strangers.filter((record) => record.failure !== undefined).length,
    ignored: (page.ignored ?? 0) + came.length - records.length,
    issues: sorted.issues.length,
  };
  const keysReadable = unreadable.every((record) => record.key !== '');
  if (run.movesCheckpoint)
    await saveProgress(tx, source.name, kind.name, run.load ?? 0, {
      checkpoint: page.checkpoint,
      served: page.records.length,
      seenKeys: run.load === undefined ? undefined : seenKeys,
      cancelSweep: !keysReadable,
    });
  await countPage(tx, run.runId, counts);
  await markStored(tx, deps, source, kind, run.look, [...about.map((record) => record.key), ...deleted]);
  await appendChanges(tx, [...saved.changes, ...represented, ...looksAt(consented), ...deletions]);
  return { counts, seenKeys, keysReadable };
};

/** Stores one page. Throws only what makes the run fail (the database, a bug); bad records are in the counts. */
export const storePage = async (
  deps: PipelineDeps,
  source: SyncSource,
  kind: SyncKind,
  page: Page<unknown>,
  run: PageRun,
): Promise<StoredPage> => {
  const decoded = decode(kind, page.records);
  await joinNumbers(deps, source, kind, decoded);
  return transaction(deps.pool, (tx) => storeInside(tx, deps, source, kind, page, decoded, run));
};
