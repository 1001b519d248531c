// Errors inside answers that say 200: where the code stands, which codes are none, which are worth another try.
import { z } from 'zod';
import { fieldPathSchema } from '../../src/adapter/fields.ts';

export const errorsSchema = z.strictObject({
  /** Where the answer tells how it went: `status.kode`. XML: the element’s path from the root’s children. */
  path: fieldPathSchema,
  /** Values that mean success; an answer without the field is one too, unless `mustBeThere`. */
  ok: z.array(z.string()).min(1),
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
