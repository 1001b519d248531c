// What the fields of sampled records most likely are: the key, whose record it is, dates and their form, codes, what is
// personal and what is free text. Guesses, each to be looked at; nothing of a value goes further than a code.
import { classOf, type FieldClass, isPersonal, looksLikeCpr } from './field-class.ts';
import { leavesOf } from './persons.ts';
import type { SampledKind } from './sample-records.ts';

export type DateForm = 'dk-date' | 'iso-date' | 'dk-datetime' | 'instant';

export interface FieldGuess {
  readonly path: string;
  readonly kind: FieldClass;
  readonly date?: DateForm;
  /** A handful of short values that come again: with them. */
  readonly codes?: readonly string[];
  /** Filled in every record, and different in each. */
  readonly unique: boolean;
}

export interface KindGuess {
  readonly fields: readonly FieldGuess[];
  readonly key: string;
  readonly cpr?: string;
}

const forms: readonly (readonly [DateForm, RegExp])[] = [
  ['iso-date', /^\d{4}-\d{2}-\d{2}$/],
  ['instant', /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/],
  ['dk-datetime', /^\d{1,2}[-./]\d{1,2}[-./]\d{4}[ T]\d{1,2}[:.]\d{2}/],
  ['dk-date', /^\d{1,2}[-./]\d{1,2}[-./]\d{4}$/],
];

const dateOf = (values: readonly string[]): DateForm | undefined =>
  values.length === 0 ? undefined : forms.find(([, form]) => values.every((value) => form.test(value)))?.[0];

const MOST_CODES = 12;

/** A CPR where nine digits have lost a zero needs its name; ten may stand under any. */
const isCpr = (path: string, values: readonly string[]): boolean =>
  values.length > 0 &&
  (classOf(path) === 'cpr'
    ? values.every((value) => /^\d{9,10}$|^\d{6}-?[\dA-Za-z]{4}$/.test(value))
    : values.every((value) => /^\d{6}-?\d{4}$/.test(value) && looksLikeCpr(value)));

const keyNames = (kind: string): readonly RegExp[] => [
  /^@?(id|key|nøgle|noegle|uuid|guid|oid|identifier)$/i,
  new RegExp(`^@?${kind.replace(/[^\p{L}\p{N}]/gu, '')}_?(id|nr|nummer|uuid|key)$`, 'iu'),
  /^@?[\p{L}_ ]*(id|uuid|nøgle|nr|nummer|no|number|løbenr)$/iu,
];

export const guessKind = ({ name, records, fields: known = [], kind, invented }: SampledKind): KindGuess => {
  const values = new Map<string, string[]>();
  for (const path of known) values.set(path, []);
  for (const record of records)
    for (const { path, value } of leavesOf(record)) {
      const own = values.get(path) ?? [];
      values.set(path, own);
      if (value.trim() !== '') own.push(value.trim());
    }
  const fields = [...values].map(([path, own]): FieldGuess => {
    const different = new Set(own);
    const date = dateOf(own);
    const cpr = isCpr(path, own);
    const named = classOf(path);
    // Sentences under a name that says nothing.
    const worded = named === 'other' && own.some((value) => value.split(/\s+/).length > 3);
    const kindOf: FieldClass = cpr ? 'cpr' : worded ? 'text' : named;
    // Made-up records differ in what is listed, and in nothing else.
    const repeats = invented === true ? different.size > 1 : different.size < own.length;
    const few = different.size <= MOST_CODES && (repeats || kindOf === 'code');
    const short = [...different].every((value) => value.length <= 40);
    const coded = date === undefined && own.length > 0 && few && short && (kindOf === 'code' || kindOf === 'other');
    return {
      path,
      kind: kindOf,
      ...(date === undefined ? {} : { date }),
      ...(coded ? { codes: [...different].sort() } : {}),
      unique:
        !path.includes('[]') &&
        own.length === records.length &&
        (invented === true ? different.size === 1 && !coded : different.size === own.length),
    };
  });
  const given = kind?.['key'];
  const cpr = fields.find((field) => field.kind === 'cpr')?.path;
  const candidates = fields.filter(
    (field) => field.unique && !isPersonal(field.kind) && field.kind !== 'text' && field.date === undefined,
  );
  const named = keyNames(name).flatMap((form) => candidates.filter(({ path }) => form.test(path)));
  const key = Array.isArray(given) ? String(given[0]) : (named[0] ?? candidates[0])?.path;
  return { fields, key: key ?? fields[0]?.path ?? 'id', ...(cpr === undefined ? {} : { cpr }) };
};
