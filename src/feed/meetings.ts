// Convening a network meeting, moving and calling it off. It is an appointment of the hub's own, in the calendar and the
// plan of the citizen and the convener's unit; tentative until the citizen has said yes to it (meeting-answer.ts), which
// alone lets its participants see it and what its agenda is about.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { askFor, endSharing } from '../consent/meeting-consents.ts';
import { HubError } from '../errors.ts';
import type { Content } from '../model/kinds.ts';
import { bornRows, type Place } from '../store/born.ts';
import type { Db } from '../store/db.ts';
import { type AgendaRecord, agendaRecords, type MeetingRow, meetingRows, saveMeeting } from '../store/meetings.ts';
import type { Change } from '../store/removal.ts';
import { type Asked, type Besides, type ChangeSaid, type Saying, say, sayAnew } from './born.ts';
import { registerWithdraw } from './born-withdraw.ts';
import { citizenOf, notFoundError, reach, sendElsewhere } from './citizen-door.ts';
import type { Actor, FeedContext } from './context.ts';
import { callerOf } from './disclosure.ts';
import { invalid, readBody } from './input.ts';
import {
  askedOf,
  type ChangedMeeting,
  changedMeeting,
  checkAmount,
  checkPurposes,
  checkTimes,
  levelOf,
  linksTo,
  type NewMeeting,
  namesOf,
  newMeeting,
  protectedAmong,
  recipientsOf,
  recordsOnAgenda,
  saysProtected,
  untilOf,
} from './meeting-input.ts';
import { once } from './once.ts';

const networkMeeting = { code: 'network-meeting', display: 'Netværksmøde' } as const;
export const meetingPath = '/v1/citizens/:id/meetings/:meeting';

const mustBeProfessional = (actor: Actor): void => {
  if (actor.kind !== 'professional')
    throw new HubError({ code: 'request/forbidden', fault: 'config', message: 'Professionals convene meetings.' });
};
export const conflict = (message: string): HubError =>
  new HubError({ code: 'request/conflict', fault: 'config', message });

/** What readers are told when who sees what may have changed. */
export const lookAt = (citizenId: string): Change => ({ citizenId, recordId: null, op: 'look' });

/** Asks the citizen for what the meeting needs as it stands. @returns the records that wait for an answer */
const ask = (
  tx: Db,
  context: FeedContext,
  actor: Actor,
  meeting: MeetingRow,
  at: {
    readonly place: Place;
    readonly now: Date;
    readonly end: string;
    readonly records: readonly AgendaRecord[];
    /** Who convened it. */
    readonly convener: string;
  },
): Promise<ReadonlySet<string>> => {
  const recipients = askedOf(meeting.recipients, at.convener);
  checkAmount(recipients, at.records);
  const { domain, sensitivity } = at.place;
  return askFor(tx, context.keys, {
    meeting: meeting.record_id,
    identity: at.place.subject.identityId,
    recipients,
    records: [{ id: meeting.record_id, kind: 'appointment', domain, sensitivity }, ...at.records],
    purposes: meeting.purposes,
    until: untilOf(at.end, meeting.days_after),
    now: at.now,
    by: actor.person,
  });
};

const sayingOf = async (context: FeedContext, actor: Actor, citizen: string, input: NewMeeting): Promise<Saying> => {
  const { agenda, participants, daysAfter, purposes = [actor.purpose], ...fields } = input;
  checkTimes(input.start, input.end, context.clock.now());
  checkPurposes(purposes, context.settings.purposes);
  const records = await recordsOnAgenda(context.pool, actor, citizen, agenda);
  return {
    kind: 'appointment',
    beside: undefined,
    links: linksTo(agenda.map(({ record }) => record ?? null)),
    unit: undefined,
    level: { sensitivity: levelOf(records), ...protectedAmong(participants) },
    fields: (organiser): Content<'appointment'> => ({
      ...fields,
      status: 'onHold',
      type: networkMeeting,
      organiser,
      participants: namesOf(participants),
      ...(agenda.length === 0 ? {} : { agenda: agenda.map(({ text }) => text) }),
    }),
    with: async (tx, { id, place, now }) => {
      const row: MeetingRow = {
        record_id: id,
        recipients: recipientsOf(participants),
        agenda: agenda.map(({ record }) => record ?? null),
        purposes,
        days_after: daysAfter,
        answer: null,
        answered_at: null,
      };
      await saveMeeting(tx, row);
      await ask(tx, context, actor, row, { place, now, end: input.end, records, convener: actor.person });
      return [];
    },
  };
};

const registerConvene = (app: FastifyInstance, context: FeedContext): void => {
  app.post('/v1/citizens/:id/meetings', { config: { scopes: ['comments.write'] } }, async (request, reply) => {
    const actor = callerOf(request);
    mustBeProfessional(actor);
    const citizen = citizenOf(request);
    const living = await reach(context, request, citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizen, living);
    const input = readBody(newMeeting, request);
    if (actor.unit === undefined) throw invalid('body', 'Your token names no unit: a meeting is its unit’s.');
    return once(context, request, reply, async () => ({
      status: 201,
      value: await say(context, request, citizen, await sayingOf(context, actor, citizen, input)),
    }));
  });
};

