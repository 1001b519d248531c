// The named functions (`call:`) of a mapping: pure, never throwing, tested. Each argument is the list of values its
// spec yields, empties left out. Undefined means absent.
import { scalarText } from './text.ts';

export type Argument = readonly unknown[];
export type MappingFunction = (...given: readonly Argument[]) => unknown;

const texts = (given: Argument): readonly string[] => given.map(scalarText).filter((text) => text !== '');

const allTexts = (given: readonly Argument[]): readonly string[] => given.flatMap(texts);
const nonEmpty = (text: string): string | undefined => (text === '' ? undefined : text);
const joined =
  (separator: string): MappingFunction =>
  (...given) =>
    nonEmpty(allTexts(given).join(separator));

const numberOf = (given: Argument | undefined): number | undefined => {
  const [text] = texts(given ?? []);
  const value = text === undefined ? Number.NaN : Number(text.replace(',', '.'));
  return Number.isFinite(value) ? value : undefined;
};

const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;

const list = (value: unknown): Argument => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

/** A FHIR HumanName as one line; the official or usual name first, `text` when the name has no parts. */
const humanName: MappingFunction = (names = []) => {
  const rank = (name: unknown): number => ['official', 'usual'].indexOf(scalarText(property(name, 'use'))) >>> 0;
  const [best] = [...names].sort((a, b) => rank(a) - rank(b));
  const parts = [...texts(list(property(best, 'given'))), ...texts(list(property(best, 'family')))];
  return nonEmpty(parts.join(' ')) ?? texts([property(best, 'text')])[0];
};

/** A FHIR Address as one line: street, number; postal code and town. */
const addressLine: MappingFunction = (addresses = []) => {
  const rank = (address: unknown): number => ['home'].indexOf(scalarText(property(address, 'use'))) >>> 0;
  const [best] = [...addresses].sort((a, b) => rank(a) - rank(b));
  const town = texts([property(best, 'postalCode'), property(best, 'city')]).join(' ');
  const street = texts(list(property(best, 'line'))).join(', ');
  return nonEmpty([street, town].filter((part) => part !== '').join(', ')) ?? texts([property(best, 'text')])[0];
};

/** Hours and minutes as hours: 7 and 30 → 7.5. */
const hoursAndMinutes: MappingFunction = (hours, minutes) => {
  const [whole, rest] = [numberOf(hours), numberOf(minutes)];
  return whole === undefined && rest === undefined
    ? undefined
    : Math.round(((whole ?? 0) + (rest ?? 0) / 60) * 100) / 100;
};

/**
 * Hours a week of visits of so many minutes: `WEEK`: on so many days of every nth week, `DAY`: every nth day; so many
 * visits a day. Days may come as several numbers, which are added.
 */
const visitHours: MappingFunction = (minutes, pattern = [], every, visits, days = []) => {
  const [length, times] = [numberOf(minutes), numberOf(visits) ?? 1];
  const [unit] = texts(pattern);
  const nth = numberOf(every) ?? 1;
  if (length === undefined || nth < 1 || (unit !== 'WEEK' && unit !== 'DAY')) return undefined;
  const daysAWeek = unit === 'DAY' ? 7 / nth : days.reduce<number>((sum, day) => sum + (numberOf([day]) ?? 0), 0) / nth;
  const hours = Math.round(((length * times * daysAWeek) / 60) * 100) / 100;
  return hours > 0 ? hours : undefined;
};

/** The first argument that says anything. */
const firstOf: MappingFunction = (...given) => allTexts(given)[0];

/** The first argument if it is one of the others: drops what a table left untranslated. */
const oneOf: MappingFunction = (value = [], ...allowed) => {
  const [text] = texts(value);
  return text !== undefined && allTexts(allowed).includes(text) ? text : undefined;
};

/** `sensitive` when any of the flags says anything but no: a value nobody foresaw protects. */
const sensitiveIf: MappingFunction = (...given) =>
  allTexts(given).some((text) => !/^(false|0|nej|no)$/i.test(text)) ? 'sensitive' : undefined;

/** The first text of the second argument that begins as the first does. */
const startingWith: MappingFunction = (prefix = [], given = []) =>
  texts(given).find((text) => text.startsWith(texts(prefix)[0] ?? ''));

/** Is it a date without a time? */
const isDay: MappingFunction = (given = []) => {
  const [text] = texts(given);
  return text === undefined ? undefined : /^\d{4}-\d{2}-\d{2}$/.test(text);
};

/** Anything but a clear no: these functions tell of protection. */
const isTrue = (given: Argument): boolean => texts(given).some((text) => !/^(false|0|nej|no)$/i.test(text));

/** Does any argument say yes? Absent when none says anything. */
const anyTrue: MappingFunction = (...given) => (allTexts(given).length === 0 ? undefined : given.some(isTrue));

/** Of pairs `in force, last day`: the day the last of those in force ends; absent while one of them has no end. */
const lastEnd: MappingFunction = (...given) => {
  const ends = given.flatMap((flag, at) => (at % 2 === 0 && isTrue(flag) ? [texts(given[at + 1] ?? [])[0]] : []));
  return ends.includes(undefined) ? undefined : ends.toSorted().at(-1);
};

export const functions: ReadonlyMap<string, MappingFunction> = new Map<string, MappingFunction>([
  ['join-lines', joined('\n')],
  ['join-words', joined(' ')],
  ['join-commas', joined(', ')],
  ['join-key', joined('|')],
  ['first-of', firstOf],
  ['one-of', oneOf],
  ['starting-with', startingWith],
  ['sensitive-if', sensitiveIf],
  ['is-day', isDay],
  ['any-true', anyTrue],
  ['last-end', lastEnd],
  ['human-name', humanName],
  ['address-line', addressLine],
  ['hours-and-minutes', hoursAndMinutes],
  ['visit-hours', visitHours],
]);
