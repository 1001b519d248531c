// The fields of a run's records against what is known of them: types that never stood there, and fields that were nearly
// always there and are gone. Says nothing about what it has too little history of.
import type { Shape } from '../mapping/shape.ts';
import type { DriftFound } from '../store/drift.ts';
import type { FieldHistory, FieldLooked } from '../store/field-seen.ts';

export interface FieldWatch {
  /** Types that changed, and fields that are missing from everything looked at in this run. */
  page(shapes: readonly Shape[]): readonly DriftFound[];
  /** Fields missing at the end that could not be told before. */
  end(): readonly DriftFound[];
  looked(): readonly FieldLooked[];
}

/** A type counts as known from so many records on. */
const typeKnown = 20;
const historyNeeded = 40;
/** In the middle of a load the first pages may differ from the rest: only what was nearly always there is missed then. */
const nearlyAlways = 0.95;
const mostly = 0.5;
const lookedNeeded = { page: 20, end: 40 } as const;

/** @param learning the kind has not been pulled completely yet: everything is new and nothing is strange. */
export const createFieldWatch = (
  tracked: ReadonlySet<string>,
  history: FieldHistory,
  learning: boolean,
): FieldWatch => {
  const seen = new Map<string, { types: Set<string>; times: number }>();
  const told = new Set<string>();
  let records = 0;
  const total = (path: string): number => {
    const known = history.get(path);
    return known === undefined ? 0 : known.records + known.recent;
  };

  const missing = (share: number, needed: number): readonly DriftFound[] => {
    const all = total('');
    const recent = history.get('')?.recent ?? 0;
    if (learning || all < historyNeeded) return [];
    return [...tracked].flatMap((path): DriftFound[] => {
      const before = total(path);
      if (seen.has(path) || told.has(path) || before / all < share) return [];
      const gone =
        records >= needed || (records > 0 && records + recent >= needed && (history.get(path)?.recent ?? 0) === 0);
      if (!gone) return [];
      told.add(path);
      const was = `in ${Math.round((100 * before) / all)} % of ${all} records`;
      return [{ type: 'vanished-field', name: path, times: records, was, became: 'absent' }];
    });
  };

  const changed = (shape: Shape, found: Map<string, DriftFound>): void => {
    for (const [path, types] of shape) {
      if (!tracked.has(path)) continue;
      const own = seen.get(path) ?? { types: new Set(), times: 0 };
      own.times += 1;
      seen.set(path, own);
      const known = history.get(path)?.types ?? [];
      for (const type of types) {
        if (learning || total(path) < typeKnown || known.includes(type)) {
          own.types.add(type);
          continue;
        }
        const name = `${path} ${type}`;
        const times = (found.get(name)?.times ?? 0) + 1;
        found.set(name, { type: 'type-change', name: path, times, was: known.join(', '), became: type });
      }
    }
  };

  return {
    page(shapes) {
      const found = new Map<string, DriftFound>();
      for (const shape of shapes) changed(shape, found);
      records += shapes.length;
      return [...found.values(), ...missing(nearlyAlways, lookedNeeded.page)];
    },
    end: () => missing(mostly, lookedNeeded.end),
    looked: () =>
      records === 0
        ? []
        : [
            { path: '', types: [], times: records },
            ...[...seen].map(([path, { types, times }]) => ({ path, types: [...types], times })),
          ],
  };
};
