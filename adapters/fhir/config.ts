// What a FHIR source's `config` block may say. Everything arrives as text (hub configuration is read untyped).
import { z } from 'zod';

const secret = z.string().min(1).meta({ secret: true });

const auth = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('bearer'), token: secret }),
  z.strictObject({
    type: z.literal('oauth2'),
    tokenUrl: z.url({ protocol: /^https?$/ }),
    clientId: z.string().min(1),
    clientSecret: secret,
    scope: z.string().optional(),
  }),
]);

/** On unless said otherwise. */
const flag = z
  .enum(['yes', 'no', 'true', 'false'])
  .default('yes')
  .transform((text) => text === 'yes' || text === 'true');

export const fhirConfig = z.strictObject({
  /** The FHIR server's base URL: `https://fhir.example.dk/r4`. */
  baseUrl: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  auth: auth.default({ type: 'none' }),
  /** `_count`; the server may give less. */
  pageSize: z.coerce.number().int().min(1).max(1000).default(200),
  /** How long after its `lastUpdated` a record may still become visible (late commits, clocks apart). */
  overlapSeconds: z.coerce.number().int().min(0).max(86_400).default(60),
  /** Read the organisations and professionals that records refer to without naming them. */
  resolve: flag,
  /** Does the server know `_sort=_lastUpdated`? Without it an expired paging link costs a traversal from its beginning. */
  sort: flag,
  /** Does the server know `_lastUpdated`? Without it every run reads everything. */
  changedSince: flag,
  /** Headers every request carries, for example an API key or a tenant. */
  headers: z.record(z.string(), secret).default({}),
  /** Fixed search parameters of a kind: `{ CarePlan: { _profile: … } }`. */
  search: z.record(z.string(), z.record(z.string(), z.string())).default({}),
});

export type FhirConfig = z.infer<typeof fhirConfig>;

export const hostsOf = (config: FhirConfig): readonly string[] => {
  const urls = [config.baseUrl, ...(config.auth.type === 'oauth2' ? [config.auth.tokenUrl] : [])];
  return [...new Set(urls.map((url) => new URL(url).host))];
};
