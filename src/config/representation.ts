// Who represents whom: until which age custody does, and which sources are believed about custody and guardians.
import { z } from 'zod';
import { domains } from '../model/values.ts';

export const representation = z.strictObject({
  /** Custody alone represents until this age; from 15 a young person is party to their own case, at 18 it ends. */
  custodyUntil: z.coerce.number().int().min(0).max(18).default(15),
  /** Sources whose records of custody and guardians count. A guardian of theirs represents in these domains only. */
  from: z
    .record(z.string(), z.strictObject({ guardianDomains: z.array(z.enum(domains)).default([]) }).nullable())
    .default({}),
});
