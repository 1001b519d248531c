// Emergency accesses, the newest first: who took one, to whom, why, how long it held, and what they were shown under it.
import { z } from 'zod';
import { copenhagenDay } from '../../../clock.ts';
import { readFilters, withQuery } from '../../input.ts';
import type { RegisterPage } from '../../routes.ts';
import { askFeed, withFeed } from './feed.ts';
import { shortId } from './find-citizen.ts';

const perPage = 25;

interface Access {
  readonly id: string;
  readonly citizen: string;
  readonly person: string;
  readonly role: string;
  readonly organisation: string;
  readonly reason: string;
  readonly from: string;
  readonly to: string;
}

export const registerEmergencyPage: RegisterPage = (app, context, pages) => {
  const names = new Map(context.practice.units.map(({ id, name }) => [id, name]));
  app.get('/admin/emergency', { config: { page: 'dpo' } }, (request, reply) =>
    withFeed(pages, request, reply, async () => {
      const { citizen, after } = readFilters(request, { citizen: z.uuid(), after: z.uuid() });
      const at = citizen === undefined ? '/v1/emergency-access' : `/v1/citizens/${citizen}/emergency-access`;
      const { accesses, more, next } = await askFeed<{
        accesses: readonly Access[];
        more: boolean;
        next?: string;
      }>(context, request, `${at}${withQuery('', { after, limit: perPage })}`);
      const { t } = pages.speech(request);
      const now = context.clock.now();
      return pages.page(
        request,
        reply,
        'proof/emergency',
        { title: t('urgent.title') },
        {
          citizen,
          about: citizen === undefined ? undefined : shortId(citizen),
          accesses: accesses.map((one) => ({
            ...one,
            about: shortId(one.citizen),
            place: names.get(one.organisation) ?? one.organisation,
            going: new Date(one.to) > now,
            // What they were shown is in the log: the same person, the same citizen, from the day they took it.
            seenHref: withQuery('/admin/log', {
              citizen: one.citizen,
              person: one.person,
              emergency: 'true',
              from: copenhagenDay(new Date(one.from)),
              to: copenhagenDay(new Date(one.to)),
            }),
          })),
          firstHref: after === undefined ? undefined : withQuery(request.url, { after: undefined }),
          nextHref: more && next !== undefined ? withQuery(request.url, { after: next }) : undefined,
        },
      );
    }),
  );
};
