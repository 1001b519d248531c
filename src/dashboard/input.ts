// What comes with a page's request: filters from the address, fields from a form. A filter that is not valid is left out,
// for an address may be old; a field that is not valid is told beside it, and nothing is done.
import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { HubError } from '../errors.ts';
import { maskNumbers } from '../model/cpr.ts';
import type { Viewer } from './context.ts';

type Fields = Readonly<Record<string, z.ZodType>>;
type Values<F extends Fields> = { readonly [K in keyof F]?: z.infer<F[K]> };

/** The filters of a page; each by itself, so that one bad one spoils no other. Empty is absent. */
export const readFilters = <F extends Fields>(request: FastifyRequest, fields: F): Values<F> => {
  const given = request.query as Readonly<Record<string, unknown>>;
  const found = Object.entries(fields).flatMap(([name, schema]) => {
    const value = given[name];
    const read = value === undefined || value === '' ? undefined : schema.safeParse(value);
    return read?.success === true ? [[name, read.data] as const] : [];
  });
  return Object.fromEntries(found) as Values<F>;
};

export type FormResult<T> =
  | { readonly ok: true; readonly data: T }
  /** Field → key of the text under `form.` that says what is wrong. */
  | { readonly ok: false; readonly faults: Readonly<Record<string, string>> };

/** The fields of a form, trimmed; what is not asked for is left out, and an empty field is absent. */
export const readForm = <T>(request: FastifyRequest, schema: z.ZodType<T>): FormResult<T> => {
  const body = (request.body ?? {}) as Readonly<Record<string, unknown>>;
  const trimmed = Object.fromEntries(
    Object.entries(body).flatMap(([name, value]) => {
      const text = typeof value === 'string' ? value.trim() : value;
      return text === '' || name === '_csrf' ? [] : [[name, text]];
    }),
  );
  const read = schema.safeParse(trimmed);
  if (read.success) return { ok: true, data: read.data };
  const faults = read.error.issues.map(({ path, code, message }) => {
    const key =
      code === 'custom' ? message : code === 'too_big' ? 'tooLong' : code === 'invalid_type' ? 'missing' : 'invalid';
    return [path.join('.') || 'form', key] as const;
  });
  return { ok: false, faults: Object.fromEntries(faults.reverse()) };
};

/** Why somebody does something weighty; it is read by many, so it holds no number of a person. */
export const whyField = z.string().max(500).transform(maskNumbers);

/** Who acts, for what is written down about it. @throws HubError when nobody is signed in: the guard let no one through */
export const viewerOf = (request: FastifyRequest): Viewer => {
  if (request.viewer === undefined)
    throw new HubError({ code: 'request/unauthorised', fault: 'config', message: 'Nobody is signed in.' });
  return request.viewer;
};

export const actingOf = (request: FastifyRequest): { readonly person: string; readonly role: string } => {
  const { actor } = viewerOf(request);
  return { person: actor.person, role: actor.role ?? actor.kind };
};

/** Of the form (a random id), so that sent twice it counts once; anything else is as good as new. */
export const onceOf = (request: FastifyRequest, field: 'once' | 'key' = 'once'): string => {
  const { [field]: given } = (request.body ?? {}) as Readonly<Record<string, unknown>>;
  return z.uuid().safeParse(given).data ?? randomUUID();
};

/** The same address with some of its query changed; `undefined` takes a name away. */
export const withQuery = (url: string, changes: Readonly<Record<string, string | number | undefined>>): string => {
  const [path = '/', query = ''] = url.split('?');
  const params = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) params.delete(name);
    else params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
};

/** A day of a filter. */
export const dayField = z.iso.date();

/** The day after: a filter's last day counts as a whole. */
export const nextDay = (day: string): string => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);

/** In a route: `/admin/alerts/:id(${uuidPattern})`. */
export const uuidPattern = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';
