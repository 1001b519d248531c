// A citizen's consents for the data-protection officer: what stands and what has been said before, who wrote it down and by
// what evidence; what other systems report and nobody has answered; and what the law shares without asking.

import { z } from 'zod';
import { copenhagenDay } from '../../../clock.ts';
import type { MarkedConsent } from '../../../consent/before-party.ts';
import { readFilters } from '../../input.ts';
import type { RegisterPage } from '../../routes.ts';
import { saidOf } from './consent-view.ts';
import { askFeed, withFeed } from './feed.ts';
import { shortId } from './find-citizen.ts';

interface Statute {
  readonly id: string;
  readonly title: string;
  readonly recipients: readonly string[];
  readonly domains?: readonly string[];
  readonly kinds?: readonly string[];
  readonly upTo: string;
  readonly optOut: boolean;
}

interface Proposal {
  readonly id: string;
  readonly source: string;
  readonly proposedAt: string;
  readonly text: string;
  /** Of what a professional asks. */
  readonly state?: string;
}

export const registerConsentsPage: RegisterPage = (app, context, pages) => {
  const names = new Map(context.practice.units.map(({ id, name }) => [id, name]));
  const titles = new Map(context.sources.map(({ name, title }) => [name, title]));
  const titleOf = (source: string | undefined): string | undefined =>
    source === undefined ? undefined : (titles.get(source) ?? source);
  /** `unit:jobcenter` → its name. */
  const recipientOf = (recipient: string) => {
    const [type = '', ...rest] = recipient.split(':');
    const id = rest.join(':');
    return { type, name: names.get(id) ?? id };
  };

  app.get('/admin/consents', { config: { page: 'dpo' } }, (request, reply) =>
    withFeed(pages, request, reply, async () => {
      const { citizen } = readFilters(request, { citizen: z.uuid() });
      const { t } = pages.speech(request);
      if (citizen === undefined)
        return pages.page(request, reply, 'proof/consents-whom', { title: t('saidYes.title') });
      const at = `/v1/citizens/${citizen}`;
      const { consents, statutes } = await askFeed<{
        consents: readonly MarkedConsent[];
        statutes: readonly Statute[];
      }>(context, request, `${at}/consents`);
      const { proposals } = await askFeed<{ proposals: readonly Proposal[] }>(
        context,
        request,
        `${at}/consent-proposals`,
      );
      const told = (one: MarkedConsent) => ({ ...one, title: titleOf(one.source) });
      return pages.page(
        request,
        reply,
        'proof/consents',
        { title: t('saidYes.title') },
        {
          citizen,
          about: shortId(citizen),
          said: saidOf(consents, copenhagenDay(context.clock.now())).map((one) => ({
            ...one,
            latest: told(one.latest),
            earlier: one.earlier.map(told),
          })),
          proposals: proposals
            .filter(({ state }) => state !== 'takenBack')
            .map((one) => ({ ...one, title: titleOf(one.source) })),
          statutes: statutes.map((one) => ({ ...one, recipients: one.recipients.map(recipientOf) })),
        },
      );
    }),
  );
};
