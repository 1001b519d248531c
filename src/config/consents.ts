// Which sources are believed about consents, and in what. A source that is not named here lets nobody see anything, and its
// refusals are not heard either; of one that is, refusals always count.
import { z } from 'zod';
import { domains } from '../model/values.ts';
import { flag } from './values.ts';

const recipient = z
  .string()
  .regex(
    /^(person|role|unit|organisation|consumer):\S.{0,199}$/,
    'person:, role:, unit:, organisation: or consumer: and an id',
  );

export const consents = z.strictObject({
  from: z
    .record(
      z.string(),
      z.strictObject({
        /** Domains in which its grants count; none: refusals alone. */
        mayGrant: z.array(z.enum(domains)).default([]),
        /** Purposes its grants count for; absent: those they name, and any where they name none. */
        purposes: z.array(z.string().min(1)).min(1).optional(),
        /** How sensitive records its grants reach at most. */
        upTo: z.enum(['normal', 'confidential', 'sensitive']).default('normal'),
        /** Grants without a last day count until they are withdrawn. */
        openEnded: flag.prefault('no'),
        /** What the source calls those who may see: its name of each → who that is here. */
        recipients: z.record(z.string(), recipient).default({}),
      }),
    )
    .default({}),
});
