// Trying records in quarantine again, with the mappings as they are now: asked for on a page, done by the worker, followed
// here until it has ended, and stopped here after the page in hand.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { askForReplay, cancelReplay } from '../../../jobs/replay.ts';
import { type NewAct, recordAct } from '../../../store/acts.ts';
import { readRun } from '../../../store/runs.ts';
import { actingOf, readForm, uuidPattern } from '../../input.ts';
import type { RegisterPage } from '../../routes.ts';
import { isGoing } from '../run-words.ts';
import { causeForm, titleOf } from './cause.ts';
import type { Verdicts } from './verdicts.ts';

type Of = { Params: { id: string } };
const address = `/admin/quarantine/replays/:id(${uuidPattern})`;
const order = causeForm.extend({ once: z.uuid() });

export const registerReplay = (...[app, context, pages, verdicts]: [...Parameters<RegisterPage>, Verdicts]): void => {
  const noted = (request: FastifyRequest): Pick<NewAct, 'at' | 'person' | 'role'> => ({
    at: context.clock.now(),
    ...actingOf(request),
  });

  app.post('/admin/quarantine/replay', { config: { page: 'operate' } }, async (request, reply) => {
    const form = readForm(request, order);
    if (!form.ok || !context.sources.some(({ name }) => name === form.data.source))
      return reply.redirect('/admin/quarantine', 303);
    const { once, source, kind, code, path } = form.data;
    const detail = { kind: kind ?? null, code: code?.slice(0, 200) ?? null, path: path?.slice(0, 200) ?? null };
    const cause = {
      source,
      ...(kind === undefined ? {} : { kind }),
      ...(code === undefined ? {} : { code }),
      ...(path === undefined ? {} : { path }),
    };
    const run = await askForReplay(context, cause, once, (tx, subject) =>
      recordAct(tx, { ...noted(request), what: 'quarantine.replay', subject, source, outcome: 'asked', detail }),
    );
    verdicts.forget();
    return reply.redirect(`/admin/quarantine/replays/${run}`, 303);
  });

  const show = async (request: FastifyRequest<Of>, reply: FastifyReply): Promise<FastifyReply> => {
    const run = await readRun(context.pool, request.params.id);
    if (run?.mode !== 'replay') return pages.missing(request, reply);
    const { served: tried = 0, stored = 0, quarantined = 0 } = run.counts;
    // What is told of the quarantine from now on is of what the replay has left.
    if (!isGoing(run)) verdicts.forget(run.endedAt ?? undefined);
    const { t } = pages.speech(request);
    const title = t('quarantine.replayTitle', { source: titleOf(context, run.source) });
    return pages.page(
      request,
      reply,
      'quarantine/replay',
      { title },
      { run, going: isGoing(run), tried, stored, quarantined, nowHref: `/admin/quarantine/replays/${run.id}/now` },
    );
  };
  app.get<Of>(address, { config: { page: 'view' } }, show);
  app.get<Of>(`${address}/now`, { config: { page: 'view', background: true } }, show);

  app.post<Of>(`${address}/cancel`, { config: { page: 'operate' } }, async (request, reply) => {
    const { id } = request.params;
    const run = await readRun(context.pool, id);
    if (run?.mode !== 'replay') return pages.missing(request, reply);
    await cancelReplay(context.pool, id, (tx, subject) =>
      recordAct(tx, { ...noted(request), what: 'quarantine.cancel', subject, source: run.source }),
    );
    return reply.redirect(`/admin/quarantine/replays/${id}`, 303);
  });
};
