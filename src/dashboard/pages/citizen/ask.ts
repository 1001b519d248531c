// Asking the citizen for consent: for oneself or one's unit, which areas and kinds, how sensitive, until when and why; what
// became of what was asked, and taking a question back; and writing down a yes the citizen has given on paper or by word,
// with where it stands.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { copenhagenDay } from '../../../clock.ts';
import type { MarkedConsent } from '../../../consent/before-party.ts';
import { kindNames } from '../../../model/kinds.ts';
import { domains } from '../../../model/values.ts';
import type { DashboardContext } from '../../context.ts';
import { dayField, onceOf, readForm, uuidPattern } from '../../input.ts';
import type { Pages, Speech } from '../../render.ts';
import { type At, Refused, registerPart } from './frame.ts';
import { askPart } from './parts.ts';

const levels = ['normal', 'confidential', 'sensitive'] as const;
/** What is the citizen's own to share is not asked for here. */
const askedKinds = kindNames.filter((kind) => kind !== 'citizen' && kind !== 'rating');
/** Boxes of a form: none, one, or many. */
const boxes = <T extends z.ZodType>(one: T) =>
  z.preprocess((given) => (given === undefined ? [] : Array.isArray(given) ? given : [given]), z.array(one).max(20));

const form = z
  .object({
    how: z.enum(['ask', 'recorded']),
    for: z.enum(['person', 'unit']),
    domains: boxes(z.enum(domains)).refine((given) => given.length > 0, { error: 'missing' }),
    kinds: boxes(z.enum(askedKinds)),
    upTo: z.enum(levels),
    to: dayField.optional(),
    why: z.string().max(500).optional(),
    evidence: z.string().max(500).optional(),
    key: z.uuid(),
  })
  .superRefine(({ how, why, evidence }, { addIssue }) => {
    const fault = (path: string) => addIssue({ code: 'custom', path: [path], message: 'missing' });
    if (how === 'ask' && why === undefined) fault('why');
    if (how === 'recorded' && evidence === undefined) fault('evidence');
  });

interface Scope {
  readonly id: string;
  readonly recipient?: string;
  readonly domains?: readonly string[];
  readonly kinds?: readonly string[];
  readonly record?: string;
  readonly upTo: (typeof levels)[number];
  readonly show: 'content' | 'busy';
  readonly from: string;
  readonly to?: string;
}
interface Proposal extends Scope {
  readonly proposedAt: string;
  readonly state?: 'open' | 'given' | 'ended' | 'takenBack' | 'closed';
  readonly asked?: { readonly why: string; readonly mine: boolean };
}
/** What stands: of each consent its newest version, unless it was taken back or has run out. */
export const standingConsents = (consents: readonly MarkedConsent[], today: string): readonly MarkedConsent[] =>
  [...Map.groupBy(consents, ({ id }) => id).values()]
    .flatMap((versions) => versions.toSorted((a, b) => b.version - a.version).slice(0, 1))
    .filter(({ withdrawn, to = today, decision }) => !withdrawn && decision === 'grant' && to >= today);

/** Who is let see it, in the reader's own words: what the feed says of it is said to the citizen. */
const whoIn = ({ t, word }: Speech, at: At, units: ReadonlyMap<string, string>) => {
  const { person } = at.viewer.actor;
  return (recipient = ''): string => {
    const [type = '', ...rest] = recipient.split(':');
    const id = rest.join(':');
    if (type === 'person') return id === person ? t('ask.toMe') : id;
    if (type === 'role') return t('sharing.everyRole', { role: word('sharing.role', id) });
    return t('ask.unit', { unit: units.get(id) ?? id });
  };
};

export const registerAsk = (app: FastifyInstance, context: DashboardContext, pages: Pages): void => {
  const nameOfUnit = new Map(context.practice.units.map(({ id, name }) => [id, name]));

  const show = async (at: At, faults?: Readonly<Record<string, string>>): Promise<FastifyReply> => {
    const { actor } = at.viewer;
    const [{ proposals }, { consents }] = await Promise.all([
      at.get<{ readonly proposals: readonly Proposal[] }>('/consent-proposals'),
      at.get<{ readonly consents: readonly MarkedConsent[] }>('/consents'),
    ]);
    const speech = pages.speech(at.request);
    const { t } = speech;
    const who = whoIn(speech, at, nameOfUnit);
    const named = <T extends Scope>(one: T) => ({ ...one, who: who(one.recipient) });
    const standing = standingConsents(consents, copenhagenDay(context.clock.now()));
    const given = (at.request.body ?? {}) as Readonly<Record<string, unknown>>;
    return at.show(
      'ask',
      { title: t('ask.title'), ...(faults === undefined ? {} : { status: 422 }) },
      {
        asked: proposals.filter(({ asked }) => asked?.mine === true).map(named),
        consents: standing.filter(({ record }) => record === undefined).map(named),
        single: standing.filter(({ record }) => record !== undefined).length,
        domains,
        kinds: askedKinds,
        levels,
        given,
        chosen: (name: string): readonly unknown[] => [given[name]].flat(),
        faults,
        unit: actor.unit === undefined ? undefined : (nameOfUnit.get(actor.unit) ?? actor.unit),
        mayRecord: actor.scopes.includes('consents.write') && actor.unit !== undefined,
        today: copenhagenDay(context.clock.now()),
        key: randomUUID(),
      },
    );
  };

  registerPart(app, context, pages, askPart, {
    get: (at) => show(at),
    post: async (at) => {
      const read = readForm(at.request, form);
      if (!read.ok) return show(at, read.faults);
      const { actor, name } = at.viewer;
      const { key, how, kinds, why, evidence, for: whom, ...wanted } = read.data;
      const scope = { ...wanted, ...(kinds.length === 0 ? {} : { kinds }) };
      const base = `/v1/citizens/${at.id}`;
      try {
        if (how === 'ask') await at.post(`${base}/consent-proposals`, { ...scope, for: whom, name, why }, key);
        // Nobody writes down a yes for themselves: it is for the unit, as the form says.
        else
          await at.post(
            `${base}/consents`,
            { ...scope, decision: 'grant', recipient: `unit:${actor.unit}`, evidence },
            key,
          );
      } catch (thrown) {
        if (!(thrown instanceof Refused) || ![400, 409].includes(thrown.status)) throw thrown;
        return show(at, thrown.status === 409 ? { form: 'tooMany' } : { to: 'invalid' });
      }
      return at.reply.redirect(`${at.base}/ask?done=consent.${how === 'ask' ? 'asked' : 'recorded'}`, 303);
    },
  });
  registerPart(app, context, pages, askPart, {
    below: `/:proposal(${uuidPattern})/withdraw`,
    post: async (at) => {
      const { proposal } = at.request.params as { readonly proposal: string };
      const path = `/v1/citizens/${at.id}/consent-proposals/${proposal}/withdraw`;
      try {
        await at.post(path, undefined, onceOf(at.request, 'key'));
      } catch (thrown) {
        if (!(thrown instanceof Refused) || thrown.status !== 409) throw thrown;
        return at.reply.redirect(`${at.base}/ask?done=consent.answered#asked`, 303);
      }
      return at.reply.redirect(`${at.base}/ask?done=consent.takenBack#asked`, 303);
    },
  });
};
