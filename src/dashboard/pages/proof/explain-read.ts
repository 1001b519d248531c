// The questions behind the page "who can see what": for one reader at one moment, for a second to hold beside, and the
// consents the answers rest on. All of them the feed's.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { copenhagenDay, copenhagenInstant, copenhagenTime } from '../../../clock.ts';
import type { DashboardContext } from '../../context.ts';
import { withQuery } from '../../input.ts';
import type { Decided } from './explain-view.ts';
import { askFeed } from './feed.ts';

const pageSize = 1_000;
/** A citizen has hundreds of records; this many are never shown. */
const mostPages = 5;

const text = z.string().trim().min(1).max(200);
/** `2026-11-17T14:05`, Copenhagen time, as a browser's field says it. */
const localField = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/)
  .refine((said) => !Number.isNaN(Date.parse(`${said}Z`)));

export const explainFilters = {
  citizen: z.uuid(),
  reader: text,
  role: text,
  unit: text,
  organisation: text,
  consumer: text,
  domain: text,
  sector: z.enum(['public', 'private']),
  at: localField,
  /** What it is held beside. */
  reader2: text,
  at2: localField,
};
export type Chosen = { readonly [K in keyof typeof explainFilters]?: z.infer<(typeof explainFilters)[K]> | undefined };

/** Somebody the log does not know: only what is said of them counts. */
const somebody = 'somebody';

export const localOf = (at: Date): string => `${copenhagenDay(at)}T${copenhagenTime(at)}`;
/** A moment that has not come yet is now. */
const instantOf = (local: string | undefined, now: Date): string | undefined => {
  const [day, time] = (local ?? '').split('T');
  if (day === undefined || time === undefined) return undefined;
  const at = copenhagenInstant(day, time);
  return at > now ? undefined : at.toISOString();
};

export interface Explained {
  readonly at: string;
  readonly reader: {
    readonly kind: string;
    readonly person: string;
    readonly sector: string;
    readonly role?: string;
    readonly unit?: string;
    readonly organisation?: string;
    readonly consumer?: string;
    readonly domain?: string;
  };
  readonly known: boolean;
  readonly decisions: readonly Decided[];
  /** Not all of them are here. */
  readonly cut: boolean;
}

interface Asked {
  readonly reader: string | undefined;
  readonly at: string | undefined;
}

const explained = async (
  context: DashboardContext,
  request: FastifyRequest,
  { citizen = '', role, unit, organisation, consumer, domain, sector = 'public' }: Chosen,
  { reader = somebody, at }: Asked,
): Promise<Explained> => {
  // Of a person whom the log knows their own role and place count, as they were then.
  const said = reader === somebody ? { role, unit, organisation, consumer } : {};
  const decisions: Decided[] = [];
  for (let after: string | undefined, page = 1; ; page += 1) {
    const query = withQuery('', { ...said, reader, domain, sector, at, after, limit: pageSize });
    const answer = await askFeed<Omit<Explained, 'known' | 'cut'> & { more: boolean; next?: string }>(
      context,
      request,
      `/v1/citizens/${citizen}/explain${query}`,
    );
    decisions.push(...answer.decisions);
    if (!answer.more || page === mostPages)
      return { at: answer.at, reader: answer.reader, known: reader !== somebody, decisions, cut: answer.more };
    after = answer.next;
  }
};

/** Undefined: nobody is asked about yet. */
export const readExplained = async (
  context: DashboardContext,
  request: FastifyRequest,
  chosen: Chosen,
): Promise<{ readonly first: Explained; readonly second?: Explained } | undefined> => {
  const { reader, role, unit, organisation, consumer, reader2, at2 } = chosen;
  if ([reader, role, unit, organisation, consumer].every((one) => one === undefined)) return undefined;
  const now = context.clock.now();
  const at = instantOf(chosen.at, now);
  const first = await explained(context, request, chosen, { reader, at });
  if (reader2 === undefined && at2 === undefined) return { first };
  const beside = { reader: reader2 ?? reader, at: at2 === undefined ? at : instantOf(at2, now) };
  return { first, second: await explained(context, request, chosen, beside) };
};
