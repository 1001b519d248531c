// What a citizen can say about one reader and area, as the fields of an address and of a form: the same fields lead to the
// page that tells what would change, and to the act.
import { z } from 'zod';
import { dayField, readFilters } from '../../input.ts';
import type { At } from './frame.ts';
import { areas, everybody } from './sharing-view.ts';

const recipient = z.string().regex(/^(all|(person|role|unit|organisation|consumer):\S.{0,199})$/);
const kind = z.string().regex(/^[a-zA-Z]{1,40}$/);
/** One box ticked comes as a text, several as a list. */
const kindsField = z.union([kind.transform((one) => [one]), z.array(kind).min(1).max(20)]);

export const saying = {
  who: recipient,
  area: z.enum(areas),
  decision: z.enum(['grant', 'refuse']),
  upTo: z.enum(['normal', 'confidential', 'sensitive']),
  kinds: kindsField,
  show: z.enum(['content', 'busy']),
  to: dayField,
  purpose: z.string().max(63),
  record: z.uuid(),
};
type Fields = { readonly [K in keyof typeof saying]?: z.infer<(typeof saying)[K]> | undefined };

export interface Saying extends Fields {
  readonly who: string;
  readonly decision: 'grant' | 'refuse';
}

/** Undefined: an address that says nothing. */
export const sayingOf = (fields: Fields): Saying | undefined => {
  const { who, decision } = fields;
  if (who === undefined || decision === undefined || (who === everybody && decision === 'grant')) return undefined;
  return { ...fields, who, decision };
};

/** A field that was filled in and cannot be read: the feed is not asked for something else instead. */
export const faultOf = (at: At): string | undefined => {
  const given = at.request.query as Readonly<Record<string, unknown>>;
  const read = readFilters(at.request, saying) as Readonly<Record<string, unknown>>;
  return Object.keys(saying).find(
    (name) => given[name] !== undefined && given[name] !== '' && read[name] === undefined,
  );
};

/** As the feed takes it. */
export const consentOf = (said: Saying): object => {
  const { who, area, decision, upTo, kinds, show, to, purpose, record } = said;
  const grant = decision === 'grant';
  return {
    decision,
    ...(who === everybody ? {} : { recipient: who }),
    ...(area === undefined ? {} : { domains: [area] }),
    ...(kinds === undefined ? {} : { kinds }),
    ...(record === undefined ? {} : { record }),
    ...(purpose === undefined ? {} : { purposes: [purpose] }),
    ...(grant && upTo !== undefined ? { upTo } : {}),
    ...(grant && show === 'busy' ? { show } : {}),
    ...(to === undefined ? {} : { to }),
  };
};

/** The fields again, for a form or an address. */
export const fieldsOf = (said: Fields): [name: string, value: string][] =>
  Object.keys(saying).flatMap((name) => {
    const value = said[name as keyof Fields] ?? [];
    return (typeof value === 'string' ? [value] : value).map((one): [string, string] => [name, one]);
  });
