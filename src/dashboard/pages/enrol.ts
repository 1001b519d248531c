// Enrolling a citizen: number, basis, and where their yes is. The answer is the same whether the number was known or not.
import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { errorPage } from '../errors.ts';
import { dayField, readForm, viewerOf } from '../input.ts';
import type { RegisterPage } from '../routes.ts';
import { mayEnrol } from './citizens.ts';

const form = z.object({
  cpr: z.string().min(9).max(11),
  basis: z.string().max(63),
  evidence: z.string().max(500),
  from: dayField.optional(),
  key: z.uuid(),
});

export const registerEnrol: RegisterPage = (app, context, pages) => {
  const config = { page: 'signed-in' } as const;
  const show = (
    request: FastifyRequest,
    reply: FastifyReply,
    faults?: Readonly<Record<string, string>>,
  ): FastifyReply => {
    if (!mayEnrol(viewerOf(request))) return errorPage(pages, reply, 403, request.id);
    const { t } = pages.speech(request);
    const { cpr: _, ...given } = (request.body ?? {}) as Readonly<Record<string, unknown>>;
    return pages.page(
      request,
      reply,
      'enrol',
      { title: t('enrol.title'), ...(faults === undefined ? {} : { status: 422 }) },
      { bases: context.practice.enrolmentBases, given, faults, key: randomUUID() },
    );
  };
  app.get('/citizens/enrol', { config }, async (request, reply) => show(request, reply));
  app.post('/citizens/enrol', { config }, async (request, reply) => {
    const read = readForm(request, form);
    if (!read.ok || !mayEnrol(viewerOf(request))) return show(request, reply, read.ok ? {} : read.faults);
    const { key, ...body } = read.data;
    const headers = { 'idempotency-key': key };
    const answer = await context.ask(request, { method: 'POST', path: '/v1/enrolments', body, headers });
    if (answer.status === 202) return reply.redirect('/citizens?done=enrolment.made', 303);
    if (answer.status === 400) return show(request, reply, { cpr: 'invalid' });
    return errorPage(pages, reply, answer.status, request.id);
  });
};
