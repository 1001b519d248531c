// The named conversions (`as:`) of a mapping. Pure; undefined means the text cannot be read, which becomes an
// issue `<field>/<problem>`. Days are Copenhagen days, instants are written in UTC.
import { calendarDay, dayOf, fromCopenhagen, writeInstant } from './instants.ts';

export type Scalar = string | number | boolean;

export interface Conversion {
  readonly problem: string;
  /** What it gives, so that `check` can compare with the target. */
  readonly gives: 'day' | 'instant' | 'number' | 'boolean' | 'text';
  convert(value: Scalar): Scalar | undefined;
}

const danishDay = /^(\d{1,2})[-./](\d{1,2})[-./](\d{4})$/;
const danishTime = /^(\d{1,2})[-./](\d{1,2})[-./](\d{4})[ T](\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?$/;
const isoDay = /^(\d{4})-(\d{2})-(\d{2})$/;
const isoInstant =
  /^(\d{4})-(\d{2})-(\d{2})T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)$/;
const isoLocal = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$/;

const dkDate = (value: Scalar): string | undefined => {
  const text = String(value).trim();
  const match = danishDay.exec(text) ?? danishTime.exec(text);
  return match === null ? undefined : calendarDay(match[3] ?? '', match[2] ?? '', match[1] ?? '');
};

const local = (day: string | undefined, hour = '0', minute = '0', second = '0'): string | undefined =>
  day === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59
    ? undefined
    : fromCopenhagen(day, Number(hour), Number(minute), Number(second));

const dkDatetime = (value: Scalar): string | undefined => {
  const text = String(value).trim();
  const match = danishTime.exec(text);
  if (match === null) return local(dkDate(text));
  return local(calendarDay(match[3] ?? '', match[2] ?? '', match[1] ?? ''), match[4], match[5], match[6]);
};

