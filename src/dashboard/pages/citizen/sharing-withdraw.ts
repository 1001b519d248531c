// Taking back a yes or a no: what disappears or comes back is told first. Withdrawing is how anything said is undone.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { copenhagenDay } from '../../../clock.ts';
import type { DashboardContext } from '../../context.ts';
import { readFilters, readForm } from '../../input.ts';
import type { Pages } from '../../render.ts';
import { registerPart } from './frame.ts';
import { sharingPart } from './parts.ts';
import { readChanges } from './sharing-changes.ts';
import { readSharing, sourceTitles } from './sharing-read.ts';
import { everybody, inNames, titleOf } from './sharing-view.ts';

const form = z.object({ consent: z.uuid(), key: z.uuid() });

export const registerSharingWithdraw = (app: FastifyInstance, context: DashboardContext, pages: Pages): void => {
  registerPart(app, context, pages, sharingPart, {
    below: '/withdraw',
    get: async (at) => {
      const { consent } = readFilters(at.request, { consent: z.uuid() });
      const facts = await readSharing(at, context.clock.now());
      const one = facts.said.find(({ id }) => id === consent);
      if (one === undefined) return pages.missing(at.request, at.reply);
      const speech = pages.speech(at.request);
      const reader = facts.readers.find(({ recipient }) => recipient === (one.recipient ?? everybody));
      const said = reader === undefined ? one : inNames(one, titleOf(reader, facts.names, speech));
      const changes = await readChanges(at, { withdraw: [one.id] }, facts, speech);
      return at.show(
        'sharing-withdraw',
        { title: speech.t('sharing.withdrawTitle') },
        {
          sources: sourceTitles(context),
          one: said,
          changes,
          key: randomUUID(),
          later: one.from > copenhagenDay(context.clock.now()),
        },
      );
    },
    post: async (at) => {
      const given = readForm(at.request, form);
      if (!given.ok) return pages.missing(at.request, at.reply);
      const { consent, key } = given.data;
      await at.post(`/v1/consents/${consent}/withdraw`, {}, key);
      return at.reply.redirect(`${at.base}/sharing?done=sharing.withdrawn`, 303);
    },
  });
};
