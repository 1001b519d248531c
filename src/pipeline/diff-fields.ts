// Two versions of one record, compared: what changes who may see it, and which fields say something else.
import { sensitivities } from '../model/values.ts';
import type { ShownRecord } from '../store/records.ts';

export interface VisibilityChange {
  readonly aspect:
    | 'sensitivity'
    | 'withheld'
    | 'domain'
    | 'unit'
    | 'subjects'
    | 'named'
    | 'protected'
    | 'protection until';
  readonly before: string;
  readonly after: string;
  /** More people may see it than before; undefined where that cannot be told from it alone. */
  readonly wider?: boolean;
}

export interface FieldChange {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

const yes = (flag: boolean): string => (flag ? 'yes' : 'no');
const rank = (record: ShownRecord): number => sensitivities.indexOf(record.sensitivity);
const subjectsOf = (record: ShownRecord): string =>
  record.subjects
    .map(({ subject }) => subject.homeId)
    .sort()
    .join();
const untilOf = ({ protectedUntil: until }: ShownRecord): string =>
  until === undefined
    ? 'not protected'
    : until === null
      ? 'protected'
      : `protected until ${until.toISOString().slice(0, 10)}`;
const withheldOf = (record: ShownRecord): boolean => record.subjects.some((one) => one.withheld);

export const visibilityChanges = (before: ShownRecord, after: ShownRecord): readonly VisibilityChange[] => {
  const changes: VisibilityChange[] = [];
  const add = (aspect: VisibilityChange['aspect'], from: string, to: string, wider?: boolean): void => {
    changes.push({ aspect, before: from, after: to, ...(wider === undefined ? {} : { wider }) });
  };
  if (before.sensitivity !== after.sensitivity)
    add('sensitivity', before.sensitivity, after.sensitivity, rank(after) < rank(before));
  const [hidden, hides] = [withheldOf(before), withheldOf(after)];
  if (hidden !== hides) add('withheld', yes(hidden), yes(hides), hidden);
  if (before.domain !== after.domain) add('domain', before.domain, after.domain);
  if (before.ownerUnit !== after.ownerUnit) add('unit', before.ownerUnit ?? 'none', after.ownerUnit ?? 'none');
  // Of people only how many there are.
  if (subjectsOf(before) !== subjectsOf(after)) {
    const [was, is] = [before.subjects.length, after.subjects.length];
    add('subjects', String(was), String(is), ...(is === was ? [] : [is > was]));
  }
  const [named, names] = [[...before.named].sort().join(), [...after.named].sort().join()];
  if (named !== names) add('named', String(before.named.length), String(after.named.length));
  if (before.thirdPartyProtected !== after.thirdPartyProtected)
    add('protected', yes(before.thirdPartyProtected), yes(after.thirdPartyProtected), before.thirdPartyProtected);
  if (untilOf(before) !== untilOf(after))
    add('protection until', untilOf(before), untilOf(after), after.protectedUntil === undefined);
  return changes;
};

const envelope = new Set(['id', 'kind', 'domain', 'source', 'sensitivity', 'observedAt', 'mapping', 'sourceUpdatedAt']);

/** Nested fields by path; a list is one value. */
const flat = (fields: object, prefix = ''): ReadonlyMap<string, unknown> =>
  new Map(
    Object.entries(fields).flatMap(([name, value]): [string, unknown][] => {
      const path = `${prefix}${name}`;
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? [...flat(value, `${path}.`)]
        : [[path, value]];
    }),
  );

const saidBy = (record: ShownRecord): ReadonlyMap<string, unknown> => {
  const all = JSON.parse(record.render().full) as Record<string, unknown>;
  const own = Object.fromEntries(Object.entries(all).filter(([name]) => !envelope.has(name)));
  const links = record.links.map((link) => `${link.rel} ${link.toId}`).sort();
  return flat({ ...own, ...(links.length === 0 ? {} : { links }) });
};

export const fieldChanges = (before: ShownRecord, after: ShownRecord): readonly FieldChange[] => {
  const [was, is] = [saidBy(before), saidBy(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((field) => {
    const [from, to] = [was.get(field), is.get(field)];
    return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ field, before: from, after: to }];
  });
};
