// One run from close by: what it fetched, what it made of it, what went wrong and whose turn it is; follows a run under
// way, stops it after the page in hand, or has its kind fetched again.
import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { askForPull } from '../../jobs/ask-pull.ts';
import { recordAct } from '../../store/acts.ts';
import { transaction } from '../../store/db.ts';
import { type RunView, readRunView } from '../../store/run-view.ts';
import { wantStop } from '../../store/runs.ts';
import { actingOf, onceOf, uuidPattern } from '../input.ts';
import type { Speech } from '../render.ts';
import type { RegisterPage } from '../routes.ts';
import { causeQuery, issueWords } from './quarantine/cause.ts';
import { badgeOfRun, isGoing, shownRun } from './run-words.ts';

const counted = [
  'served',
  'stored',
  'created',
  'changed',
  'unchanged',
  'removed',
  'deleted',
  'quarantined',
  'held',
  'notMapped',
  'notEnrolled',
  'overtaken',
  'ignored',
  'issues',
] as const;

type Of = { Params: { id: string } };
const path = `/admin/runs/:id(${uuidPattern})`;

export const registerRun: RegisterPage = (app, context, pages) => {
  const titles = new Map(context.sources.map(({ name, title }) => [name, title]));
  /** The kind it could be asked for again. */
  const kindOf = ({ run }: RunView) =>
    context.sources
      .find(({ name }) => name === run.source)
      ?.kinds.find(({ name, version }) => name === run.kind && version !== undefined);
  const shown = (view: RunView, speech: Speech) => ({
    ...view,
    issues: view.issues.map((issue) => ({
      ...issue,
      words: issueWords(speech, issue.code),
      href: `/admin/quarantine?${causeQuery({ ...issue, source: view.run.source })}`,
    })),
    at: context.clock.now(),
    row: shownRun(view.run, titles, context.clock.now()),
    badge: badgeOfRun[view.run.state],
    going: isGoing(view.run),
    counts: counted.flatMap((name) => {
      const count = view.run.counts[name] ?? 0;
      return count === 0 ? [] : [{ name, count }];
    }),
    again: kindOf(view) !== undefined && !isGoing(view.run),
  });
  const read = (request: FastifyRequest<Of>) => readRunView(context.pool, request.params.id);

  app.get<Of>(path, { config: { page: 'view' } }, async (request, reply) => {
    const view = await read(request);
    if (view === undefined) return pages.missing(request, reply);
    const speech = pages.speech(request);
    const { t } = speech;
    const data = { ...shown(view, speech), once: randomUUID() };
    const title = t('run.title', { source: data.row.title, kind: data.row.kind ?? t('runs.several') });
    return pages.page(request, reply, 'run', { title }, data);
  });

  app.get<Of>(`${path}/now`, { config: { page: 'view', background: true } }, async (request, reply) => {
    const view = await read(request);
    if (view === undefined) return pages.missing(request, reply);
    // What can be done with it is another thing when it has ended.
    if (!isGoing(view.run)) reply.header('hx-refresh', 'true');
    const speech = pages.speech(request);
    const part = pages.part(speech.language, 'run-now', shown(view, speech));
    return reply.header('content-type', 'text/html; charset=utf-8').send(part);
  });

  app.post<Of>(`${path}/stop`, { config: { page: 'operate' } }, async (request, reply) => {
    const view = await read(request);
    if (view === undefined) return pages.missing(request, reply);
    const { run } = view;
    const stopping = await transaction(context.pool, async (tx) => {
      if (!(await wantStop(tx, run.id))) return false;
      await recordAct(tx, {
        at: context.clock.now(),
        ...actingOf(request),
        what: 'run.stop',
        subject: run.id,
        source: run.source,
        outcome: 'begun',
        detail: { kind: run.kind },
      });
      return true;
    });
    return reply.redirect(`/admin/runs/${run.id}?done=run.${stopping ? 'stopping' : 'ended'}`, 303);
  });

  app.post<Of>(`${path}/again`, { config: { page: 'operate' } }, async (request, reply) => {
    const view = await read(request);
    const kind = view === undefined ? undefined : kindOf(view);
    if (view === undefined || kind === undefined) return pages.missing(request, reply);
    const { source } = view.run;
    await transaction(context.pool, async (tx) => {
      const asked = { source, kinds: [kind.name], want: 'next' } as const;
      await recordAct(tx, {
        at: context.clock.now(),
        ...actingOf(request),
        what: 'source.sync',
        subject: `${source}/${kind.name}`,
        source,
        outcome: 'begun',
        detail: { after: view.run.id },
      });
      await askForPull(context.queues, { ...asked, once: onceOf(request) });
    });
    return reply.redirect(
      `/admin/runs?source=${encodeURIComponent(source)}&kind=${encodeURIComponent(kind.name)}&done=run.again`,
      303,
    );
  });
};
