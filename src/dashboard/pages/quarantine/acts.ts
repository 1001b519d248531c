// Giving records in quarantine up: one, or all of a cause. Two steps and a reason, for their contents go at once.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { recordAct } from '../../../store/acts.ts';
import { transaction } from '../../../store/db.ts';
import {
  discardQuarantine,
  type QuarantineFilter,
  quarantineGroups,
  readQuarantine,
} from '../../../store/quarantine-read.ts';
import { actingOf, readFilters, readForm, whyField } from '../../input.ts';
import type { RegisterPage } from '../../routes.ts';
import { causeFilters, causeQuery, filterOf, issueWords, titleOf } from './cause.ts';
import type { Verdicts } from './verdicts.ts';

const number = z.coerce.number().int().positive();
/** `until`: the last arrival that was shown. What came later, nobody has decided about. */
const decision = z.object({ why: whyField, until: number });

export const registerQuarantineActs = (
  ...[app, context, pages, verdicts]: [...Parameters<RegisterPage>, Verdicts]
): void => {
  /** What is asked to be given up, by the address: one record, or a whole cause; undefined when there is no such. */
  const askedOf = async (request: FastifyRequest) => {
    const { id, ...cause } = readFilters(request, { ...causeFilters, id: number });
    if (id !== undefined) {
      const [row] = await readQuarantine(context.pool, context.keys, { id, limit: 1 });
      if (row === undefined) return undefined;
      const filter: QuarantineFilter = { id };
      const until = row.arrival;
      return { cause: row, id, filter, until, count: 1, back: `/admin/quarantine/${id}` };
    }
    const groups = await quarantineGroups(context.pool);
    const group = groups.find((one) => causeQuery(one) === causeQuery(cause));
    if (group === undefined) return undefined;
    const back = `/admin/quarantine/records?${causeQuery(group)}`;
    const filter: QuarantineFilter = { ...filterOf(group), path: group.path };
    return { cause: group, id: undefined, filter, until: group.until, count: group.count, back };
  };

  const shown = (asked: NonNullable<Awaited<ReturnType<typeof askedOf>>>, words: string) => ({
    count: asked.count,
    until: asked.until,
    words,
    cause: asked.cause,
    source: titleOf(context, asked.cause.source),
    back: asked.back,
  });

  app.get('/admin/quarantine/discard', { config: { page: 'operate' } }, async (request, reply) => {
    const asked = await askedOf(request);
    if (asked === undefined) return reply.redirect('/admin/quarantine?done=quarantine.empty', 303);
    const speech = pages.speech(request);
    const title = speech.t('quarantine.discardTitle');
    const data = shown(asked, issueWords(speech, asked.cause.code));
    return pages.page(request, reply, 'quarantine/discard', { title }, data);
  });

  app.post('/admin/quarantine/discard', { config: { page: 'operate' } }, async (request, reply) => {
    const asked = await askedOf(request);
    if (asked === undefined) return reply.redirect('/admin/quarantine?done=quarantine.empty', 303);
    const speech = pages.speech(request);
    const form = readForm(request, decision);
    // Sent back, it shows and means what waits by now.
    if (!form.ok)
      return pages.page(
        request,
        reply,
        'quarantine/discard',
        { title: speech.t('quarantine.discardTitle'), status: 422 },
        { ...shown(asked, issueWords(speech, asked.cause.code)), faults: form.faults },
      );
    const acting = actingOf(request);
    const { source, kind, code, path } = asked.cause;
    const discarded = await transaction(context.pool, async (tx) => {
      const count = await discardQuarantine(
        tx,
        { ...asked.filter, until: form.data.until },
        { by: acting.person, reason: form.data.why },
      );
      if (count > 0)
        await recordAct(tx, {
          at: context.clock.now(),
          ...acting,
          what: 'quarantine.discard',
          subject: String(asked.id ?? code).slice(0, 200),
          source,
          why: form.data.why,
          detail: { discarded: count, kind, code: code.slice(0, 200), path: path.slice(0, 200) },
        });
      return count;
    });
    verdicts.forget();
    return reply.redirect(`/admin/quarantine?done=quarantine.${discarded === 0 ? 'empty' : 'discarded'}`, 303);
  });
};
