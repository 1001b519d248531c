// Days and instants as the model writes them: `YYYY-MM-DD` (Copenhagen) and `YYYY-MM-DDTHH:MM:SSZ`. The calendar
// itself is clock.ts; it is slow, so what it said about an hour is remembered (a Copenhagen day begins on an hour).
import { copenhagenDay, copenhagenInstant } from '../clock.ts';

const hour = 3_600_000;
const limit = 20_000;
const dayByHour = new Map<number, string>();
const utcByLocalHour = new Map<string, number>();

const remember = <K, V>(memory: Map<K, V>, key: K, value: V): V => {
  if (memory.size >= limit) memory.clear();
  memory.set(key, value);
  return value;
};

// Sources write year 1 and year 9999 for "no date"; near them the calendar has no next or previous day.
const earliest = Date.UTC(1000, 0, 2);
const latest = Date.UTC(9998, 11, 30);
const isInCalendar = (milliseconds: number): boolean => milliseconds >= earliest && milliseconds <= latest;

/** Undefined outside the years 1000 to 9998. */
export const writeInstant = (milliseconds: number): string | undefined =>
  isInCalendar(milliseconds) ? new Date(milliseconds).toISOString().replace('.000Z', 'Z') : undefined;

/** The Copenhagen day of an instant; undefined outside the years 1000 to 9998. */
export const dayOf = (milliseconds: number): string | undefined => {
  if (!isInCalendar(milliseconds)) return undefined;
  const key = Math.floor(milliseconds / hour);
  return dayByHour.get(key) ?? remember(dayByHour, key, copenhagenDay(new Date(key * hour)));
};

/** Copenhagen wall-clock time (`2026-07-01`, hour, minute, second) as an instant. */
export const fromCopenhagen = (day: string, hours: number, minutes: number, seconds: number): string | undefined => {
  if (!isInCalendar(Date.parse(day))) return undefined;
  const clock = String(hours).padStart(2, '0');
  const key = `${day}T${clock}`;
  const start =
    utcByLocalHour.get(key) ?? remember(utcByLocalHour, key, copenhagenInstant(day, `${clock}:00`).getTime());
  return writeInstant(start + minutes * 60_000 + seconds * 1_000);
};

const daysIn = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** The day when the calendar has it: no 31 April. */
export const calendarDay = (year: string, month: string, day: string): string | undefined => {
  const [inMonth, days] = [Number(month), Number(day)];
  const length = inMonth === 2 && isLeap(Number(year)) ? 29 : (daysIn[inMonth - 1] ?? 0);
  return Number(year) < 1000 || days < 1 || days > length
    ? undefined
    : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
};
