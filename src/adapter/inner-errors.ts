// Errors inside answers that say 200: where the code stands, which codes are none, which are worth another try.
import { z } from 'zod';
import { HubError } from '../errors.ts';
import { fieldPathSchema, textAt } from './fields.ts';
import { badAnswer } from './listing.ts';

export const errorsSchema = z.strictObject({
  /** Where the answer tells how it went: `status.kode`. XML over HTTP: beginning with the root’s name. */
  path: fieldPathSchema,
  /** Values that mean success; an answer without the field is one too, unless `mustBeThere`. */
  ok: z.array(z.string()).default([]),
  mustBeThere: z
    .enum(['yes', 'no'])
    .default('no')
    .transform((text) => text === 'yes'),
  /** The source is busy or down: tried again later. */
  retry: z.array(z.string()).default([]),
  /** The credentials are refused. */
  unauthorised: z.array(z.string()).default([]),
  /** The source refuses to show this citizen. */
  forbidden: z.array(z.string()).default([]),
  /** Nothing was found: an empty answer, not a failure. */
  none: z.array(z.string()).default([]),
});
export type ErrorsConfig = z.infer<typeof errorsSchema>;

/** What a code means. */
export const refusal = (
  value: string,
  { retry, unauthorised, forbidden }: Pick<ErrorsConfig, 'retry' | 'unauthorised' | 'forbidden'>,
): HubError => {
  if (retry.includes(value))
    return new HubError({
      code: 'source/unavailable',
      fault: 'transient',
      message: 'The source says inside its answer that it cannot answer now.',
    });
  if (unauthorised.includes(value))
    return new HubError({
      code: 'source/unauthorised',
      fault: 'config',
      message: 'The source refuses the credentials inside its answer.',
      hint: 'Check the `auth` block of this source.',
    });
  if (forbidden.includes(value))
    return new HubError({
      code: 'source/forbidden',
      fault: 'source',
      message: 'The source refuses to show this, inside its answer.',
    });
  return badAnswer(
    'The source reports an error inside an answer that says 200.',
    'Its code stands at `errors.path`; if it is no error, add it to `errors.ok` or `errors.none`.',
  );
};

/** @returns whether there is something to read. @throws HubError by what the code means; its value is not told */
export const checkErrors = (answer: unknown, errors: ErrorsConfig | undefined): 'records' | 'none' => {
  if (errors === undefined) return 'records';
  const value = textAt(answer, errors.path);
  if (value === undefined) {
    if (!errors.mustBeThere) return 'records';
    throw badAnswer('The answer does not say how it went.', 'Check `errors.path`, or set `errors.mustBeThere: no`.');
  }
  if (errors.ok.includes(value)) return 'records';
  if (errors.none.includes(value)) return 'none';
  throw refusal(value, errors);
};
