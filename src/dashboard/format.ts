// Times, spans and numbers as people here read them: Danish local form, Copenhagen time, whatever the language.
import type { Language } from './context.ts';

const locales = { da: 'da-DK', en: 'en-GB' } as const;
const zone = 'Europe/Copenhagen';

export interface Format {
  /** 22. nov. 2026 14.05 */
  time(at: Date | string): string;
  /** 22. nov. 2026 */
  day(at: Date | string): string;
  /** mandag 22. november */
  weekday(at: Date | string): string;
  /** november 2026 */
  month(at: Date | string): string;
  /** 14.05 */
  clock(at: Date | string): string;
  /** 3 min. siden, om 2 timer */
  ago(at: Date | string): string;
  /** The same within a sentence: for 3 minutter siden, i går */
  since(at: Date | string): string;
  /** 40 sek., 12 min., 6 t 20 min., 3 d 4 t, 14 dage */
  span(ms: number): string;
  number(value: number, digits?: number): string;
  /** Of a share from 0 to 1. */
  percent(share: number, digits?: number): string;
  bytes(value: number): string;
  /** 70 21 10 04; another country's as it stands. */
  phone(value: string): string;
  /** For `datetime` attributes. */
  iso(at: Date | string): string;
}

const day = 86_400_000;
/** A day without a time is that day, wherever the server stands. */
const dateOf = (at: Date | string): Date =>
  at instanceof Date ? at : new Date(/^\d{4}-\d\d-\d\d$/.test(at) ? `${at}T12:00:00Z` : at);

const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', day],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

const spanWords = {
  da: { day: 'dag', days: 'dage', d: 'd', h: 't', m: 'min.', s: 'sek.', ms: 'ms' },
  en: { day: 'day', days: 'days', d: 'd', h: 'h', m: 'min', s: 's', ms: 'ms' },
} as const;

const spanIn = (language: Language, ms: number): string => {
  const w = spanWords[language];
  const rounded = Math.max(0, Math.round(ms));
  if (rounded < 1000) return `${rounded} ${w.ms}`;
  const seconds = Math.round(rounded / 1000);
  if (seconds < 60) return `${seconds} ${w.s}`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} ${w.m}`;
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  if (days > 0 && hours === 0) return `${days} ${days === 1 ? w.day : w.days}`;
  const parts =
    days > 0 ? [`${days} ${w.d}`, `${hours} ${w.h}`] : [`${hours} ${w.h}`, rest > 0 ? `${rest} ${w.m}` : ''];
  return parts.filter((part) => part !== '').join(' ');
};

/** @param now for what is told relative to it */
export const createFormat = (language: Language, now: () => Date): Format => {
  const locale = locales[language];
  const time = new Intl.DateTimeFormat(locale, { timeZone: zone, dateStyle: 'medium', timeStyle: 'short' });
  const days = new Intl.DateTimeFormat(locale, { timeZone: zone, dateStyle: 'medium' });
  const weekday = new Intl.DateTimeFormat(locale, { timeZone: zone, weekday: 'long', day: 'numeric', month: 'long' });
  const month = new Intl.DateTimeFormat(locale, { timeZone: zone, month: 'long', year: 'numeric' });
  const clock = new Intl.DateTimeFormat(locale, { timeZone: zone, timeStyle: 'short' });
  // Making one costs far more than using it, and a page has thousands of numbers.
  const made = new Map<string, Intl.NumberFormat>();
  const numbers = (style: 'decimal' | 'percent', digits: number): Intl.NumberFormat => {
    const known = made.get(`${style} ${digits}`);
    if (known !== undefined) return known;
    const format = new Intl.NumberFormat(locale, { style, maximumFractionDigits: digits });
    made.set(`${style} ${digits}`, format);
    return format;
  };
  const relativeTo = (style: 'short' | 'long') => {
    const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style });
    return (at: Date | string): string => {
      const ms = dateOf(at).getTime() - now().getTime();
      // Told in whole minutes, 59½ are an hour.
      const reaches = (index: number): boolean => {
        const [, size] = units[index] ?? ['second', 1000];
        const [, finer] = units[index + 1] ?? ['second', 1];
        return Math.round(Math.abs(ms) / finer) * finer >= size;
      };
      const [unit, size] = units.find((_, index) => reaches(index)) ?? (['second', 1000] as const);
      return relative.format(Math.round(ms / size), unit);
    };
  };
  return {
    time: (at) => time.format(dateOf(at)),
    day: (at) => days.format(dateOf(at)),
    weekday: (at) => weekday.format(dateOf(at)),
    month: (at) => month.format(dateOf(at)),
    clock: (at) => clock.format(dateOf(at)),
    ago: relativeTo('short'),
    since: relativeTo('long'),
    span: (ms) => spanIn(language, ms),
    number: (value, digits = 0) => numbers('decimal', digits).format(value),
    percent: (share, digits = 0) => numbers('percent', digits).format(share),
    bytes: (value) => {
      const [unit, size] = (
        [
          ['GB', 1e9],
          ['MB', 1e6],
          ['kB', 1e3],
        ] as const
      ).find(([, least]) => value >= least) ?? ['B', 1];
      return `${numbers('decimal', 1).format(value / size)} ${unit}`;
    },
    phone: (value) => (/^\d{8}$/.test(value) ? value.replace(/(\d\d)(?=\d)/g, '$1 ') : value),
    iso: (at) => dateOf(at).toISOString(),
  };
};
