// Time as a value that can be passed in, and the one place that knows what a Copenhagen day is.

export interface Clock {
  readonly now: () => Date;
}

export const systemClock: Clock = { now: () => new Date() };

const parts = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Copenhagen',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

const fieldsOf = (instant: Date): Record<string, string> =>
  Object.fromEntries(parts.formatToParts(instant).map((part) => [part.type, part.value]));

// Midnight falls on a quarter of an hour everywhere, so within one the day is the same.
let quarter = Number.NaN;
let dayOfQuarter = '';

/** The Copenhagen calendar day an instant falls on, as `YYYY-MM-DD`. */
export const copenhagenDay = (instant: Date): string => {
  const asked = Math.floor(instant.getTime() / 900_000);
  if (asked !== quarter) {
    const f = fieldsOf(instant);
    dayOfQuarter = `${f['year']}-${f['month']}-${f['day']}`;
    quarter = asked;
  }
  return dayOfQuarter;
};

/**
 * A calendar day (`YYYY-MM-DD`) so many days later, or earlier. Days are counted, not hours. Registers write the end of
 * year 9999 for what has no end: there is no later day than that.
 */
export const daysAfter = (day: string, count: number): string => {
  const noon = new Date(Date.parse(`${day}T12:00:00Z`) + count * 86_400_000);
  return noon.getUTCFullYear() > 9999 ? '9999-12-31' : noon.toISOString().slice(0, 10);
};

/** The instant at which a Copenhagen wall-clock time occurs (`YYYY-MM-DD`, optional `HH:MM[:SS]`). */
export const copenhagenInstant = (day: string, time = '00:00:00'): Date => {
  const wall = Date.parse(`${day}T${time.length === 5 ? `${time}:00` : time}Z`);
  // Two rounds settle the offset on both sides of a daylight-saving change.
  let guess = wall;
  for (let round = 0; round < 2; round += 1) {
    const f = fieldsOf(new Date(guess));
    const shown = Date.parse(
      `${f['year']?.padStart(4, '0')}-${f['month']}-${f['day']}T${f['hour']}:${f['minute']}:${f['second']}Z`,
    );
    guess += wall - shown;
  }
  return new Date(guess);
};

const wall = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Copenhagen',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
let minute = Number.NaN;
let timeOfMinute = '';

/** The Copenhagen time of day, as `HH:MM`. */
export const copenhagenTime = (instant: Date): string => {
  const asked = Math.floor(instant.getTime() / 60_000);
  if (asked !== minute) {
    minute = asked;
    timeOfMinute = wall.format(instant);
  }
  return timeOfMinute;
};

/** Is this instant inside a window such as `22:00-05:00`, Copenhagen time? A window may pass midnight; its end is outside. */
export const insideWindow = (instant: Date, window: string): boolean => {
  const time = copenhagenTime(instant);
  const [from = '', to = ''] = window.split('-');
  return from <= to ? from <= time && time < to : time >= from || time < to;
};
