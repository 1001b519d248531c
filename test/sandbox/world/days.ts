// Calendar days as `YYYY-MM-DD` and Copenhagen wall-clock times as instants, fast enough to make millions of them.
// Summer time: from 02:00 on the last Sunday of March to 03:00 on the last Sunday of October.

const dayMs = 86_400_000;
const epochMs = Date.UTC(1937, 0, 1);

/** Days since 1 January 1937, the first birth date in use. */
export const numberOfDay = (day: string): number =>
  (Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))) - epochMs) / dayMs;

/** Written out once each: a century of days is little, and formatting them was a quarter of all work. */
const written: string[] = [];
export const dayOfNumber = (days: number): string => {
  const known = written[days];
  if (known !== undefined) return known;
  const day = new Date(epochMs + days * dayMs).toISOString().slice(0, 10);
  if (days >= 0) written[days] = day;
  return day;
};

export const plusDays = (day: string, days: number): string => dayOfNumber(numberOfDay(day) + days);

/** The day itself, or the Monday after a weekend. */
export const workday = (day: string): string => {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday === 6 ? plusDays(day, 2) : weekday === 0 ? plusDays(day, 1) : day;
};

const lastSunday = (year: string, month: number): string => {
  const last = new Date(Date.UTC(Number(year), month, 31));
  return new Date(last.getTime() - last.getUTCDay() * dayMs).toISOString().slice(0, 10);
};

/** First and last day of a year's summer time. */
const summers = new Map<string, readonly [string, string]>();
const summerOf = (year: string): readonly [string, string] => {
  const known = summers.get(year) ?? [lastSunday(year, 2), lastSunday(year, 9)];
  summers.set(year, known);
  return known;
};

/** The instant (`…Z`) of a Copenhagen wall-clock time `HH:MM` on a day; between 00:00 and 04:00 only of days without a change. */
export const instantAt = (day: string, time: string): string => {
  const [from, to] = summerOf(day.slice(0, 4));
  const early = time < '04:00';
  const summer = early ? day > from && day <= to : day >= from && day < to;
  const hour = Number(time.slice(0, 2)) - (summer ? 2 : 1);
  const [on, at] = hour < 0 ? [plusDays(day, -1), hour + 24] : [day, hour];
  return `${on}T${at < 10 ? '0' : ''}${at}:${time.slice(3)}:00.000Z`;
};

export const plusMinutes = (instant: string, minutes: number): string =>
  new Date(Date.parse(instant) + minutes * 60_000).toISOString();
