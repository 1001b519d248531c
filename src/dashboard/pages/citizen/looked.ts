// Who has looked, day by day, in plain Danish as the feed tells it: staff masked, emergency access marked; what was one look
// under one line, told by what showed most. What the citizen read themselves is left out until asked for. Paging and filters are the feed's own; the file is its whole view.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { copenhagenDay } from '../../../clock.ts';
import type { DashboardContext } from '../../context.ts';
import { dayField, readFilters, withQuery } from '../../input.ts';
import type { Pages, Speech } from '../../render.ts';
import { type At, registerPart } from './frame.ts';
import { lookedPart } from './parts.ts';
import { type TitledRecord, titledRecords } from './record-titles.ts';
import type { ShownPlan } from './shown.ts';

const pageSize = 50;
const mostNamed = 40;

interface LookEntry {
  readonly at: string;
  readonly kind: string;
  readonly role?: string;
  readonly organisation?: string;
  readonly unit?: string;
  readonly organisationName?: string;
  readonly unitName?: string;
  readonly consumer?: string;
  readonly purpose: string;
  readonly decision: string;
  readonly records: readonly string[];
  readonly emergency: boolean;
  readonly occasion: string;
  readonly what: string;
}
interface LookPage {
  readonly entries: readonly LookEntry[];
  readonly more: boolean;
  readonly next?: string;
}

const filters = {
  from: dayField,
  to: dayField,
  organisation: z.string().max(200),
  own: z.literal('true'),
  after: z.string().max(200),
};

const titlesOf = async (at: At, entries: readonly LookEntry[]): Promise<ReadonlyMap<string, TitledRecord>> => {
  if (entries.every(({ records }) => records.length === 0)) return new Map();
  return new Map(titledRecords(await at.get<ShownPlan>('/plan')).map((one) => [one.id, one]));
};

const whoOf = (entry: LookEntry, { t, word }: Speech): string => {
  const { kind, role, consumer, unitName, organisationName } = entry;
  const place = unitName ?? organisationName ?? entry.unit ?? entry.organisation;
  const who =
    kind === 'professional' && role !== undefined ? word('sharing.role', role) : (consumer ?? t(`looked.kind.${kind}`));
  return place === undefined ? who : `${who}, ${place}`;
};

const asFile = { csv: 'text/csv; charset=utf-8', json: 'application/json; charset=utf-8' } as const;

export const registerLooked = (app: FastifyInstance, context: DashboardContext, pages: Pages): void => {
  registerPart(app, context, pages, lookedPart, {
    get: async (at) => {
      const given = readFilters(at.request, filters);
      const { own, after, organisation, from, to } = given;
      const query = new URLSearchParams({ limit: String(pageSize), others: own === 'true' ? 'false' : 'true' });
      for (const [name, value] of Object.entries({ after, organisation, from, to }))
        if (value !== undefined) query.set(name, value);
      const page = await at.get<LookPage>(`/access-log?${query.toString()}`);
      const titles = await titlesOf(at, page.entries);
      const speech = pages.speech(at.request);
      const { t } = speech;
      const days = [...Map.groupBy(page.entries, (entry) => copenhagenDay(new Date(entry.at)))].map(
        ([day, entries]) => ({
          day,
          looks: [...Map.groupBy(entries, ({ occasion }) => occasion).values()].map((own) => {
            const main = own.reduce((most, one) => (one.records.length >= most.records.length ? one : most));
            const records = [...new Set([main, ...own].flatMap((one) => one.records))];
            return {
              ...main,
              records,
              all: own.length === 1 ? [] : own.toReversed().map((one) => ({ at: one.at, what: one.what })),
              who: whoOf(main, speech),
              staff: ['administrator', 'dpo'].includes(main.kind),
              seen: records.slice(0, mostNamed).flatMap((id) => titles.get(id) ?? []),
            };
          }),
        }),
      );
      return at.show(
        'looked',
        { title: t('looked.title') },
        {
          days,
          given,
          filtered: [organisation, from, to].some((value) => value !== undefined),
          organisationName: page.entries.find((entry) => entry.organisation === organisation)?.organisationName,
          urlOf: (changes: Readonly<Record<string, string | undefined>>) =>
            withQuery(at.request.url, { after: undefined, ...changes }),
          ...(after === undefined ? {} : { firstHref: withQuery(at.request.url, { after: undefined }) }),
          ...(page.more ? { nextHref: withQuery(at.request.url, { after: page.next }) } : {}),
        },
      );
    },
  });

  registerPart(app, context, pages, lookedPart, {
    below: '/file',
    get: async (at) => {
      const { format = 'json' } = readFilters(at.request, { format: z.enum(['json', 'csv']) });
      const file = await at.ask({ path: `/v1/citizens/${at.id}/access-log/export?format=${format}` });
      if (file.status !== 200) return pages.missing(at.request, at.reply);
      return at.reply
        .header('content-type', asFile[format])
        .header('content-disposition', `attachment; filename="samspil-log.${format}"`)
        .header('cache-control', 'private, no-store')
        .send(file.text);
    },
  });
};
