// Signatures by Standard Webhooks: HMAC (`whsec_`, v1) by its own library, Ed25519 (`whsk_` here, `whpk_` there, v1a),
// which the library does not have, by node's. The signed text is `id.timestamp.body`; several secrets give several.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

export const signatures = ['hmac', 'ed25519'] as const;
export type SignatureKind = (typeof signatures)[number];

const privatePrefix = 'whsk_';
// What PKCS #8 writes before the 32 bytes of an Ed25519 key.
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

const rawPublic = (key: KeyObject): Buffer => Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');

/** A new secret, as it is stored: the shared one, or seed and public key. */
export const newSecret = (kind: SignatureKind): string => {
  if (kind === 'hmac') return `whsec_${randomBytes(32).toString('base64')}`;
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const seed = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
  return `${privatePrefix}${Buffer.concat([seed, rawPublic(publicKey)]).toString('base64')}`;
};

const privateKeyOf = (secret: string): KeyObject => {
  const seed = Buffer.from(secret.slice(privatePrefix.length), 'base64').subarray(0, 32);
  return createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' });
};

/** What the receiver verifies with, where that is not the secret itself. */
export const publicKeyOf = (secret: string): string | undefined =>
  secret.startsWith(privatePrefix)
    ? `whpk_${rawPublic(createPublicKey(privateKeyOf(secret))).toString('base64')}`
    : undefined;

const signatureBy = (secret: string, id: string, at: Date, body: string): string => {
  if (!secret.startsWith(privatePrefix)) return new Webhook(secret).sign(id, at, body);
  const text = `${id}.${Math.floor(at.getTime() / 1000)}.${body}`;
  return `v1a,${sign(null, Buffer.from(text), privateKeyOf(secret)).toString('base64')}`;
};

/** The three headers of one attempt, signed with every secret that holds. */
export const signedHeaders = (
  secrets: readonly string[],
  id: string,
  at: Date,
  body: string,
): Readonly<Record<string, string>> => ({
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
  'webhook-signature': secrets.map((secret) => signatureBy(secret, id, at, body)).join(' '),
});
