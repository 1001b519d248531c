// Stage 3: what the mapping makes of the records of enrolled citizens, sorted by what becomes of them. What is stored
// exactly as it came is recognised before and not mapped again.
import type { Draft, Issue } from '../mapping/result.ts';
import type { Tx } from '../store/db.ts';
import type { NewRecord } from '../store/records.ts';
import { unchangedKeys } from '../store/unchanged.ts';
import { compose, isRecordDraft, storedKey } from './compose.ts';
import type { PipelineDeps, SyncKind, SyncSource } from './source.ts';
import type { WithSubject } from './subject.ts';
import { anchorOf, type Doubt, weigh } from './told-consents.ts';
import { rawHash } from './unchanged.ts';

/** An enrolled citizen's record that has to be mapped, with its raw fingerprint. */
export interface Fresh {
  readonly record: WithSubject;
  readonly hash: Buffer | undefined;
}

export interface Sorted {
  readonly stored: readonly NewRecord[];
  readonly mappedKeys: readonly WithSubject[];
  readonly failed: readonly { readonly record: WithSubject; readonly code: string; readonly path: string }[];
  readonly issues: readonly Issue[];
  /** Enrolled, but no mapping takes it: whatever was stored of it goes. */
  readonly notMapped: readonly WithSubject[];
}

/** What a source that is believed says of consent, and why what it says is not one. */
const consentsOf = (
  deps: PipelineDeps,
  source: SyncSource,
  kind: SyncKind,
  record: WithSubject,
  drafts: readonly Draft[],
): { readonly anchors: readonly NewRecord[]; readonly doubts: readonly Doubt[] } => {
  const { consents } = source;
  const weighed = (consents === undefined ? [] : drafts.filter((draft) => draft.entity === 'consent')).map((draft) => ({
    draft,
    ...weigh(draft, record, kind, consents as NonNullable<typeof consents>),
  }));
  return {
    anchors: weighed.map((one) =>
      anchorOf(deps.keys, source, kind, record, one.draft, 'doubt' in one ? 'doubted' : one.told),
    ),
    doubts: weighed.flatMap((one) => ('doubt' in one ? [one.doubt] : [])),
  };
};

export const mapAll = (
  deps: PipelineDeps,
  source: SyncSource,
  kind: SyncKind,
  fresh: readonly Fresh[],
  now: Date,
): Sorted => {
  const sorted = {
    stored: [] as NewRecord[],
    mappedKeys: [] as WithSubject[],
    failed: [] as Sorted['failed'][number][],
    issues: [] as Issue[],
    notMapped: [] as WithSubject[],
  };
  for (const { record, hash } of fresh) {
    if (record.failure !== undefined) {
      sorted.failed.push({ record, ...record.failure });
      continue;
    }
    const { drafts, issues } = kind.mapping?.map(record.body) ?? { drafts: [], issues: [] };
    sorted.issues.push(...issues);
    const rejecting = issues.find((issue) => issue.reject);
    const plain = drafts.filter(isRecordDraft);
    const { anchors, doubts } = consentsOf(deps, source, kind, record, drafts);
    // Nothing of it is understood: it is set aside, to be looked at.
    const [doubt] = plain.length === 0 && anchors.length === doubts.length ? doubts : [];
    sorted.issues.push(...doubts.map((one) => ({ ...one, reject: false })));
    if (rejecting !== undefined) sorted.failed.push({ record, code: rejecting.code, path: rejecting.path });
    else if (doubt !== undefined) {
      sorted.failed.push({ record, ...doubt });
      sorted.stored.push(...anchors);
    } else if (plain.length + anchors.length === 0) sorted.notMapped.push(record);
    else {
      sorted.mappedKeys.push(record);
      // Two drafts of one identity would be one record twice: the last one written down wins.
      const identities = new Set(plain.map(({ entity, part }) => `${entity} ${part}`));
      // Who represents is weighed anew each time: it hangs on the citizen's numbers and on what ended it meanwhile, too.
      const weighed = source.representation !== undefined && drafts.some((draft) => draft.representative !== undefined);
      const known = hash !== undefined && issues.length === 0 && !weighed && plain.length === drafts.length;
      const raw = known ? { hash, parts: identities.size } : undefined;
      const byId = new Map(
        [...plain.map((draft) => compose(deps.keys, source, kind, record, draft, now, raw)), ...anchors].map((r) => [
          r.id,
          r,
        ]),
      );
      sorted.stored.push(...byId.values());
    }
  }
  return sorted;
};

/** Parts those that are stored exactly as they came from those that have to be mapped. */
export const sift = async (
  tx: Tx,
  deps: PipelineDeps,
  source: SyncSource,
  kind: SyncKind,
  enrolled: readonly WithSubject[],
): Promise<{ readonly fresh: readonly Fresh[]; readonly same: readonly WithSubject[]; readonly sameRows: number }> => {
  const all = enrolled.map((record) => ({
    record,
    hash: record.failure === undefined ? rawHash(deps.keys, source, kind, record) : undefined,
  }));
  const asked = all.filter((one): one is { record: WithSubject; hash: Buffer } => one.hash !== undefined);
  const rows = await unchangedKeys(
    tx,
    source.name,
    kind.name,
    asked.map(({ record }) => storedKey(deps.keys, source.name, kind, record.key)),
    asked.map(({ hash }) => hash),
  );
  const same = new Set(asked.filter((_, n) => rows.has(n)).map(({ record }) => record));
  return {
    fresh: all.filter(({ record }) => !same.has(record)),
    same: [...same],
    sameRows: rows.values().reduce((sum, parts) => sum + parts, 0),
  };
};
