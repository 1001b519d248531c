// The overview: is anything wrong, and what does one press? First what needs somebody, the worst first, each with the
// page that mends it; then every source by domain. The figures change by themselves.
import type { FastifyInstance } from 'fastify';
import { openAlerts } from '../../store/alerts.ts';
import { readOverview, type SourceOverview } from '../../store/overview.ts';
import type { DashboardContext, Language } from '../context.ts';
import { createLive } from '../live.ts';
import type { Pages, Speech } from '../render.ts';
import { sparkline } from '../sparkline.ts';
import { whyLate } from './late-words.ts';

/** Something that somebody must see to. `key`: its words under `overview.need`. */
interface Need {
  readonly level: 'bad' | 'warn';
  readonly key: string;
  readonly title: string;
  readonly values: Readonly<Record<string, string | number>>;
  readonly href: string;
}

const badFirst = (a: Need, b: Need): number => Number(b.level === 'bad') - Number(a.level === 'bad');

/** More names than that nobody reads. */
const namedKinds = 4;

const kindsIn = (source: SourceOverview, kinds: SourceOverview['kinds'], { t }: Pick<Speech, 't'>): string => {
  if (kinds.length > 1 && kinds.length === source.kinds.length - source.unmapped.length) return t('overview.everyKind');
  const named = kinds.slice(0, kinds.length === namedKinds + 1 ? kinds.length : namedKinds);
  const names = named.map(({ kind }) => kind).join(', ');
  const more = kinds.length - named.length;
  return more === 0 ? names : t('overview.moreKinds', { kinds: names, count: more });
};

const needsOf = (
  source: SourceOverview,
  title: string,
  speech: Pick<Speech, 'f' | 't' | 'word'>,
  now: Date,
): readonly Need[] => {
  const { f, t, word } = speech;
  const href = `/admin/sources/${source.source}`;
  const failing = source.kinds.filter(({ standing }) => standing === 'failing');
  const paused = source.kinds.filter(({ standing }) => standing === 'paused');
  const need = (level: Need['level'], key: string, where: string, values: Need['values'] = {}): Need => ({
    level,
    key,
    title,
    href: where,
    values,
  });
  const codes = failing.flatMap(({ running, lastRun }) => running?.errorCode ?? lastRun?.errorCode ?? []);
  const code = codes[0] ?? source.breaker?.error_code ?? undefined;
  const pulls = (failing.length > 0 ? failing : source.kinds).flatMap((kind) => kind.lastCompleteAt?.getTime() ?? []);
  const error = [
    ...(code === undefined ? [] : [word('code', `${code}.text`)]),
    ...(pulls.length === 0 ? [] : [t('overview.lastPulled', { ago: f.ago(new Date(Math.min(...pulls))) })]),
    ...(failing.length > 0 && failing.every(({ running }) => running !== null) ? [t('overview.again')] : []),
  ].join(' ');
  const late = whyLate(source, speech, now);
  return [
    ...(source.standing === 'breaker-open' ? [need('bad', 'breaker', href, { error })] : []),
    ...(failing.length > 0 && source.standing !== 'breaker-open'
      ? [
          need('bad', 'failing', href, {
            count: failing.length,
            error,
            kinds: kindsIn(source, failing, speech),
          }),
        ]
      : []),
    ...(source.held > 0
      ? [need('bad', 'held', `/admin/deletions?source=${source.source}`, { count: source.held })]
      : []),
    ...(late === undefined ? [] : [need('warn', 'late', href, { age: f.span(source.ageMs ?? 0), why: late.text })]),
    ...(paused.length > 0
      ? [need('warn', 'paused', href, { count: paused.length, kinds: kindsIn(source, paused, speech) })]
      : []),
    ...(source.drift > 0
      ? [need('warn', 'drift', `/admin/drift?source=${source.source}`, { count: source.drift })]
      : []),
    ...(source.quarantined > 0
      ? [need('warn', 'quarantine', `/admin/quarantine?source=${source.source}`, { count: source.quarantined })]
      : []),
  ];
};

const readPage = async (context: DashboardContext, pages: Pages, language: Language): Promise<object> => {
  const now = context.clock.now();
  const speech = pages.speechIn(language);
  const { f } = speech;
  const asked = context.sources.map(({ name, freshForMs, kinds }) => ({
    name,
    freshForMs,
    kinds: kinds.map((kind) => ({ name: kind.name, mapped: kind.version !== undefined })),
  }));
  const [overview, alerts] = await Promise.all([readOverview(context.pool, asked, now), openAlerts(context.pool, now)]);
  const known = new Map(context.sources.map((source) => [source.name, source]));
  const { hub } = overview;
  const hubNeeds: readonly Need[] = [
    ...(hub.unsealedSeconds > 60
      ? [
          {
            level: 'bad',
            key: 'unsealed',
            title: 'Samspil',
            href: '/admin/health',
            values: { age: f.span(hub.unsealedSeconds * 1000) },
          } as const,
        ]
      : []),
    ...(hub.webhooksDisabled > 0
      ? [
          {
            level: 'warn',
            key: 'webhooks',
            title: 'Samspil',
            href: '/admin/consumers',
            values: { count: hub.webhooksDisabled },
          } as const,
        ]
      : []),
    ...(hub.purgesOverdue > 0
      ? [
          {
            level: 'bad',
            key: 'purges',
            title: 'Samspil',
            href: '/admin/consumers',
            values: { count: hub.purgesOverdue },
          } as const,
        ]
      : []),
  ];
  const needs = [
    ...hubNeeds,
    ...overview.sources.flatMap((source) =>
      needsOf(source, known.get(source.source)?.title ?? source.source, speech, now),
    ),
  ].sort(badFirst);
  const rows = overview.sources.map((source) => {
    const { title = source.source, domain = 'shared' } = known.get(source.source) ?? {};
    return { ...source, title, domain, spark: sparkline(source.trend) };
  });
  const domains = [...Map.groupBy(rows, ({ domain }) => domain)].map(([domain, sources]) => ({ domain, sources }));
  return { at: now, hub, needs, domains, alerts: alerts.length, sources: rows.length };
};

export const registerOverview = (app: FastifyInstance, context: DashboardContext, pages: Pages): void => {
  const live = createLive({
    everyMs: 2000,
    stands: context.stands,
    failed: (error) => context.log.warn({ event: 'live.failed', error }),
    render: async (language) => pages.part(language, 'overview-figures', await readPage(context, pages, language)),
  });
  app.addHook('onClose', async () => live.close());
  app.get('/admin', { config: { page: 'view' } }, async (request, reply) => {
    const { t, language } = pages.speech(request);
    const data = await readPage(context, pages, language);
    return pages.page(request, reply, 'overview', { title: t('overview.title'), scripts: ['live'] }, data);
  });
  app.get('/admin/live', { config: { page: 'view', background: true } }, (request, reply) => {
    live.open(request, reply, pages.speech(request).language);
  });
};
