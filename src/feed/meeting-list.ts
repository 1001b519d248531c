// GET …/meetings: the meetings convened in the hub that the reader sees, with what the citizen said to each. Whom the citizen
// is asked about is told to the citizen, representatives and the convener's unit; what a line of the agenda is about, to
// those who see that record.
import type { FastifyInstance } from 'fastify';
import { copenhagenDay } from '../clock.ts';
import { visibleRecords } from '../consent/decide.ts';
import type { Content } from '../model/kinds.ts';
import { bornRows, bornSource } from '../store/born.ts';
import { type MeetingRow, meetingRows } from '../store/meetings.ts';
import { isAuthor } from './born.ts';
import type { PlanContext } from './context.ts';
import { callerOf } from './disclosure.ts';
import { sendJson } from './input.ts';
import { untilOf } from './meeting-input.ts';
import { discloseShown, readShown, recordsOf } from './shown-plan.ts';

type Shown = Content<'appointment'> & { readonly id: string; readonly source: string };

/** Of a meeting whose own journal or life it is. */
const invitedOf = (record: Shown, row: MeetingRow): object => {
  const end = untilOf(record.end ?? record.start, row.days_after);
  return {
    invited: row.recipients.flatMap((recipient, n) =>
      recipient === null ? [] : [{ recipient, ...record.participants?.[n] }],
    ),
    purposes: row.purposes,
    until: copenhagenDay(new Date(end.getTime() - 1)),
  };
};

export const registerMeetingList = (app: FastifyInstance, context: PlanContext): void => {
  app.get('/v1/citizens/:id/meetings', { config: { scopes: ['plan.read'] } }, async (request, reply) => {
    const found = await readShown(context, request, reply, { kinds: ['appointment'] });
    if (found === undefined) return reply;
    const { citizen, plan } = found;
    const actor = callerOf(request);
    const shown = recordsOf<Shown>(plan).filter(({ source }) => source === bornSource);
    const ids = shown.map(({ id }) => id);
    const [rows, born] = [await meetingRows(context.pool, ids), await bornRows(context.pool, ids)];
    const about = [...rows.values()].flatMap(({ agenda }) => agenda.flatMap((id) => id ?? []));
    const seen = new Map(
      (await visibleRecords(context.pool, actor, { citizens: [citizen], records: [...ids, ...about] }))
        .filter(({ show }) => show === 'content')
        .map(({ recordId, rule }) => [recordId, rule]),
    );
    const meetings = shown.flatMap((record) => {
      const row = rows.get(record.id);
      const author = born.get(record.id);
      const rule = seen.get(record.id);
      if (row === undefined || rule === undefined) return [];
      const points = (record.agenda ?? []).map((text, n) => {
        const on = row.agenda[n];
        return { text, ...(on !== null && on !== undefined && seen.has(on) ? { record: on } : {}) };
      });
      return {
        ...record,
        answer: row.answer ?? 'proposed',
        ...(row.answered_at === null ? {} : { answeredAt: row.answered_at.toISOString() }),
        points,
        mine: author !== undefined && isAuthor(actor, author),
        ...(rule <= 2 ? invitedOf(record, row) : {}),
      };
    });
    await discloseShown(context, request, found, { records: meetings.map(({ id }) => id) });
    meetings.sort((a, b) => Date.parse(a.start) - Date.parse(b.start) || (a.id < b.id ? -1 : 1));
    return sendJson(reply, 200, { meetings });
  });
};