/** The meeting, held with its record. @throws HubError `request/not-found`, `request/conflict` when it is called off. */
export const standingMeeting = async (tx: Db, id: string, now: Content<'appointment'>): Promise<MeetingRow> => {
  const row = (await meetingRows(tx, [id])).get(id);
  if (row === undefined) throw notFoundError();
  if (now.status === 'cancelled' || now.status === 'completed') throw conflict('The meeting is over or called off.');
  return row;
};

const merged = (row: MeetingRow, { agenda, participants, purposes, daysAfter }: ChangedMeeting): MeetingRow => ({
  ...row,
  ...(participants === undefined ? {} : { recipients: recipientsOf(participants) }),
  ...(agenda === undefined ? {} : { agenda: agenda.map(({ record }) => record ?? null) }),
  ...(purposes === undefined ? {} : { purposes }),
  ...(daysAfter === undefined ? {} : { days_after: daysAfter }),
});

const changeOf =
  (context: FeedContext, actor: Actor, asked: Asked, input: ChangedMeeting): ChangeSaid =>
  async (said, { at, tx, place }) => {
    const now = said as Content<'appointment'>;
    const row = await standingMeeting(tx, asked.id, now);
    const convener = (await bornRows(tx, [asked.id])).get(asked.id)?.author_person ?? actor.person;
    const { agenda, participants, purposes, daysAfter, status, ...rest } = input;
    const [start, end] = [input.start ?? now.start, input.end ?? now.end ?? now.start];
    if (input.start !== undefined || input.end !== undefined) checkTimes(start, end, at);
    if (purposes !== undefined) checkPurposes(purposes, context.settings.purposes);
    const next = merged(row, input);
    const records =
      agenda === undefined
        ? await agendaRecords(
            tx,
            asked.citizen,
            next.agenda.flatMap((id) => id ?? []),
          )
        : await recordsOnAgenda(tx, actor, asked.citizen, agenda);
    // What stays on the agenda may be hidden from a colleague who changes the rest: nothing they see follows from it.
    const named = agenda === undefined ? [] : records;
    const level = {
      sensitivity: levelOf([...named, place]),
      ...(participants === undefined || !saysProtected(participants) ? {} : protectedAmong(participants)),
    };
    // Called off, its participants may still read so; what it was about is theirs no more.
    if (status === 'cancelled') await endSharing(tx, asked.id, actor.person, asked.id);
    const sharingChanged = [agenda, participants, purposes, daysAfter, input.start, input.end].some(
      (one) => one !== undefined,
    );
    const waiting =
      status === undefined && sharingChanged
        ? await ask(tx, context, actor, next, { place: { ...place, ...level }, now: at, end, records, convener })
        : new Set<string>();
    const waits = [asked.id, ...named.map(({ id }) => id)].some((id) => waiting.has(id));
    await saveMeeting(tx, { ...next, ...(waits ? { answer: null, answered_at: null } : {}) });
    return {
      fields: {
        ...now,
        ...rest,
        ...(participants === undefined ? {} : { participants: namesOf(participants) }),
        ...(agenda === undefined ? {} : { agenda: agenda.map(({ text }) => text) }),
        status: status ?? (waits ? 'onHold' : now.status),
      },
      ...(agenda === undefined ? {} : { links: linksTo(next.agenda) }),
      level,
      besides: [lookAt(asked.citizen)],
    };
  };

export const meetingOf = (request: FastifyRequest): Asked => {
  const { meeting } = request.params as { meeting: string };
  return { citizen: citizenOf(request), id: meeting, kind: 'appointment' };
};

const registerChange = (app: FastifyInstance, context: FeedContext): void => {
  app.post(meetingPath, { config: { scopes: ['comments.write'] } }, async (request, reply) => {
    const actor = callerOf(request);
    mustBeProfessional(actor);
    const asked = meetingOf(request);
    const living = await reach(context, request, asked.citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, asked.citizen, living);
    const input = readBody(changedMeeting, request);
    if (Object.keys(input).length === 0) throw invalid('body', 'Name what is to change.');
    return once(context, request, reply, async () => ({
      status: 200,
      value: await sayAnew(context, request, asked, 'author or unit', changeOf(context, actor, asked, input)),
    }));
  });
};

const endWith: Besides = async (tx, asked, by) => {
  await endSharing(tx, asked.id, by);
  return [lookAt(asked.citizen)];
};

export const registerMeetings = (app: FastifyInstance, context: FeedContext): void => {
  registerConvene(app, context);
  registerChange(app, context);
  registerWithdraw(app, context, meetingPath, meetingOf, endWith);
};
