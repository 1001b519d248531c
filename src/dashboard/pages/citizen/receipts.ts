// Receipts: what the citizen has said, version by version, each with a signed text to keep; and how anybody can see that it
// was not changed. Below them, who may act for the citizen.

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { copenhagenDay } from '../../../clock.ts';
import type { MarkedConsent } from '../../../consent/before-party.ts';
import type { DashboardContext } from '../../context.ts';
import { readFilters, uuidPattern } from '../../input.ts';
import type { Pages } from '../../render.ts';
import { type At, registerPart } from './frame.ts';
import { receiptsPart } from './parts.ts';
import { type ShownRepresentation, standingRepresentations } from './represented.ts';
import { sourceTitles } from './sharing-read.ts';

const pageSize = 50;
const numbers = { version: z.coerce.number().int().min(1).max(999_999) };

const consentsOf = async (at: At): Promise<readonly MarkedConsent[]> =>
  (await at.get<{ readonly consents: readonly MarkedConsent[] }>('/consents')).consents;

/** The version of the address, or the newest. */
const oneOf = async (at: At): Promise<MarkedConsent | undefined> => {
  const { consent } = at.request.params as { readonly consent: string };
  const { version } = readFilters(at.request, numbers);
  return (await consentsOf(at)).find((one) => one.id === consent && (version === undefined || one.version === version));
};

const signed = async (at: At, { id, version }: MarkedConsent): Promise<string | undefined> => {
  const answer = await at.ask({ path: `/v1/consents/${id}/receipt?version=${version}` });
  return answer.status === 200 ? answer.json<{ readonly receipt: string }>().receipt : undefined;
};

export const registerReceipts = (app: FastifyInstance, context: DashboardContext, pages: Pages): void => {
  const sources = sourceTitles(context);
  registerPart(app, context, pages, receiptsPart, {
    get: async (at) => {
      const { after = 0 } = readFilters(at.request, { after: z.coerce.number().int().min(0).max(100_000) });
      const [consents, { representations }] = await Promise.all([
        consentsOf(at),
        at.get<{ readonly representations: readonly ShownRepresentation[] }>('/representations'),
      ]);
      const newest = consents.toSorted((a, b) => b.recordedAt.localeCompare(a.recordedAt));
      const next = after + pageSize;
      return at.show(
        'receipts',
        { title: pages.speech(at.request).t('receipts.title') },
        {
          sources,
          receipts: newest.slice(after, next),
          represented: standingRepresentations(representations, copenhagenDay(context.clock.now())),
          ...(after > 0 ? { firstHref: `${at.base}/receipts` } : {}),
          ...(newest.length > next ? { nextHref: `${at.base}/receipts?after=${next}` } : {}),
        },
      );
    },
  });

  registerPart(app, context, pages, receiptsPart, {
    below: `/:consent(${uuidPattern})`,
    get: async (at) => {
      const one = await oneOf(at);
      if (one === undefined) return pages.missing(at.request, at.reply);
      return at.show(
        'receipt',
        { title: pages.speech(at.request).t('receipts.one') },
        {
          one,
          sources,
          receipt: await signed(at, one),
          keys: `${context.originOf(at.request)}/.well-known/samspil-receipts`,
        },
      );
    },
  });

  registerPart(app, context, pages, receiptsPart, {
    below: `/:consent(${uuidPattern})/file`,
    get: async (at) => {
      const one = await oneOf(at);
      const receipt = one === undefined ? undefined : await signed(at, one);
      if (one === undefined || receipt === undefined) return pages.missing(at.request, at.reply);
      return at.reply
        .header('content-type', 'application/jose; charset=utf-8')
        .header(
          'content-disposition',
          `attachment; filename="kvittering-${one.recordedAt.slice(0, 10)}-${one.version}.jws"`,
        )
        .header('cache-control', 'private, no-store')
        .send(receipt);
    },
  });
};
