// One source from close by: how each kind fares and what it waits for, its runs over time, its budget, what it is
// configured as; the acts are in source-acts.ts. The state follows by itself; the rest is read when the page is.
import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { listActs } from '../../store/acts.ts';
import { type KindOverview, readOverview } from '../../store/overview.ts';
import { readRunPage } from '../../store/run-list.ts';
import { readSeries } from '../../store/run-series.ts';
import { readSourceView } from '../../store/source-view.ts';
import type { DashboardContext, ShownSource } from '../context.ts';
import { readFilters, withQuery } from '../input.ts';
import type { Speech } from '../render.ts';
import type { RegisterPage } from '../routes.ts';
import { whyLate } from './late-words.ts';
import { badgeOfStanding, shownRun } from './run-words.ts';
import { chartsOf } from './source-charts.ts';

const ranges = ['day', 'week', 'year'] as const;
const latest = 8;
const dayMs = 86_400_000;

/** Who paused what is paused now; and what the watch over what sources send holds back. */
const pauseOf = async (context: DashboardContext, source: string, paused: readonly KindOverview[]) => {
  if (paused.length === 0) return undefined;
  const [by] = await listActs(context.pool, { source, what: 'source.pause', limit: 1 });
  const kinds = String(by?.detail['kinds'] ?? '').split(', ');
  const said = paused.filter(({ kind }) => kinds.includes(kind)).map(({ kind }) => kind);
  const watched = paused.filter(({ kind, drift }) => drift > 0 && !said.includes(kind)).map(({ kind }) => kind);
  return {
    by:
      by === undefined || said.length === 0
        ? undefined
        : { ...by, kinds: said.length < paused.length ? said.join(', ') : undefined },
    watched: watched.join(', '),
  };
};

/** What changes by itself. */
const readNow = async (context: DashboardContext, source: ShownSource, speech: Speech) => {
  const now = context.clock.now();
  const { name, freshForMs } = source;
  const asked = source.kinds.map((kind) => ({ name: kind.name, mapped: kind.version !== undefined }));
  const [{ sources }, view, { runs }] = await Promise.all([
    readOverview(context.pool, [{ name, freshForMs, kinds: asked }], now),
    readSourceView(context.pool, name),
    readRunPage(context.pool, { source: name, limit: latest }),
  ]);
  const [standing] = sources;
  const rows = source.kinds.map((kind) => ({
    ...kind,
    now: standing?.kinds.find((one) => one.kind === kind.name),
    view: view.kinds.find((one) => one.kind === kind.name),
  }));
  const pause = await pauseOf(context, name, standing?.kinds.filter(({ paused }) => paused) ?? []);
  const failing = rows.filter((row) => row.now?.standing === 'failing');
  const wrong = failing.length > 0 || standing?.standing === 'breaker-open';
  const pulls = (failing.length > 0 ? failing : rows.filter(({ version }) => version !== undefined)).map(
    (row) => row.now?.lastCompleteAt?.getTime() ?? 0,
  );
  const pulledAt = Math.min(...pulls);
  return {
    at: now,
    source,
    standing,
    pause,
    view,
    rows,
    badges: badgeOfStanding,
    error: failing.flatMap((row) => [row.now?.running, row.now?.lastRun]).find((run) => run?.errorCode),
    late: standing === undefined ? undefined : whyLate(standing, speech, now),
    setup: wrong ? context.steering.setup(name) : undefined,
    pulledAt: pulledAt === 0 ? null : new Date(pulledAt),
    runs: runs.map((run) => shownRun(run, new Map(), now)),
    ofSource: true,
    records: view.kinds.reduce((sum, one) => sum + one.records, 0),
    expiries: source.expiries.map((one) => ({
      ...one,
      days: Math.floor((one.at.getTime() - now.getTime()) / dayMs),
    })),
  };
};

/** How long everything would take, in the reader's words; undefined: nobody can tell yet. */
const forecastOf = async (context: DashboardContext, { name }: ShownSource, { f }: Speech) => {
  const { seconds, requests, kinds } = await context.steering.forecast(name);
  return {
    requests,
    span: seconds === undefined ? undefined : f.span(Math.max(1, seconds) * 1000),
    unknown: kinds.filter((one) => one.requests === undefined).map(({ kind }) => kind),
  };
};

export const registerSource: RegisterPage = (app, context, pages) => {
  type Of = { Params: { source: string } };
  const named = (request: FastifyRequest<Of>): ShownSource | undefined =>
    context.sources.find(({ name }) => name === request.params.source);

  app.get<Of>('/admin/sources/:source', { config: { page: 'view' } }, async (request, reply) => {
    const source = named(request);
    if (source === undefined) return pages.missing(request, reply);
    const speech = pages.speech(request);
    const { range = 'day', kind } = readFilters(request, {
      range: z.enum(ranges),
      kind: z.enum(source.kinds.map(({ name }) => name)),
    });
    const [data, series, forecast] = await Promise.all([
      readNow(context, source, speech),
      readSeries(context.pool, { source: source.name, kind, range }, context.clock.now()),
      forecastOf(context, source, speech),
    ]);
    const here = withQuery(request.url, { done: undefined });
    return pages.page(
      request,
      reply,
      'source',
      { title: source.title, scripts: ['chart'] },
      {
        ...data,
        once: randomUUID(),
        range,
        kind,
        ranges: ranges.map((one) => ({ name: one, href: `${withQuery(here, { range: one })}#runs-over-time` })),
        series,
        charts: chartsOf(series, speech),
        forecast,
        hourShare: data.view.requests.lastHour / (source.budget.requestsPerSecond * 3600),
        configuration: context.steering.configuration(source.name),
      },
    );
  });

  app.get<Of>('/admin/sources/:source/now', { config: { page: 'view', background: true } }, async (request, reply) => {
    const source = named(request);
    if (source === undefined) return pages.missing(request, reply);
    const speech = pages.speech(request);
    const part = pages.part(speech.language, 'source-now', await readNow(context, source, speech));
    return reply.header('content-type', 'text/html; charset=utf-8').send(part);
  });
};
