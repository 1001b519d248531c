// What may be said in a grant or refusal, checked field by field; an error names the field, never its value.
// Days are whole Copenhagen days, the last included.
import { z } from 'zod';
import { copenhagenDay, copenhagenInstant } from '../clock.ts';
import { HubError } from '../errors.ts';
import { kindNames } from '../model/kinds.ts';
import { domains, line, plausibleDay } from '../model/values.ts';

const list = <T extends z.ZodType>(item: T) => z.array(item).min(1).max(20);

export const consentInput = z.strictObject({
  decision: z.enum(['grant', 'refuse']),
  recipient: z
    .string()
    .regex(/^(person|role|unit|organisation|consumer):\S.{0,199}$/)
    .optional(),
  domains: list(z.enum(domains)).optional(),
  kinds: list(z.enum(kindNames)).optional(),
  record: z.guid().toLowerCase().optional(),
  purposes: list(z.string().max(63)).optional(),
  upTo: z.enum(['normal', 'confidential', 'sensitive']).optional(),
  show: z.enum(['content', 'busy']).optional(),
  from: plausibleDay.optional(),
  to: plausibleDay.optional(),
  evidence: line.optional(),
});
export type ConsentInput = z.input<typeof consentInput>;

export const invalid = (path: string, message: string, hint?: string): HubError =>
  new HubError({ code: 'request/invalid', fault: 'config', message, path, ...(hint === undefined ? {} : { hint }) });

export const dayAfter = (text: string): string => {
  const next = new Date(`${text}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
};

export interface CheckedConsent extends z.output<typeof consentInput> {
  readonly validFrom: Date;
  readonly validTo: Date | null;
}

/** @throws HubError `request/invalid` with the path of the field. */
export const checkConsentInput = (
  input: unknown,
  now: Date,
  purposes: readonly string[] | undefined,
): CheckedConsent => {
  const parsed = consentInput.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = issue?.path.map(String).join('.') || 'body';
    // A name that is not ours may be data: it is not said again.
    const unknown = issue?.code === 'unrecognized_keys';
    throw invalid(path, unknown ? 'A field that is not known here.' : 'The field is missing or not valid.');
  }
  const wanted = parsed.data;
  if (wanted.decision === 'grant' && wanted.recipient === undefined)
    throw invalid(
      'recipient',
      'A grant must name who may see.',
      'person:, role:, unit:, organisation: or consumer: and an id',
    );
  if (wanted.decision === 'refuse' && wanted.show !== undefined)
    throw invalid('show', 'A refusal hides; it cannot say how much is shown.');
  const strange = wanted.purposes?.findIndex((purpose) => purposes !== undefined && !purposes.includes(purpose)) ?? -1;
  if (strange >= 0) throw invalid(`purposes.${strange}`, 'The purpose is not known here.');
  const today = copenhagenDay(now);
  const from = wanted.from ?? today;
  if (wanted.to !== undefined && wanted.to < from) throw invalid('to', 'The last day is before the first.');
  if (wanted.to !== undefined && wanted.to < today) throw invalid('to', 'The last day is already over.');
  return {
    ...wanted,
    validFrom: copenhagenInstant(from),
    validTo: wanted.to === undefined ? null : copenhagenInstant(dayAfter(wanted.to)),
  };
};

/** The last whole Copenhagen day before an instant that ends a period. */
export const lastDay = (end: Date): string => copenhagenDay(new Date(end.getTime() - 1));
