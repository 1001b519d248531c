// One entry of the access log from close by, with what its records were, and the log about a citizen as a file: both asked
// of the feed, which logs it.
import { z } from 'zod';
import { copenhagenDay } from '../../../clock.ts';
import { currentStatutes } from '../../../store/current-statutes.ts';
import { errorPage } from '../../errors.ts';
import { readFilters, uuidPattern } from '../../input.ts';
import type { RegisterPage } from '../../routes.ts';
import { askFeed, withFeed } from './feed.ts';
import { shortId } from './find-citizen.ts';
import type { Entry } from './log.ts';
import { decisionBadges, whatOf } from './log-words.ts';

interface LoggedRecord {
  readonly id: string;
  readonly kind?: string;
  readonly domain?: string;
  readonly source?: string;
  readonly held: boolean;
}

/** `6 consent:<id>:<version>` → rule and ground; a law in force by its title. */
const basisOf = (said: string, laws: ReadonlyMap<string, string>) => {
  const [rule = '', ...rest] = said.split(' ');
  const ground = rest.join(' ');
  const [, consent, version] = /^consent:([\w-]+):(\d+)$/.exec(ground) ?? [];
  return { rule, ground, consent, version, law: laws.get(ground) };
};

export const registerLogEntry: RegisterPage = (app, context, pages) => {
  const names = new Map(context.practice.units.map(({ id, name }) => [id, name]));
  const titles = new Map(context.sources.map(({ name, title }) => [name, title]));

  app.get<{ Params: { entry: string } }>(
    `/admin/log/entries/:entry(${uuidPattern})`,
    { config: { page: 'dpo' } },
    (request, reply) =>
      withFeed(pages, request, reply, async () => {
        const path = `/v1/access-log/${request.params.entry}`;
        const { entry, records } = await askFeed<{ entry: Entry; records: readonly LoggedRecord[] }>(
          context,
          request,
          path,
        );
        const laws = new Map((await currentStatutes(context.pool)).map(({ id, title }) => [`statute:${id}`, title]));
        const { t } = pages.speech(request);
        const day = copenhagenDay(new Date(entry.at));
        return pages.page(
          request,
          reply,
          'proof/log-entry',
          { title: t('log.entry.title') },
          {
            entry,
            what: whatOf(entry.endpoint),
            badge: decisionBadges[entry.decision] ?? '',
            unit: entry.unit === undefined ? undefined : (names.get(entry.unit) ?? entry.unit),
            organisation:
              entry.organisation === undefined ? undefined : (names.get(entry.organisation) ?? entry.organisation),
            about: entry.citizen === undefined ? undefined : shortId(entry.citizen),
            bases: entry.bases.map((said) => basisOf(said, laws)),
            records: records.map((one) => ({
              ...one,
              title: one.source === undefined ? undefined : (titles.get(one.source) ?? one.source),
            })),
            sameHref: `/admin/log?correlation=${encodeURIComponent(entry.correlation)}&from=${day}`,
            personHref: `/admin/log?person=${encodeURIComponent(entry.person)}`,
          },
        );
      }),
  );

  app.get('/admin/log/export', { config: { page: 'dpo' } }, async (request, reply) => {
    const { citizen, format } = readFilters(request, { citizen: z.uuid(), format: z.enum(['csv', 'json']) });
    if (citizen === undefined || format === undefined) return pages.missing(request, reply);
    const answer = await context.ask(request, { path: `/v1/citizens/${citizen}/access-log/export?format=${format}` });
    if (answer.status !== 200) return errorPage(pages, reply, answer.status, request.id);
    for (const name of ['content-type', 'content-disposition'])
      if (answer.headers[name] !== undefined) reply.header(name, answer.headers[name]);
    return reply.send(answer.text);
  });
};
