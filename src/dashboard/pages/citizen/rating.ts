// How the citizen finds it goes: three questions, asked again when the feed says; their own answers as a picture; and that
// nobody else reads them unless the citizen says so.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { copenhagenDay } from '../../../clock.ts';
import type { DashboardContext } from '../../context.ts';
import { onceOf, readForm, uuidPattern } from '../../input.ts';
import type { Pages } from '../../render.ts';
import { type At, registerPart } from './frame.ts';
import { ratingPart } from './parts.ts';
import type { Shown } from './shown.ts';

type Rating = Shown<'rating'> & { readonly mine: boolean };
interface Ratings {
  readonly ratings: readonly Rating[];
  readonly due?: string;
}

export const questions = ['influence', 'cooperation', 'direction'] as const;
const score = z.coerce.number({ error: 'missing' }).int().min(1).max(5);
const form = z.object({
  influence: score,
  cooperation: score,
  direction: score,
  comment: z.string().max(1000).optional(),
  key: z.uuid(),
});

/** As the chart's script reads it: oldest first. */
export const ratingChart = (ratings: readonly Rating[], label: (question: string) => string): string | undefined => {
  const told = ratings.toSorted((a, b) => a.at.localeCompare(b.at));
  if (told.length < 2) return undefined;
  return JSON.stringify({
    x: told.map(({ at }) => Math.floor(Date.parse(at) / 1000)),
    series: questions.map((question) => ({ label: label(question), values: told.map((one) => one[question]) })),
  });
};

const ratingOf = (at: At): string => (at.request.params as { readonly rating: string }).rating;

export const registerRating = (app: FastifyInstance, context: DashboardContext, pages: Pages): void => {
  const show = async (
    at: At,
    refilled: { readonly faults?: Readonly<Record<string, string>> } = {},
  ): Promise<FastifyReply> => {
    const { ratings, due } = await at.get<Ratings>('/ratings');
    const { t } = pages.speech(at.request);
    const given = (at.request.body ?? {}) as Readonly<Record<string, unknown>>;
    const chart = ratingChart(ratings, (question) => t(`rating.short.${question}`));
    return at.show(
      'rating',
      {
        title: t('rating.title'),
        ...(refilled.faults === undefined ? {} : { status: 422 }),
        ...(chart === undefined ? {} : { scripts: ['chart'] }),
      },
      {
        ratings,
        chart,
        due,
        isDue: due !== undefined && due <= copenhagenDay(context.clock.now()),
        questions,
        given,
        key: randomUUID(),
        ...refilled,
      },
    );
  };

  registerPart(app, context, pages, ratingPart, {
    get: (at) => show(at),
    post: async (at) => {
      const read = readForm(at.request, form);
      if (!read.ok) return show(at, { faults: read.faults });
      const { key, ...answers } = read.data;
      await at.post(`/v1/citizens/${at.id}/ratings`, answers, key);
      return at.reply.redirect(`${at.base}/rating?done=rating.given`, 303);
    },
  });

  registerPart(app, context, pages, ratingPart, {
    below: `/:rating(${uuidPattern})/withdraw`,
    get: async (at) => {
      const one = (await at.get<Ratings>('/ratings')).ratings.find(({ id, mine }) => mine && id === ratingOf(at));
      if (one === undefined) return pages.missing(at.request, at.reply);
      return at.show(
        'rating-withdraw',
        { title: pages.speech(at.request).t('rating.withdrawTitle') },
        { one, key: randomUUID() },
      );
    },
    post: async (at) => {
      const key = onceOf(at.request, 'key');
      await at.post(`/v1/citizens/${at.id}/ratings/${ratingOf(at)}/withdraw`, undefined, key);
      return at.reply.redirect(`${at.base}/rating?done=rating.withdrawn`, 303);
    },
  });
};
