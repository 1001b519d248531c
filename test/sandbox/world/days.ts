// Calendar days as `YYYY-MM-DD` and Copenhagen wall-clock times as instants, fast enough to make millions of them.
// Daylight saving: last Sunday of March 01:00 UTC to last Sunday of October 01:00 UTC.

const dayMs = 86_400_000;
const epochMs = Date.UTC(1937, 0, 1);

/** Days since 1 January 1937, the first birth date in use. */
export const numberOfDay = (day: string): number => (Date.parse(`${day}T00:00:00Z`) - epochMs) / dayMs;
export const dayOfNumber = (days: number): string => new Date(epochMs + days * dayMs).toISOString().slice(0, 10);

export const plusDays = (day: string, days: number): string => dayOfNumber(numberOfDay(day) + days);

/** The day itself, or the Monday after a weekend. */
export const workday = (day: string): string => {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday === 6 ? plusDays(day, 2) : weekday === 0 ? plusDays(day, 1) : day;
};

const lastSundayMs = (year: number, month: number): number => {
  const last = new Date(Date.UTC(year, month, 31, 1));
  return last.getTime() - last.getUTCDay() * dayMs;
};

/** The instant (`…Z`) of a Copenhagen wall-clock time `HH:MM` on a day. */
export const instantAt = (day: string, time: string): string => {
  const wall = Date.parse(`${day}T${time}:00Z`);
  const year = Number(day.slice(0, 4));
  const standard = wall - 3_600_000;
  const summer = standard >= lastSundayMs(year, 2) && standard < lastSundayMs(year, 9);
  return new Date(summer ? standard - 3_600_000 : standard).toISOString();
};

export const plusMinutes = (instant: string, minutes: number): string =>
  new Date(Date.parse(instant) + minutes * 60_000).toISOString();
