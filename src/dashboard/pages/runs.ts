// All runs, the newest first, by filters in the address; the first page follows what goes on.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { copenhagenInstant } from '../../clock.ts';
import { readRunPage } from '../../store/run-list.ts';
import { dayField, readFilters, withQuery } from '../input.ts';
import type { RegisterPage } from '../routes.ts';
import { shownRun } from './run-words.ts';

const states = ['queued', 'running', 'done', 'failed', 'skipped', 'cancelled'] as const;
const modes = ['incremental', 'load', 'citizen', 'replay'] as const;
const triggers = ['schedule', 'dashboard', 'command', 'history', 'notices', 'watchdog', 'resume', 'start'] as const;
const perPage = 50;

const filters = {
  source: z.string().max(100),
  kind: z.string().max(100),
  state: z.enum(states),
  mode: z.enum(modes),
  trigger: z.enum(triggers),
  from: dayField,
  to: dayField,
  after: z.uuid(),
};

const nextDay = (day: string): string => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);

export const registerRuns: RegisterPage = (app, context, pages) => {
  const titles = new Map(context.sources.map(({ name, title }) => [name, title]));
  const kindsOf = (source: string | undefined): readonly string[] =>
    [
      ...new Set(
        context.sources
          .filter(({ name }) => (source ?? name) === name)
          .flatMap(({ kinds }) => kinds.map(({ name }) => name)),
      ),
    ].sort();

  const read = async (request: FastifyRequest) => {
    const chosen = readFilters(request, filters);
    const { state, mode, from, to, ...rest } = chosen;
    const { runs, next } = await readRunPage(context.pool, {
      ...rest,
      ...(state === undefined ? {} : { states: [state] }),
      ...(mode === undefined ? {} : { modes: [mode] }),
      ...(from === undefined ? {} : { from: copenhagenInstant(from) }),
      ...(to === undefined ? {} : { to: copenhagenInstant(nextDay(to)) }),
      limit: perPage,
    });
    const now = context.clock.now();
    const url = request.url.replace('/admin/runs/now', '/admin/runs');
    const here = withQuery(url, { done: undefined });
    return {
      chosen,
      at: now,
      runs: runs.map((run) => shownRun(run, titles, now)),
      nextHref: next === null ? undefined : withQuery(here, { after: next }),
      firstHref: chosen.after === undefined ? undefined : withQuery(here, { after: undefined }),
    };
  };

  app.get('/admin/runs', { config: { page: 'view' } }, async (request, reply) => {
    const data = await read(request);
    const { t } = pages.speech(request);
    return pages.page(
      request,
      reply,
      'runs',
      { title: t('runs.title') },
      {
        ...data,
        sources: context.sources.map(({ name, title }) => ({ name, title })),
        kinds: kindsOf(data.chosen.source),
        states,
        modes,
        triggers,
        nowHref: withQuery(request.url, { done: undefined }).replace('/admin/runs', '/admin/runs/now'),
      },
    );
  });

  app.get('/admin/runs/now', { config: { page: 'view', background: true } }, async (request, reply) => {
    const part = pages.part(pages.speech(request).language, 'runs-now', await read(request));
    return reply.header('content-type', 'text/html; charset=utf-8').send(part);
  });
};
