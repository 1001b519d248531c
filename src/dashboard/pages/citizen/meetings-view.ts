// Network meetings as the feed answers them, and what forms about them hold: a day and times of a Copenhagen clock, people,
// lines of an agenda each with the record it is about.
import { z } from 'zod';
import { copenhagenInstant, daysAfter } from '../../../clock.ts';
import type { Practice } from '../../context.ts';
import { dayField } from '../../input.ts';
import type { Shown } from './shown.ts';

export type NetworkMeeting = Shown<'appointment'> & {
  readonly answer: 'proposed' | 'accepted' | 'declined';
  readonly points: readonly { readonly text: string; readonly record?: string }[];
  readonly mine: boolean;
  readonly invited?: readonly { readonly recipient: string; readonly name?: string; readonly role?: string }[];
  readonly until?: string;
};

export interface Suggested {
  readonly what: 'overlap' | 'request' | 'agreement' | 'ending' | 'goal';
  readonly text: string;
  readonly records: readonly string[];
  readonly sources: readonly string[];
  readonly due?: string;
}

export const formats = ['inPerson', 'video', 'phone', 'home'] as const;
/** How many people a form has room for at least, and how many of people and lines a meeting may have. */
export const rows = 8;
const [mostPeople, mostPoints] = [50, 50];

/** Over, held or called off: shown apart from those to come. */
export const isPast = ({ start, end = start, status }: NetworkMeeting, now: Date): boolean =>
  status === 'cancelled' || status === 'completed' || Date.parse(end) <= now.getTime();

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
export const whenFields = {
  day: dayField,
  from: time,
  to: time,
  format: z.enum(formats),
  location: z.string().max(500).optional(),
} as const;

type When = z.infer<z.ZodObject<typeof whenFields>>;
/** A meeting that ends before it begins ends on the day after. */
export const whenOf = ({ day, from, to, format, location }: When) => {
  const start = copenhagenInstant(day, from);
  const end = copenhagenInstant(day, to);
  const next = daysAfter(day, 1);
  return {
    start: start.toISOString(),
    end: (end > start ? end : copenhagenInstant(next, to)).toISOString(),
    format,
    ...(location === undefined ? {} : { location }),
  };
};

type Body = Readonly<Record<string, unknown>>;
const textAt = (body: Body, name: string): string => {
  const given = body[name];
  return typeof given === 'string' ? given.trim() : '';
};

/** The people a form names: `name-0`, `role-0`, `who-0`; the citizen is asked about those with a `who`. */
export const participantsOf = (body: Body) =>
  Array.from({ length: mostPeople }, (_, n) => ({
    name: textAt(body, `name-${n}`),
    role: textAt(body, `role-${n}`),
    recipient: textAt(body, `who-${n}`) || textAt(body, `person-${n}`).replace(/^(?=.)/, 'person:'),
  }))
    .filter(({ name }) => name !== '')
    .map(({ name, role, recipient }) => ({
      name,
      ...(role === '' ? {} : { role }),
      ...(recipient === '' ? {} : { recipient }),
    }));

/** Lines chosen of those suggested (`<record>|<text>`), then one's own, a line each. */
export const agendaOf = (body: Body) => {
  const chosen = [body['point'] ?? []].flat().flatMap((one) => {
    const [, record, text] = /^([0-9a-f-]{36})\|(.{1,500})$/.exec(String(one)) ?? [];
    return record === undefined || text === undefined ? [] : [{ text, record }];
  });
  const own = textAt(body, 'lines')
    .split(/\r?\n/)
    .flatMap((line) => (line.trim() === '' ? [] : [{ text: line.trim().slice(0, 500) }]));
  return [...chosen, ...own].slice(0, mostPoints);
};

/** The lines to choose from, each with the value its box stands for: what is there already, then what is suggested. */
export const choicesOf = (
  points: readonly Suggested[],
  already: NetworkMeeting['points'],
  noteOf: (point: Suggested) => string | undefined,
) => {
  const kept = already.flatMap(({ text, record }) =>
    record === undefined ? [] : [{ text, value: `${record}|${text}` }],
  );
  const known = new Set(kept.map(({ value }) => value));
  const open = points
    .map((point) => ({ ...point, value: `${point.records[0]}|${point.text}`, note: noteOf(point) }))
    .filter(({ value }) => !known.has(value));
  return [
    ...(kept.length === 0 ? [] : [{ what: 'already', points: kept }]),
    ...[...Map.groupBy(open, ({ what }) => what)].map(([what, those]) => ({ what, points: those })),
  ];
};

/** What a form about the meeting as it is holds: the other way round of `participantsOf` and `agendaOf`. */
export const givenOf = ({ title, participants = [], invited = [], points }: NetworkMeeting): Body => {
  const asked = [...invited];
  const people = participants.flatMap(({ name = '', role }, n) => {
    const at = asked.findIndex((one) => one.name === name && one.role === role);
    const recipient = at < 0 ? '' : (asked.splice(at, 1)[0]?.recipient ?? '');
    const person = /^person:(.+)$/.exec(recipient)?.[1];
    return Object.entries({ name, role, ...(person === undefined ? { who: recipient } : { person }) }).map(
      ([field, value]) => [`${field}-${n}`, value] as const,
    );
  });
  return {
    title,
    ...Object.fromEntries(people),
    point: points.flatMap(({ text, record }) => (record === undefined ? [] : [`${record}|${text}`])),
    lines: points.flatMap(({ text, record }) => (record === undefined ? [text] : [])).join('\n'),
  };
};

/** Whom a meeting can be opened to, for a choice. */
export const recipientsOf = ({ units }: Practice) =>
  units.map(({ id, name, type }) => ({ value: `${type}:${id}`, text: name }));
