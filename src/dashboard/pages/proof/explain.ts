// Who could see what, when and why: a reader (known from the log, or anybody of a role, unit, organisation or system) at a
// moment, laid out by area and kind and record by record; beside another reader or moment. The reason is asked for first.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { MarkedConsent } from '../../../consent/before-party.ts';
import { readFilters, readForm, whyField, withQuery } from '../../input.ts';
import type { RegisterPage } from '../../routes.ts';
import { consentKey } from './consent-view.ts';
import { type Chosen, type Explained, explainFilters, localOf, readExplained } from './explain-read.ts';
import { reasonOf, sayReason } from './explain-reason.ts';
import { alike, type Decided, differencesOf, matrixOf } from './explain-view.ts';
import { askFeed, withFeed } from './feed.ts';
import { shortId } from './find-citizen.ts';
import type { Reader } from './log.ts';

const reasonForm = z.object({ citizen: z.uuid(), why: whyField });
const isAsked = (citizen: unknown): citizen is string => z.uuid().safeParse(citizen).success;

export const registerExplainPage: RegisterPage = (app, context, pages) => {
  const names = new Map(context.practice.units.map(({ id, name }) => [id, name]));
  const titles = new Map(context.sources.map(({ name, title }) => [name, title]));
  const placed = <T extends { unit?: string; organisation?: string }>(one: T) => ({
    ...one,
    place: [one.unit, one.organisation].filter((id) => id !== undefined).map((id) => names.get(id) ?? id)[0],
  });

  /** When a consent was written down that a decision rests on. */
  const datesOf = async (request: FastifyRequest, citizen: string, asked: readonly Explained[]) => {
    const rests = asked.some(({ decisions }) => decisions.some(({ basis }) => basis?.startsWith('consent:')));
    if (!rests) return new Map<string, string>();
    const { consents } = await askFeed<{ consents: readonly MarkedConsent[] }>(
      context,
      request,
      `/v1/citizens/${citizen}/consents`,
    );
    return new Map(consents.map((one) => [consentKey(one), one.recordedAt]));
  };

  const askFirst = (request: FastifyRequest, reply: FastifyReply, citizen: string, fault?: string): FastifyReply => {
    const { t } = pages.speech(request);
    const status = fault === undefined ? {} : { status: 422 };
    const data = { citizen, about: shortId(citizen), fault };
    return pages.page(request, reply, 'proof/explain-reason', { title: t('explain.title'), ...status }, data);
  };

  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    chosen: Chosen,
    citizen: string,
    reason: string,
  ) => {
    const { t } = pages.speech(request);
    const { readers } = await askFeed<{ readers: readonly Reader[] }>(
      context,
      request,
      `/v1/citizens/${citizen}/access-log/readers?limit=200`,
    );
    const answer = await readExplained(context, request, chosen);
    const dates = await datesOf(
      request,
      citizen,
      [answer?.first, answer?.second].filter((one) => one !== undefined),
    );
    const dressed = (one: Decided) => ({
      ...one,
      title: titles.get(one.source) ?? one.source,
      consentAt: one.basis === undefined ? undefined : dates.get(one.basis),
      consent: /^consent:([^:]+):(\d+)$/.exec(one.basis ?? ''),
    });
    const laidOut = (one: Explained) => ({
      ...one,
      reader: placed(one.reader),
      matrix: matrixOf(one.decisions),
      total: one.decisions.length,
      shown: one.decisions.filter(({ show }) => show === 'content').length,
      less: one.decisions.filter(({ show }) => show === 'busy' || show === 'stub').length,
      decisions: one.decisions.map(dressed),
    });
    const { first, second } = answer ?? {};
    return pages.page(
      request,
      reply,
      'proof/explain',
      { title: t('explain.title') },
      {
        citizen,
        about: shortId(citizen),
        reason,
        chosen,
        now: localOf(context.clock.now()),
        readers: readers.map(placed),
        // Those that are known here: of the staff who looked, and of who may take emergency access.
        roles: [
          ...new Set(
            [chosen.role, ...readers.map(({ role }) => role), ...context.practice.emergencyRoles, 'caseworker'].filter(
              (role) => role !== undefined,
            ),
          ),
        ].sort(),
        units: context.practice.units.filter(({ type }) => type === 'unit'),
        organisations: context.practice.units.filter(({ type }) => type === 'organisation'),
        consumers: context.consumers.registered,
        first: first === undefined ? undefined : laidOut(first),
        second: second === undefined ? undefined : laidOut(second),
        differences:
          first === undefined || second === undefined
            ? undefined
            : alike(differencesOf(first.decisions, second.decisions)).map((one) => ({
                ...one,
                title: titles.get(one.source) ?? one.source,
              })),
        plainHref: withQuery(request.url, { reader2: undefined, at2: undefined, done: undefined }),
      },
    );
  };

  app.get('/admin/explain', { config: { page: 'dpo' } }, (request, reply) =>
    withFeed(pages, request, reply, async () => {
      const chosen = readFilters(request, explainFilters);
      const { t } = pages.speech(request);
      const { citizen } = chosen;
      if (citizen === undefined) return pages.page(request, reply, 'proof/explain-whom', { title: t('explain.title') });
      const reason = await reasonOf(context, request, citizen);
      return reason === undefined ? askFirst(request, reply, citizen) : show(request, reply, chosen, citizen, reason);
    }),
  );

  app.post('/admin/explain', { config: { page: 'dpo' } }, (request, reply) =>
    withFeed(pages, request, reply, async () => {
      const form = readForm(request, reasonForm);
      const { citizen } = (request.body ?? {}) as { readonly citizen?: unknown };
      if (!isAsked(citizen)) return pages.missing(request, reply);
      if (!form.ok) return askFirst(request, reply, citizen, form.faults['why'] ?? 'invalid');
      // Nothing is written about a citizen the hub has never had.
      await askFeed(context, request, `/v1/citizens/${citizen}/access-log/readers?limit=1`);
      await sayReason(context, request, citizen, form.data.why);
      return reply.redirect(`/admin/explain?citizen=${citizen}`, 303);
    }),
  );
};
