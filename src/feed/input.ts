// What requests may hold: bodies through zod, query values with limits. Refusals name the field, never its value.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { HubError } from '../errors.ts';

export const invalid = (path: string, message: string): HubError =>
  new HubError({ code: 'request/invalid', fault: 'config', message, path });

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const isUuid = (text: unknown): text is string => typeof text === 'string' && uuid.test(text);

/** Postgres texts cannot hold it, and no name or reference needs it. @throws HubError `request/invalid`. */
export const refuseNul = (given: unknown, place: 'body' | 'query'): void => {
  if (given !== undefined && written(given).includes('\\u0000')) throw invalid(place, 'A character that is not text.');
};

/** Lists within lists by the thousand are JSON that can be read but not walked. */
const written = (body: unknown): string => {
  try {
    return JSON.stringify(body);
  } catch {
    throw invalid('body', 'Nested too deeply.');
  }
};

const reasonOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'unrecognized_keys'
    ? 'A field that is not known here.'
    : issue.code === 'invalid_type'
      ? `Should be ${issue.expected}.`
      : issue.code === 'too_big' || issue.code === 'too_small'
        ? 'Too long, too short, too much or too little.'
        : 'Not one of the values or the form this field takes.';

/** @throws HubError `request/invalid` with the path of the first field at fault. */
export const readBody = <T>(schema: z.ZodType<T>, request: FastifyRequest): T => {
  const result = schema.safeParse(request.body ?? {});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalid(issue?.path.join('.') || 'body', issue === undefined ? 'Not valid.' : reasonOf(issue));
};

/** `limit`, 1 to 1,000, default 100. */
export const limitOf = (request: FastifyRequest): number => {
  const { limit } = request.query as { limit?: unknown };
  if (limit === undefined) return 100;
  const number = typeof limit === 'string' && /^\d{1,4}$/.test(limit) ? Number(limit) : 0;
  if (number < 1 || number > 1000) throw invalid('limit', 'A number from 1 to 1,000.');
  return number;
};

/** Answers about people are never kept by caches. */
export const sendJson = (reply: FastifyReply, status: number, value: unknown): FastifyReply =>
  reply
    .code(status)
    .header('content-type', 'application/json; charset=utf-8')
    .header('cache-control', 'private, no-store')
    .header('vary', 'Authorization, X-Purpose')
    .send(JSON.stringify(value));
