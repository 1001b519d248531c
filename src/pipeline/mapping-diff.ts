// What the feed would say differently with a changed mapping: both mappings over the same raw records, composed as they
// would be stored, compared record by record. What counts as a change here is what counts as one when it is deployed.
import type { RawRecord } from '../adapter/contract.ts';
import type { Kind } from '../model/kinds.ts';
import type { KeyRing } from '../store/crypto.ts';
import type { ShownRecord } from '../store/records.ts';
import { compose, isRecordDraft } from './compose.ts';
import { fieldChanges, visibilityChanges } from './diff-fields.ts';
import {
  type DiffTally,
  type MappingDiff,
  newTally,
  noteField,
  noteVisibility,
  type Outcome,
  summary,
} from './diff-tally.ts';
import { type Rehearsed, rehearse } from './rehearse.ts';
import type { SyncKind, SyncSource } from './source.ts';
import type { WithSubject } from './subject.ts';

/** Whose records these are; undefined: not to be looked at, nobody of them is enrolled. */
export type SubjectsOf = (
  source: SyncSource,
  kind: SyncKind,
  record: Rehearsed,
) => Pick<WithSubject, 'subjects' | 'others'> | undefined;

export interface DiffOrder {
  readonly keys: KeyRing;
  readonly before: SyncSource;
  readonly after: SyncSource;
  readonly now: Date;
  /** Short texts may be shown as they are: the records are recorded ones without anybody's data. */
  readonly lines: boolean;
}

export interface KindRecords {
  readonly kind: string;
  readonly records: readonly RawRecord[];
  /** Of the side before and of the side after. */
  readonly subjectsOf: readonly [SubjectsOf, SubjectsOf];
}

interface Side {
  readonly outcome: Outcome;
  readonly records: ReadonlyMap<string, ShownRecord>;
}

const nothing: Side = { outcome: 'not enrolled', records: new Map() };

const sideOf = (
  order: DiffOrder,
  source: SyncSource,
  kind: SyncKind | undefined,
  record: Rehearsed | undefined,
  subjectsOf: SubjectsOf,
): Side => {
  if (kind === undefined || record === undefined) return { ...nothing, outcome: 'not mapped' };
  if (record.outcome !== 'mapped') return { ...nothing, outcome: record.outcome };
  const about = subjectsOf(source, kind, record);
  if (about === undefined || about.subjects.length === 0) return nothing;
  const whole: WithSubject = { key: record.key, body: record.body, failure: undefined, readable: true, ...about };
  const composed = record.drafts
    .filter(isRecordDraft)
    .map((draft) => compose(order.keys, source, kind, whole, draft, order.now, undefined));
  return { outcome: 'mapped', records: new Map(composed.map((one) => [one.id, one])) };
};

const compareRecord = (
  tally: DiffTally,
  order: DiffOrder,
  key: string,
  before: ShownRecord,
  after: ShownRecord,
): void => {
  const entity = after.entity as Kind;
  if (before.contentHash.equals(after.contentHash)) {
    tally.entity(entity).same += 1;
    return;
  }
  tally.entity(entity).changed += 1;
  tally.touch(before, after);
  for (const change of visibilityChanges(before, after)) noteVisibility(tally, entity, change);
  for (const change of fieldChanges(before, after)) noteField(tally, entity, key, change, order.lines);
};

const compareSides = (tally: DiffTally, order: DiffOrder, key: string, before: Side, after: Side): void => {
  if (before.outcome !== after.outcome) tally.outcome(before.outcome, after.outcome);
  // What is stored of it stays as it is.
  if (after.outcome === 'subject unreadable') return;
  // The last good version stays and is marked as old: nobody's record goes, and its readers are told it is late.
  if (after.outcome === 'set aside') {
    for (const record of before.records.values()) {
      tally.entity(record.entity as Kind).late += 1;
      tally.touch(record, record);
    }
    return;
  }
  for (const [id, record] of after.records) {
    const old = before.records.get(id);
    if (old !== undefined) compareRecord(tally, order, key, old, record);
    else {
      tally.entity(record.entity as Kind).created += 1;
      tally.touch(undefined, record);
    }
  }
  for (const [id, record] of before.records)
    if (!after.records.has(id)) {
      tally.entity(record.entity as Kind).removed += 1;
      tally.touch(record, undefined);
    }
};

const kindOf = (source: SyncSource, name: string): SyncKind | undefined =>
  source.kinds.find((kind) => kind.name === name);

const versionsOf = (order: DiffOrder): MappingDiff['versions'] =>
  [...new Set([...order.before.kinds, ...order.after.kinds].map((kind) => kind.name))].flatMap((kind) => {
    const [before, after] = [kindOf(order.before, kind)?.mapping, kindOf(order.after, kind)?.mapping];
    if (before === undefined && after === undefined) return [];
    return [{ kind, before: before?.version ?? '', after: after?.version ?? '' }];
  });

export const diffMappings = async (
  order: DiffOrder,
  batches: AsyncIterable<KindRecords> | Iterable<KindRecords>,
): Promise<MappingDiff> => {
  const tally = newTally();
  for await (const { kind: name, records, subjectsOf } of batches) {
    const [old, changed] = [kindOf(order.before, name), kindOf(order.after, name)];
    const before = old === undefined ? [] : rehearse(old, records);
    const after = changed === undefined ? [] : rehearse(changed, records);
    for (const n of records.keys()) {
      const [was, will] = [before[n], after[n]];
      const key = was?.key ?? will?.key ?? '';
      const sides = [
        sideOf(order, order.before, old, was, subjectsOf[0]),
        sideOf(order, order.after, changed, will, subjectsOf[1]),
      ] as const;
      tally.record(name, [was?.issues ?? [], will?.issues ?? []], [was?.code, will?.code]);
      compareSides(tally, order, key, ...sides);
    }
  }
  return summary(tally, versionsOf(order));
};
