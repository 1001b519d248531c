// What a network meeting is convened with and what of it may change, checked field by field; and what follows from it: the
// record's fields, its level, its links, and until when a yes to it lasts.
import { z } from 'zod';
import { copenhagenDay, copenhagenInstant, daysAfter } from '../clock.ts';
import { visibleRecords } from '../consent/decide.ts';
import type { Content } from '../model/kinds.ts';
import { instant, line, type Sensitivity, sensitivities } from '../model/values.ts';
import type { Said } from '../store/born.ts';
import type { Db } from '../store/db.ts';
import { type AgendaRecord, agendaRecords } from '../store/meetings.ts';
import type { Level } from './born.ts';
import { plainText, recordField } from './born-input.ts';
import type { Actor } from './context.ts';
import { invalid } from './input.ts';

const dayMs = 86_400_000;
/** A meeting is convened at most so far ahead, and lasts at most so long: days. */
const [farthest, longest] = [730, 7];
/** Participants with an id, each times the meeting and what its agenda is about. */
const mostAsked = 200;

const participant = z.strictObject({
  name: plainText(line),
  role: plainText(line).optional(),
  /** Whom the citizen is asked to let see it. */
  recipient: z
    .string()
    .regex(/^(person|unit|organisation):\S.{0,199}$/)
    .optional(),
  /** Name and address are protected: private readers get neither. */
  protected: z.boolean().optional(),
});
const point = z.strictObject({ text: plainText(line), record: recordField.optional() });

export const newMeeting = z.strictObject({
  title: plainText(line),
  start: instant,
  end: instant,
  format: z.enum(['inPerson', 'phone', 'video', 'home']).optional(),
  location: plainText(line).optional(),
  participants: z.array(participant).min(1).max(50),
  agenda: z.array(point).max(50).default([]),
  purposes: z.array(z.string().max(63)).min(1).max(20).optional(),
  daysAfter: z.int().min(0).max(90).default(14),
});
export type NewMeeting = z.infer<typeof newMeeting>;

export const changedMeeting = newMeeting
  .extend({
    agenda: z.array(point).max(50),
    daysAfter: z.int().min(0).max(90),
    status: z.enum(['cancelled', 'completed']),
  })
  .partial();
export type ChangedMeeting = z.infer<typeof changedMeeting>;

/** @throws HubError `request/invalid`: too early, too late, too long. */
export const checkTimes = (start: string, end: string, now: Date): void => {
  const [from, to] = [Date.parse(start), Date.parse(end)];
  if (from <= now.getTime()) throw invalid('start', 'A meeting is convened for a time to come.');
  if (from > now.getTime() + farthest * dayMs) throw invalid('start', `At most ${farthest} days ahead.`);
  if (to <= from) throw invalid('end', 'After `start`.');
  if (to > from + longest * dayMs) throw invalid('end', `At most ${longest} days after \`start\`.`);
};

/** @throws HubError `request/invalid` where a purpose is none of the hub's. */
export const checkPurposes = (purposes: readonly string[], known: readonly string[]): void => {
  const strange = purposes.findIndex((purpose) => !known.includes(purpose));
  if (strange >= 0) throw invalid(`purposes.${strange}`, 'The purpose is not known here.');
};

/** Whom the citizen is asked about: everybody with an id but the convener, whose meeting it is. */
export const askedOf = (recipients: readonly (string | null)[], convener: string): readonly string[] => [
  ...new Set(recipients.filter((one) => one !== null && one !== `person:${convener}`) as string[]),
];

export const recipientsOf = (participants: NewMeeting['participants']): readonly (string | null)[] =>
  participants.map(({ recipient }) => recipient ?? null);

/** Without the ids, which are not what a participant list shows. */
export const namesOf = (
  participants: NewMeeting['participants'],
): NonNullable<Content<'appointment'>['participants']> =>
  participants.map(({ name, role }) => ({ name, ...(role === undefined ? {} : { role }) }));

/** @throws HubError `request/invalid` when it would ask the citizen too much at once. */
export const checkAmount = (recipients: readonly string[], records: readonly unknown[]): void => {
  if (recipients.length * (1 + records.length) > mostAsked)
    throw invalid('agenda', `At most ${mostAsked} participants times records.`);
};

/**
 * What the agenda is about. What the actor does not see is not known; what is kept from the citizen, or is for named
 * persons alone, is on no agenda.
 * @throws HubError `request/invalid`
 */
export const recordsOnAgenda = async (
  tx: Db,
  actor: Actor,
  citizen: string,
  agenda: NewMeeting['agenda'],
): Promise<readonly AgendaRecord[]> => {
  const ids = [...new Set(agenda.flatMap(({ record }) => record ?? []))];
  if (ids.length === 0) return [];
  const seen = await visibleRecords(tx, actor, { citizens: [citizen], records: ids });
  const content = new Set(seen.filter(({ show }) => show === 'content').map(({ recordId }) => recordId));
  const found = (await agendaRecords(tx, citizen, ids)).filter(({ id }) => content.has(id));
  for (const [n, { record }] of agenda.entries()) {
    if (record === undefined) continue;
    const known = found.find(({ id }) => id === record);
    if (known === undefined) throw invalid(`agenda.${n}.record`, 'The record is not known.');
    if (known.withheld || known.sensitivity === 'vip')
      throw invalid(`agenda.${n}.record`, 'Kept from the citizen or for named persons alone: not for an agenda.');
  }
  return found;
};

/** Participants named anew without a word of it leave the protection as it is. */
export const saysProtected = (participants: ChangedMeeting['participants']): boolean =>
  participants?.some((one) => one.protected !== undefined) === true;

export const linksTo = (agenda: readonly (string | null)[]): Said['links'] =>
  [...new Set(agenda)].flatMap((toId) => (toId === null ? [] : [{ rel: 'about', toId }]));

/** As sensitive as what its agenda quotes, and confidential at least. */
export const levelOf = (records: readonly Pick<AgendaRecord, 'sensitivity'>[]): Sensitivity =>
  sensitivities[
    Math.max(
      sensitivities.indexOf('confidential'),
      ...records.map(({ sensitivity }) => sensitivities.indexOf(sensitivity)),
    )
  ] ?? 'sensitive';

export const protectedAmong = (participants: NewMeeting['participants']): Pick<Level, 'thirdPartyProtected'> => ({
  thirdPartyProtected: participants.some((one) => one.protected === true),
});

/** The first instant after the last day on which a yes still holds. */
export const untilOf = (end: string, holdsFor: number): Date =>
  copenhagenInstant(daysAfter(copenhagenDay(new Date(end)), holdsFor + 1));
