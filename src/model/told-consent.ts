// What a source says a citizen has consented to or refused, as a mapping to `consent` makes it. It is no record of the plan:
// it becomes a consent of the hub where configuration believes the source, and is not kept otherwise.
import { z } from 'zod';
import { kindNames, kinds } from './kinds.ts';
import { day, domains, instant, line } from './values.ts';

export const toldConsent = z
  .strictObject({
    decision: z.enum(['grant', 'refuse']).meta({ da: 'samtykke eller afslag' }),
    /** Whatever is not plainly in force is over: a draft, a rejected or a withdrawn one. */
    status: z.enum(['active', 'inactive']).meta({ da: 'status' }),
    /** `person:…`, `role:…`, `unit:…`, `organisation:…`, `consumer:…`, or what the configuration's `recipients` translates. */
    recipient: line.meta({ da: 'modtager' }).optional(),
    domains: z.array(z.enum(domains)).max(20).meta({ da: 'områder' }).optional(),
    kinds: z
      .array(z.enum(kindNames as [string, ...string[]]))
      .max(20)
      .meta({ da: 'arter af oplysninger' })
      .optional(),
    purposes: z.array(line).max(20).meta({ da: 'formål' }).optional(),
    upTo: z.enum(['normal', 'confidential', 'sensitive']).meta({ da: 'følsomhed' }).optional(),
    /** A day is a whole Copenhagen day, the last included; an instant is kept to the second. */
    from: z.union([day, instant]).meta({ da: 'fra' }).optional(),
    to: z.union([day, instant]).meta({ da: 'til' }).optional(),
    givenAt: day.meta({ da: 'givet' }).optional(),
    evidence: line.meta({ da: 'hvor det står' }).optional(),
  })
  .meta({ da: 'samtykke' });
export type ConsentFields = z.infer<typeof toldConsent>;

/** Everything a mapping can make. */
export const entities = { ...kinds, consent: toldConsent } as const;
export type Entity = keyof typeof entities;
