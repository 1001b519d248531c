// Who may say who a caller is. Where several may, each speaks in a namespace of its own and says which kinds of caller it
// is for: one issuer must never be able to name another's people.
import { z } from 'zod';
import { encryptedUrl, flag, name } from './values.ts';

/** What a token can say of its caller. */
export const claimNames = [
  'person',
  'role',
  'organisation',
  'unit',
  'domain',
  'sector',
  'assurance',
  'kind',
  'citizen',
  'cpr',
  'consumer',
  'purpose',
] as const;
export type ClaimName = (typeof claimNames)[number];

const issuer = z.strictObject({
  issuer: z.string(),
  audience: z.string(),
  jwksUri: encryptedUrl,
  /** Actor field → claim name (dots for nested claims). */
  claims: z.partialRecord(z.enum(claimNames), z.string()).default({}),
  algorithms: z.array(z.enum(['RS256', 'ES256', 'EdDSA'])).default(['RS256', 'ES256', 'EdDSA']),
  /** The `typ` its access tokens carry, such as `at+jwt`; default: `at+jwt`, `JWT` or none. */
  tokenType: z.string().min(1).optional(),
  /** Only tokens bound to a client certificate (RFC 8705). Bound tokens need their certificate in any case. */
  bound: flag.default(false),
  /** Purposes its tokens may be used for; default: all of the hub's. */
  purposes: z.array(name).optional(),
  /** Kinds of caller it may name; default, for an only issuer: all. */
  kinds: z
    .array(z.enum(['professional', 'citizen', 'representative', 'consumer-system', 'administrator', 'dpo']))
    .min(1)
    .optional(),
  /** Put before its people's ids: `namespace: kombit` makes `person: 42` into `kombit:42`, in grants and log too. */
  namespace: name.optional(),
});
export type IssuerConfig = z.infer<typeof issuer>;

export const issuers = z.array(issuer).superRefine((list, context) => {
  const say = (at: number, field: keyof IssuerConfig, message: string): void =>
    context.addIssue({ code: 'custom', path: [at, field], message });
  const taken = (field: 'issuer' | 'namespace', at: number): boolean =>
    list.some((other, index) => index < at && other[field] === list[at]?.[field]);
  for (const [at, { namespace, kinds }] of list.entries()) {
    if (taken('issuer', at)) say(at, 'issuer', 'is there twice');
    if (list.length < 2) continue;
    if (namespace === undefined) say(at, 'namespace', 'is needed when there are several issuers');
    else if (taken('namespace', at)) say(at, 'namespace', 'is another issuer’s already');
    if (kinds === undefined) say(at, 'kinds', 'is needed when there are several issuers');
  }
});

/** Header in which a trusted proxy passes the caller's certificate on: `client-cert` (RFC 9440), nginx' escaped PEM, base64 DER. */
export const clientCertificateHeader = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9-]{1,60}$/, 'a header’s name');
