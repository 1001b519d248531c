// The access log for the data-protection officer: who asked about whom, when, what for, and what they got. Every filter is
// in the address; with a citizen and a day chosen, the readers of that day stand first, once each.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { copenhagenDay, daysAfter } from '../../../clock.ts';
import { dayField, readFilters, viewerOf, withQuery } from '../../input.ts';
import type { RegisterPage } from '../../routes.ts';
import { askFeed, withFeed } from './feed.ts';
import { shortId } from './find-citizen.ts';
import { looksOf } from './log-looks.ts';
import { decisionBadges, type EndpointFilter, endpointFilters, whatOf } from './log-words.ts';
import { quickPeriods } from './periods.ts';

/** Entries; what was one look is one line of them. */
const perPage = 100;
const mostReaders = 200;
/** How far back one answer is looked for when no day is said. */
const correlationDays = 30;
/** What the readers can be narrowed to. */
const readersBy = new Set(['citizen', 'from', 'to', 'what']);
const text = z.string().trim().min(1).max(200);

export const logFilters = {
  citizen: z.uuid(),
  person: text,
  role: text,
  organisation: text,
  consumer: text,
  purpose: text,
  decision: z.enum(['allowed', 'partly', 'denied', 'failed']),
  what: z.enum(Object.keys(endpointFilters) as [EndpointFilter, ...EndpointFilter[]]),
  emergency: z.literal('true'),
  correlation: text,
  from: dayField,
  to: dayField,
  after: z.string().max(200),
};

/** As the feed tells it. */
export interface Entry {
  readonly id: string;
  readonly at: string;
  readonly number?: number;
  readonly kind: string;
  readonly person: string;
  readonly role?: string;
  readonly organisation?: string;
  readonly unit?: string;
  readonly consumer?: string;
  readonly citizen?: string;
  readonly purpose: string;
  readonly endpoint: string;
  readonly decision: string;
  readonly bases: readonly string[];
  readonly records: readonly string[];
  readonly emergency: boolean;
  readonly correlation: string;
  /** Where several are told: those with the same were one look. */
  readonly occasion?: string;
}

export interface Reader extends Pick<Entry, 'kind' | 'person' | 'role' | 'organisation' | 'unit' | 'consumer'> {
  readonly times: number;
  readonly answered: number;
  readonly emergency: boolean;
  readonly first: string;
  readonly last: string;
}

const queryOf = (fields: Readonly<Record<string, string | number | undefined>>): string => withQuery('', fields);

export const registerLog: RegisterPage = (app, context, pages) => {
  const names = new Map(context.practice.units.map(({ id, name }) => [id, name]));
  /** Where somebody works, as the municipality calls it. */
  const placed = <T extends Pick<Entry, 'unit' | 'organisation'>>(one: T) => ({
    ...one,
    place: [one.unit, one.organisation].filter((id) => id !== undefined).map((id) => names.get(id) ?? id)[0],
  });

  const read = async (request: FastifyRequest) => {
    const chosen = readFilters(request, logFilters);
    const { what, correlation, citizen, from, to, ...rest } = chosen;
    const today = copenhagenDay(context.clock.now());
    const since = from ?? (correlation === undefined ? undefined : daysAfter(today, -correlationDays));
    const endpoint = what === undefined ? undefined : endpointFilters[what];
    const asked = { ...rest, citizen, correlation, endpoint, from: since, to, limit: perPage };
    const found = await askFeed<{ entries: readonly Entry[]; next?: string }>(
      context,
      request,
      `/v1/access-log${queryOf(asked)}`,
    );
    // Only where they are the readers of what is listed; further down they would be the same.
    const readers =
      citizen === undefined || Object.keys(chosen).some((name) => !readersBy.has(name))
        ? undefined
        : await askFeed<{ readers: readonly Reader[]; more: boolean }>(
            context,
            request,
            `/v1/citizens/${citizen}/access-log/readers${queryOf({ from, to, endpoint, limit: mostReaders })}`,
          );
    return { chosen, found, readers };
  };

  app.get('/admin/log', { config: { page: 'dpo' } }, (request, reply) =>
    withFeed(pages, request, reply, async () => {
      const { chosen, found, readers } = await read(request);
      const { t } = pages.speech(request);
      const here = withQuery(request.url, { done: undefined, after: undefined });
      return pages.page(
        request,
        reply,
        'proof/log',
        { title: t('log.title') },
        {
          chosen,
          here,
          looks: looksOf(
            found.entries.map(({ occasion = '', ...entry }) => ({
              ...placed({ ...entry, occasion: occasion || entry.id }),
              what: whatOf(entry.endpoint),
              about: entry.citizen === undefined ? undefined : shortId(entry.citizen),
            })),
          ).map((look) => ({ ...look, badge: decisionBadges[look.decision] ?? '' })),
          readers: readers?.readers.map(placed),
          moreReaders: readers?.more === true,
          about: chosen.citizen === undefined ? undefined : shortId(chosen.citizen),
          periods: quickPeriods(context.clock.now()).map((period) => ({
            ...period,
            href: withQuery(here, { from: period.from, to: period.to }),
            current: chosen.from === period.from && chosen.to === period.to,
          })),
          whats: Object.keys(endpointFilters),
          purposes: viewerOf(request).purposes,
          organisations: context.practice.units.filter(({ type }) => type === 'organisation'),
          everybodyHref: withQuery(here, { person: undefined }),
          filtered: Object.keys(chosen).some((name) => !['citizen', 'person', 'after', 'from', 'to'].includes(name)),
          nextHref: found.next === undefined ? undefined : withQuery(here, { after: found.next }),
          firstHref: chosen.after === undefined ? undefined : here,
        },
      );
    }),
  );
};
