// Counts of a mapping diff while it runs, and what is told of them. Samples are masked where they are noted down: nothing
// else of a record is kept.
import type { Issue } from '../mapping/result.ts';
import type { Kind } from '../model/kinds.ts';
import { masked, maskKey } from '../model/mask.ts';
import type { ShownRecord } from '../store/records.ts';
import type { FieldChange, VisibilityChange } from './diff-fields.ts';
import type { Rehearsed } from './rehearse.ts';

interface EntityCount {
  created: number;
  removed: number;
  changed: number;
  /** Its newer version would be set aside: the last good one stays, marked as old. */
  late: number;
  same: number;
}

export interface FieldDiff {
  readonly entity: Kind;
  readonly field: string;
  readonly records: number;
  readonly samples: readonly { readonly key: string; readonly before: string; readonly after: string }[];
}

export interface VisibilityDiff extends VisibilityChange {
  readonly entity: Kind;
  readonly records: number;
}

export interface MappingDiff {
  /** Source records looked at. */
  readonly records: number;
  readonly empty: boolean;
  readonly visibility: readonly VisibilityDiff[];
  readonly entities: readonly ({ readonly entity: Kind } & Readonly<EntityCount>)[];
  readonly fields: readonly FieldDiff[];
  readonly outcomes: readonly { readonly before: string; readonly after: string; readonly records: number }[];
  readonly issues: readonly {
    readonly kind: string;
    readonly code: string;
    readonly before: number;
    readonly after: number;
  }[];
  readonly versions: readonly { readonly kind: string; readonly before: string; readonly after: string }[];
  /** Ids under which readers hold what would change or go, and whom it is about. Not for showing. */
  readonly touched: { readonly held: readonly string[]; readonly citizens: readonly string[] };
}

/** What becomes of a source record. `not enrolled`: nothing is kept of it. */
export type Outcome = Rehearsed['outcome'] | 'not enrolled';
const most = 3;

export const newTally = () => {
  const entities = new Map<Kind, EntityCount>();
  const issues = new Map<string, [number, number]>();
  const outcomes = new Map<string, number>();
  const held = new Set<string>();
  const citizens = new Set<string>();
  let records = 0;
  return {
    entities,
    issues,
    outcomes,
    held,
    citizens,
    fields: new Map<
      string,
      { entity: Kind; field: string; records: number; samples: Map<string, FieldDiff['samples'][number]> }
    >(),
    visibility: new Map<string, VisibilityDiff & { records: number }>(),
    records: () => records,
    entity: (kind: Kind): EntityCount => {
      const count = entities.get(kind) ?? { created: 0, removed: 0, changed: 0, late: 0, same: 0 };
      entities.set(kind, count);
      return count;
    },
    outcome: (before: Outcome, after: Outcome): void => {
      const name = `${before}|${after}`;
      outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
    },
    record: (
      kind: string,
      sides: readonly [readonly Issue[], readonly Issue[]],
      failures: readonly (string | undefined)[],
    ): void => {
      records += 1;
      for (const side of [0, 1] as const) {
        const codes = sides[side].map((issue) => issue.code);
        const failure = failures[side];
        for (const code of failure === undefined || codes.includes(failure) ? codes : [...codes, failure]) {
          const count = issues.get(`${kind}|${code}`) ?? [0, 0];
          count[side] += 1;
          issues.set(`${kind}|${code}`, count);
        }
      }
    },
    touch: (before: ShownRecord | undefined, after: ShownRecord | undefined): void => {
      const about = [...(before?.subjects ?? []), ...(after?.subjects ?? [])].map((one) => one.subject.citizenId);
      for (const id of about) citizens.add(id);
      // Master data is held under the citizen's own id.
      if ((before ?? after)?.entity === 'citizen') for (const id of about) held.add(id);
      else if (before !== undefined) held.add(before.id);
    },
  };
};
export type DiffTally = ReturnType<typeof newTally>;

export const noteVisibility = (tally: DiffTally, entity: Kind, change: VisibilityChange): void => {
  const name = JSON.stringify([entity, change]);
  tally.visibility.set(name, { ...change, entity, records: (tally.visibility.get(name)?.records ?? 0) + 1 });
};

export const noteField = (tally: DiffTally, entity: Kind, key: string, change: FieldChange, lines: boolean): void => {
  const name = `${entity} ${change.field}`;
  const found = tally.fields.get(name) ?? { entity, field: change.field, records: 0, samples: new Map() };
  found.records += 1;
  tally.fields.set(name, found);
  if (found.samples.size >= most) return;
  const [before, after] = [change.before, change.after].map((value) => {
    if (change.field === 'links') return value === undefined ? '–' : `${(value as readonly unknown[]).length} links`;
    return masked(entity, change.field, value, lines);
  });
  const sample = { key: maskKey(key), before: before ?? '', after: after ?? '' };
  // Alike samples say nothing new.
  const alike = `${sample.before} ${sample.after}`;
  if (!found.samples.has(alike)) found.samples.set(alike, sample);
};

const byRecords = (a: { records: number }, b: { records: number }): number => b.records - a.records;

export const summary = (tally: DiffTally, versions: MappingDiff['versions']): MappingDiff => {
  const entities = [...tally.entities].map(([entity, count]) => ({ entity, ...count }));
  const issues = [...tally.issues].flatMap(([name, [before, after]]) => {
    const [kind = '', code = ''] = name.split('|');
    return before === after ? [] : [{ kind, code, before, after }];
  });
  return {
    records: tally.records(),
    empty:
      entities.every(({ created, removed, changed, late }) => created + removed + changed + late === 0) &&
      issues.length === 0 &&
      tally.outcomes.size === 0,
    // What lets more people see comes first.
    visibility: [...tally.visibility.values()].sort(
      (a, b) => Number(b.wider ?? false) - Number(a.wider ?? false) || byRecords(a, b),
    ),
    entities,
    fields: [...tally.fields.values()]
      .map(({ samples, ...field }) => ({ ...field, samples: [...samples.values()] }))
      .sort(byRecords),
    outcomes: [...tally.outcomes].map(([name, records]) => {
      const [before = '', after = ''] = name.split('|');
      return { before, after, records };
    }),
    issues,
    versions,
    touched: { held: [...tally.held], citizens: [...tally.citizens] },
  };
};
