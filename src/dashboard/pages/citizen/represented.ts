// Who may act for the citizen, and ending a power of attorney in two steps. Guardians and custody are the municipality's to
// end; the page says so.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { copenhagenDay } from '../../../clock.ts';
import type { DashboardContext } from '../../context.ts';
import { readForm } from '../../input.ts';
import type { Pages } from '../../render.ts';
import { type At, registerPart } from './frame.ts';
import { receiptsPart } from './parts.ts';

export interface ShownRepresentation {
  readonly id: string;
  readonly version: number;
  readonly type: 'powerOfAttorney' | 'guardian' | 'custody';
  readonly name?: string;
  readonly from: string;
  readonly to?: string;
  readonly ended: boolean;
  readonly recordedAs: string;
  readonly text: string;
}

/** The newest version of each, in force or to come. */
export const standingRepresentations = (
  all: readonly ShownRepresentation[],
  today: string,
): readonly ShownRepresentation[] => {
  const newest = new Map<string, ShownRepresentation>();
  for (const one of all) if (one.version > (newest.get(one.id)?.version ?? 0)) newest.set(one.id, one);
  return [...newest.values()].filter(({ ended, to = '9999' }) => !ended && to >= today);
};

const below = '/representation/:representation(^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$)';
const form = z.object({ key: z.uuid() });

export const registerRepresented = (app: FastifyInstance, context: DashboardContext, pages: Pages): void => {
  const oneOf = async (at: At): Promise<ShownRepresentation | undefined> => {
    const { representation } = at.request.params as { readonly representation: string };
    const { representations } = await at.get<{ readonly representations: readonly ShownRepresentation[] }>(
      '/representations',
    );
    const today = copenhagenDay(context.clock.now());
    return standingRepresentations(representations, today).find(({ id }) => id === representation);
  };
  registerPart(app, context, pages, receiptsPart, {
    below,
    get: async (at) => {
      const one = await oneOf(at);
      if (one === undefined || one.type !== 'powerOfAttorney') return pages.missing(at.request, at.reply);
      return at.show(
        'representation',
        { title: pages.speech(at.request).t('receipts.endTitle') },
        { one, key: randomUUID() },
      );
    },
    post: async (at) => {
      const given = readForm(at.request, form);
      const one = await oneOf(at);
      if (!given.ok || one === undefined) return pages.missing(at.request, at.reply);
      await at.post(`/v1/representations/${one.id}/end`, {}, given.data.key);
      return at.reply.redirect(`${at.base}/receipts?done=receipts.ended`, 303);
    },
  });
};