const instant = (value: Scalar): string | undefined => {
  const text = String(value).trim();
  const moment = text.length > 16 ? isoInstant.exec(text) : null;
  if (moment !== null) {
    if (calendarDay(moment[1] ?? '', moment[2] ?? '', moment[3] ?? '') === undefined) return undefined;
    // Already as the model writes it: most sources, most of the time.
    if (text.length === 20) return text;
    // `+0100` as some sources write it is not what Date.parse takes everywhere.
    return writeInstant(Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2')));
  }
  const time = isoLocal.exec(text) ?? isoDay.exec(text);
  if (time === null) return undefined;
  return local(calendarDay(time[1] ?? '', time[2] ?? '', time[3] ?? ''), time[4], time[5], time[6]);
};

const isoDate = (value: Scalar): string | undefined => {
  const text = String(value).trim();
  const day = isoDay.exec(text) ?? isoLocal.exec(text);
  if (day !== null) return calendarDay(day[1] ?? '', day[2] ?? '', day[3] ?? '');
  const moment = instant(text);
  return moment === undefined ? undefined : dayOf(Date.parse(moment));
};

const decimal = (text: string): number | undefined => {
  const value = /^[+-]?(\d+(\.\d+)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
};

const decimalComma = (value: Scalar): number | undefined => {
  if (typeof value === 'number') return value;
  const text = String(value).trim();
  if (/^-?\d+(?:,\d+)?$/.test(text)) return Number(text.replace(',', '.'));
  // `1.234,5`: points between groups of three are thousands.
  return decimal(text.replace(/\.(?=\d{3}(\D|$))/g, '').replace(',', '.'));
};

const number = (value: Scalar): number | undefined =>
  typeof value === 'number' ? value : decimal(String(value).trim());

const truths = new Map([
  ...['true', '1', 'ja', 'j', 'yes', 'sand'].map((word) => [word, true] as const),
  ...['false', '0', 'nej', 'n', 'no', 'falsk'].map((word) => [word, false] as const),
]);

const padCpr = (value: Scalar): string | undefined => {
  const bare = String(value).trim().replace(/[- ]/g, '');
  return /^\d{9}$/.test(bare) ? `0${bare}` : bare.length === 10 ? bare : undefined;
};

/** `Patient/123`, `http://x/Patient/123/_history/2`, `urn:uuid:123` → `123`. A contained `#x` points nowhere. */
const fhirId = (value: Scalar): string | undefined => {
  const text = String(value)
    .trim()
    .replace(/\/_history\/[^/]*$/, '');
  const id = text.startsWith('urn:') ? text.slice(text.lastIndexOf(':') + 1) : text.slice(text.lastIndexOf('/') + 1);
  return /^[A-Za-z0-9\-.]{1,64}$/.test(id) ? id : undefined;
};

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  aelig: 'æ',
  oslash: 'ø',
  aring: 'å',
  AElig: 'Æ',
  Oslash: 'Ø',
  Aring: 'Å',
};

/** As a browser does: one that never closes swallows the rest. Each character is looked at once, whatever is written. */
const withoutScripts = (text: string): string => {
  const open = /<(script|style)\b[^<>]*>/gi;
  let kept = '';
  for (let at = 0; ; ) {
    open.lastIndex = at;
    const opened = open.exec(text);
    if (opened === null) return kept + text.slice(at);
    kept += text.slice(at, opened.index);
    const close = opened[1]?.toLowerCase() === 'script' ? /<\/script\s*>/gi : /<\/style\s*>/gi;
    close.lastIndex = open.lastIndex;
    if (close.exec(text) === null) return kept;
    at = close.lastIndex;
  }
};

// No tag holds `<`: a pattern that passed one would read the rest of the text for each of them.
const stripHtml = (value: Scalar): string =>
  withoutScripts(String(value))
    .replace(/<(br|\/p|\/div|\/li|\/tr|\/h\d)\b[^<>]*>/gi, '\n')
    .replace(/<\/?[a-z][^<>]*>/gi, '')
    .replace(/&#(\d{1,6});/g, (_, code: string) => String.fromCodePoint(Math.min(Number(code), 0x10ffff)))
    .replace(/&([A-Za-z]+);/g, (whole, name: string) => entities[name] ?? whole)
    .replace(/[ \t\u00a0]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();

/** The same dates come again and again; reading one costs more than looking it up. */
const remembering = <T>(convert: (value: Scalar) => T): ((value: Scalar) => T) => {
  const memory = new Map<Scalar, T>();
  return (value) => {
    const known = memory.get(value);
    if (known !== undefined || typeof value !== 'string' || value.length > 40) return known ?? convert(value);
    if (memory.size >= 10_000) memory.clear();
    const converted = convert(value);
    memory.set(value, converted);
    return converted;
  };
};

export const conversions: ReadonlyMap<string, Conversion> = new Map<string, Conversion>([
  ['dk-date', { problem: 'bad-date', gives: 'day', convert: remembering(dkDate) }],
  ['iso-date', { problem: 'bad-date', gives: 'day', convert: remembering(isoDate) }],
  ['dk-datetime', { problem: 'bad-date', gives: 'instant', convert: remembering(dkDatetime) }],
  ['instant', { problem: 'bad-date', gives: 'instant', convert: remembering(instant) }],
  ['decimal-comma', { problem: 'bad-number', gives: 'number', convert: decimalComma }],
  ['number', { problem: 'bad-number', gives: 'number', convert: number }],
  [
    'boolean',
    { problem: 'bad-boolean', gives: 'boolean', convert: (value) => truths.get(String(value).trim().toLowerCase()) },
  ],
  ['pad-cpr', { problem: 'bad-number', gives: 'text', convert: padCpr }],
  ['fhir-id', { problem: 'bad-reference', gives: 'text', convert: fhirId }],
  ['lines', { problem: 'bad-text', gives: 'text', convert: (value) => String(value).replace(/\s+/g, ' ').trim() }],
  ['strip-html', { problem: 'bad-text', gives: 'text', convert: stripHtml }],
]);
