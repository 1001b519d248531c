// Instants as sources write them: with a zone, as Danish wall-clock time, as a day, as seconds since 1970. A text
// without a zone is Copenhagen time, wherever the hub runs.

export const instantFormats = ['instant', 'instant-seconds', 'local', 'date', 'dk-date', 'epoch', 'epoch-ms'] as const;
export type InstantFormat = (typeof instantFormats)[number];

const clock = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Copenhagen',
  dateStyle: 'short',
  timeStyle: 'medium',
});

/** `2026-11-21T14:30:00`, as a clock in Copenhagen shows it. */
const wallClock = (ms: number): string => clock.format(ms).replace(' ', 'T');

/** A day is the one the instant lies in: asking for changes since then leaves nothing out. */
export const writeInstant = (ms: number, format: InstantFormat): string => {
  switch (format) {
    case 'instant':
      return new Date(ms).toISOString();
    case 'instant-seconds':
      return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
    case 'local':
      return wallClock(ms);
    case 'date':
      return wallClock(ms).slice(0, 10);
    case 'dk-date':
      return wallClock(ms).slice(0, 10).split('-').reverse().join('-');
    case 'epoch':
      return String(Math.floor(ms / 1000));
    case 'epoch-ms':
      return String(Math.floor(ms));
  }
};

const danish = /^(\d{2})[-./](\d{2})[-./](\d{4})(?:[ T](\d{2}:\d{2}(?::\d{2})?))?$/;

/** Milliseconds; undefined when it is no time. */
export const readInstant = (text: string): number | undefined => {
  const plain = text.trim();
  if (/^\d{9,10}$/.test(plain)) return Number(plain) * 1000;
  if (/^\d{12,13}$/.test(plain)) return Number(plain);
  const [, day, month, year, time] = danish.exec(plain) ?? [];
  const written = day === undefined ? plain.replace(' ', 'T') : `${year}-${month}-${day}T${time ?? '00:00'}`;
  if (/(Z|[+-]\d{2}:?\d{2})$/i.test(written) && written.includes('T')) {
    const ms = Date.parse(written);
    return Number.isNaN(ms) ? undefined : ms;
  }
  // As if it were UTC, then moved by what the Copenhagen clock is ahead at that time.
  const guess = Date.parse(`${written.includes('T') ? written : `${written}T00:00`}Z`);
  if (Number.isNaN(guess)) return undefined;
  const ahead = Date.parse(`${wallClock(guess)}Z`) - Math.floor(guess / 1000) * 1000;
  const settled = Date.parse(`${wallClock(guess - ahead)}Z`) - Math.floor((guess - ahead) / 1000) * 1000;
  return guess - settled;
};
