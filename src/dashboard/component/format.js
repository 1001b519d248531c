// Days and times as they are said in Denmark, whatever the browser's own place and zone. A day without a time is that
// day everywhere; an instant is told in Copenhagen's time.

const zone = 'Europe/Copenhagen';
const formats = (locale) => {
  const make = (options) => new Intl.DateTimeFormat(locale, options);
  const long = { day: 'numeric', month: 'long', year: 'numeric' };
  return {
    day: make({ ...long, timeZone: 'UTC' }),
    dayOf: make({ ...long, timeZone: zone }),
    weekday: make({ weekday: 'long', ...long, timeZone: zone }),
    time: make({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone }),
    key: new Intl.DateTimeFormat('sv-SE', { timeZone: zone }),
  };
};

const isDay = (text) => /^\d{4}-\d{2}-\d{2}$/.test(text);

/** @param lang `da` or `en` */
export const datesIn = (lang) => {
  const english = lang === 'en';
  const use = formats(english ? 'en-GB' : 'da-DK');
  const at = english ? ', ' : ' kl. ';
  const instant = (text) => {
    const value = new Date(text);
    return Number.isNaN(value.getTime()) ? undefined : value;
  };
  const day = (text) => {
    const value = instant(isDay(text) ? `${text}T00:00:00Z` : text);
    return value === undefined ? '' : (isDay(text) ? use.day : use.dayOf).format(value);
  };
  const moment = (text) => {
    const value = instant(text);
    if (value === undefined || isDay(text)) return day(text);
    return `${use.dayOf.format(value)}${at}${use.time.format(value)}`;
  };
  /** A meeting's day and times: one day is said once. */
  const meeting = ({ start, end, allDay }, allDayText) => {
    const from = instant(start);
    if (from === undefined) return '';
    const name = use.weekday.format(from);
    if (allDay) return `${name}, ${allDayText}`;
    const to = end === undefined ? undefined : instant(end);
    const times = `${name}${at}${use.time.format(from)}`;
    if (to === undefined) return times;
    return use.key.format(to) === use.key.format(from)
      ? `${times}–${use.time.format(to)}`
      : `${times} – ${moment(end)}`;
  };
  const period = (value, words) => {
    const { start, end } = value ?? {};
    if (start !== undefined && end !== undefined) return `${day(start)} – ${day(end)}`;
    if (start !== undefined) return `${words.from} ${day(start)}`;
    return end === undefined ? '' : `${words.until} ${day(end)}`;
  };
  return { day, moment, meeting, period };
};
