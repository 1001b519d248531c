// What an alert is made into words with: its values, written as people here read them (Copenhagen time, Danish form).
import type { RuleName } from '../config/alerts.ts';
import type { Said } from '../store/alerts.ts';

export interface Values {
  has(name: string): boolean;
  text(name: string): string;
  number(name: string): number;
  /** Grouped: 12.000. */
  count(name: string): string;
  /** With its noun: 1 post, 4.000 poster. */
  of(name: string, one: string, many: string): string;
  /** An instant: 22. nov. 2026 14.05. */
  time(name: string): string;
  day(name: string): string;
}

export interface Words {
  /** In a line: what, of what. */
  readonly title: string;
  readonly what: string;
  /** What to press or run. */
  readonly next: string;
}

export type AllWords = Readonly<Record<RuleName, (values: Values) => Words>>;

export const valuesOf = (said: Said, language: 'da' | 'en'): Values => {
  const locale = language === 'da' ? 'da-DK' : 'en-GB';
  const timeZone = 'Europe/Copenhagen';
  const at = (name: string): Date | undefined => {
    const date = new Date(String(said[name] ?? ''));
    return Number.isNaN(date.getTime()) ? undefined : date;
  };
  const number = (name: string): number => Number(said[name] ?? 0);
  const count = (name: string): string => new Intl.NumberFormat(locale).format(number(name));
  return {
    has: (name) => said[name] !== undefined,
    text: (name) => String(said[name] ?? '–'),
    number,
    count,
    of: (name, one, many) => `${count(name)} ${number(name) === 1 ? one : many}`,
    time: (name) => at(name)?.toLocaleString(locale, { timeZone, dateStyle: 'medium', timeStyle: 'short' }) ?? '–',
    day: (name) => at(name)?.toLocaleDateString(locale, { timeZone, dateStyle: 'medium' }) ?? '–',
  };
};
