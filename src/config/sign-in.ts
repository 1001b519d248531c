// How people sign in to the pages: the municipality's OpenID Connect provider, and how long a session lasts. Without it
// there are pages for anybody only.
import { z } from 'zod';
import { duration, encryptedUrl } from './values.ts';

const signIn = z
  .strictObject({
    /** The provider; its addresses are read from `<issuer>/.well-known/openid-configuration`. */
    issuer: encryptedUrl,
    clientId: z.string().min(1),
    /** One of the two; both normally `${file:…}`. */
    clientSecret: z.string().min(1).meta({ secret: true }).optional(),
    /** PKCS#8 PEM: the hub signs for itself (private_key_jwt) instead of sending a secret. */
    privateKey: z
      .string()
      .regex(/-----BEGIN PRIVATE KEY-----/, 'a PKCS#8 key as PEM, normally ${file:…}')
      .meta({ secret: true })
      .optional(),
    /** The key's id at the provider, where it wants one. */
    keyId: z.string().min(1).optional(),
    keyAlgorithm: z.enum(['PS256', 'RS256', 'ES256', 'EdDSA']).default('PS256'),
    /** With what makes the provider issue an access token for the hub, and `offline_access` where it renews them. */
    scopes: z.array(z.string().regex(/^[\x21-\x7e]+$/)).default(['openid', 'profile']),
    /** Asks for an access token for this audience, where the provider knows `audience`. */
    audience: z.string().min(1).optional(),
    /** The same where it knows resource indicators (RFC 8707). */
    resource: z.url().optional(),
  })
  .refine(
    ({ clientSecret, privateKey }) => (clientSecret === undefined) !== (privateKey === undefined),
    'either clientSecret or privateKey',
  )
  .refine(({ scopes }) => scopes.includes('openid'), { path: ['scopes'], message: 'openid is among them' });

export type SignInConfig = z.infer<typeof signIn>;

const isOrigin = (text: string): boolean => new URL(text).origin === text.replace(/\/$/, '');

export const dashboard = z
  .strictObject({
    /** Where browsers reach the hub: the origin alone. Without it only this machine's own browser can sign in. */
    publicUrl: encryptedUrl.refine((text) => isOrigin(text), 'an address without a path').optional(),
    signIn: signIn.optional(),
    /** However busy: then a new log-in is needed. */
    sessionLength: duration.prefault('8h'),
    /** Nobody there. */
    idle: duration.prefault('30m'),
  })
  .refine(({ sessionLength, idle }) => idle <= sessionLength, {
    path: ['idle'],
    message: 'is not longer than sessionLength',
  });

export type DashboardConfig = z.infer<typeof dashboard>;
