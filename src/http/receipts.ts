// Receipts a citizen can keep: what was said, signed by the hub (JWS, Ed25519), to be verified by anybody with the public
// key and without the hub. The key is derived from the key file, so that a receipt of years ago still verifies.
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { CompactSign, calculateJwkThumbprint, exportJWK } from 'jose';
import type { FeedContext, Receipts } from '../feed/context.ts';

/** PKCS #8 around the 32 bytes of an Ed25519 key. */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

export const createReceipts = async (
  keys: FeedContext['keys'],
  municipality: { readonly code: string; readonly name: string },
): Promise<Receipts> => {
  const secret = createPrivateKey({
    key: Buffer.concat([pkcs8, keys.derive('receipt signature')]),
    format: 'der',
    type: 'pkcs8',
  });
  const jwk = await exportJWK(createPublicKey(secret));
  const kid = await calculateJwkThumbprint(jwk);
  return {
    jwks: { keys: [{ ...jwk, kid, alg: 'EdDSA', use: 'sig' }] },
    sign: (claims) =>
      new CompactSign(new TextEncoder().encode(JSON.stringify({ ...claims, municipality })))
        .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'samspil-receipt+jws' })
        .sign(secret),
  };
};
