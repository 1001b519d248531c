// What may be said of a representation, checked field by field; an error names the field, never its value. Only a citizen
// gives a power of attorney in person; guardians and custody are recorded by staff, with evidence.
import { z } from 'zod';
import { copenhagenDay, copenhagenInstant } from '../clock.ts';
import { type ParsedNumber, parseNumber } from '../model/cpr.ts';
import { kindNames } from '../model/kinds.ts';
import { domains, line, plausibleDay } from '../model/values.ts';
import { dayAfter, invalid } from './consent-input.ts';

const list = <T extends z.ZodType>(item: T) => z.array(item).min(1).max(20);

const representationInput = z.strictObject({
  type: z.enum(['powerOfAttorney', 'guardian', 'custody']),
  cpr: z.string().min(9).max(11),
  name: line.max(200).optional(),
  form: z.enum(['5', '6', '7']).optional(),
  domains: list(z.enum(domains)).optional(),
  kinds: list(z.enum(kindNames)).optional(),
  from: plausibleDay.optional(),
  to: plausibleDay.optional(),
  evidence: line.optional(),
});

export interface CheckedRepresentation extends Omit<z.output<typeof representationInput>, 'cpr'> {
  readonly number: ParsedNumber;
  readonly validFrom: Date;
  readonly validTo: Date | null;
}

/** @throws HubError `request/invalid` with the path of the field. */
export const checkRepresentationInput = (input: unknown, now: Date): CheckedRepresentation => {
  const parsed = representationInput.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const unknown = issue?.code === 'unrecognized_keys';
    throw invalid(
      issue?.path.map(String).join('.') || 'body',
      unknown ? 'A field that is not known here.' : 'The field is missing or not valid.',
    );
  }
  const { cpr, ...wanted } = parsed.data;
  const number = parseNumber(cpr);
  if (number === undefined) throw invalid('cpr', 'Not a CPR number or a replacement of one.');
  if (wanted.type === 'guardian' && wanted.form === undefined)
    throw invalid('form', 'Say the paragraph of værgemålsloven.', '5, 6 or 7 (samværge)');
  if (wanted.type !== 'guardian' && wanted.form !== undefined)
    throw invalid('form', 'Only guardians have a paragraph.');
  // A guardian is appointed for something; what the decision does not name they do not see.
  if (wanted.type === 'guardian' && wanted.domains === undefined)
    throw invalid('domains', 'Say what the decision of guardianship covers.');
  if (wanted.type === 'custody' && (wanted.domains ?? wanted.kinds) !== undefined)
    throw invalid(wanted.domains === undefined ? 'kinds' : 'domains', 'Custody has no narrower scope.');
  const today = copenhagenDay(now);
  const from = wanted.from ?? today;
  if (wanted.to !== undefined && wanted.to < from) throw invalid('to', 'The last day is before the first.');
  if (wanted.to !== undefined && wanted.to < today) throw invalid('to', 'The last day is already over.');
  return {
    ...wanted,
    number,
    validFrom: copenhagenInstant(from),
    validTo: wanted.to === undefined ? null : copenhagenInstant(dayAfter(wanted.to)),
  };
};
