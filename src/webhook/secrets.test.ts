// Signatures by Standard Webhooks: the library's own verifier accepts ours, Ed25519 verifies with the public key alone.
import { createPublicKey, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { newSecret, publicKeyOf, signedHeaders } from './secrets.ts';

const body = '{"x":"æøå"}';
const now = new Date();

describe('a signature', () => {
  it('with a shared secret is what the stock library verifies, each of two while they change', () => {
    const [fresh, former, other] = [newSecret('hmac'), newSecret('hmac'), newSecret('hmac')];
    const headers = signedHeaders([fresh, former], 'id1', now, body);
    for (const secret of [fresh, former]) expect(new Webhook(secret).verify(body, headers)).toEqual({ x: 'æøå' });
    expect(() => new Webhook(other).verify(body, headers)).toThrow('No matching signature');
    expect(() => new Webhook(fresh).verify(`${body} `, headers)).toThrow('No matching signature');
    expect(Buffer.from(fresh.slice(6), 'base64')).toHaveLength(32);
  });

  it('is bound to its time and id', () => {
    const secret = newSecret('hmac');
    const old = signedHeaders([secret], 'id1', new Date(now.getTime() - 400_000), body);
    expect(() => new Webhook(secret).verify(body, old)).toThrow('too old');
    const headers = signedHeaders([secret], 'id1', now, body);
    expect(() => new Webhook(secret).verify(body, { ...headers, 'webhook-id': 'id2' })).toThrow('No matching');
  });

  it('with Ed25519 verifies by the public key: whpk_ and 32 bytes, v1a over id.timestamp.body', () => {
    const secret = newSecret('ed25519');
    const shown = publicKeyOf(secret) ?? '';
    expect(shown).toMatch(/^whpk_/);
    const x = Buffer.from(shown.slice(5), 'base64');
    expect(x).toHaveLength(32);
    const headers = signedHeaders([secret], 'id1', now, body);
    const signature = headers['webhook-signature'] ?? '';
    expect(signature).toMatch(/^v1a,/);
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: x.toString('base64url') }, format: 'jwk' });
    const check = (text: string): boolean =>
      verify(null, Buffer.from(text), key, Buffer.from(signature.slice(4), 'base64'));
    expect(check(`id1.${headers['webhook-timestamp']}.${body}`)).toBe(true);
    expect(check(`id2.${headers['webhook-timestamp']}.${body}`)).toBe(false);
    expect(publicKeyOf(newSecret('hmac'))).toBeUndefined();
  });
});
