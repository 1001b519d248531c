// Keys rotate without losing what older ones wrote; a ciphertext opens in its own place only, and whole.
import { expect, it } from 'vitest';
import { createKeyRing, type KeyMaterial, newKeyMaterial } from './crypto.ts';

const material = newKeyMaterial();
const ring = createKeyRing(material);
const refused = expect.objectContaining({ code: 'store/wrong-key' });

it('reads what an older key wrote, and writes with the current one', () => {
  const old = ring.encrypt('Plan', 'record_body:1');
  const rotated: KeyMaterial = {
    ...material,
    keys: { ...material.keys, k2: newKeyMaterial().keys['k1'] ?? '' },
    current: 'k2',
  };
  const next = createKeyRing(rotated);
  expect(next.decrypt(old, 'record_body:1')).toBe('Plan');
  const fresh = next.encrypt('Plan', 'record_body:1');
  expect(fresh.toString('latin1', 1, 3)).toBe('k2');
  expect(() => ring.decrypt(fresh, 'record_body:1')).toThrow(refused);
  expect(next.hash('cpr', '0')).toEqual(ring.hash('cpr', '0'));
});

it('opens nothing that was moved, altered or cut short', () => {
  const cipher = ring.encrypt('Plan', 'record_body:1');
  expect(() => ring.decrypt(cipher, 'record_body:2')).toThrow(refused);
  for (let length = 0; length < cipher.length; length += 1)
    expect(() => ring.decrypt(cipher.subarray(0, length), 'record_body:1')).toThrow(refused);
  for (let at = 0; at < cipher.length; at += 1) {
    const altered = Buffer.from(cipher);
    altered[at] = (altered[at] ?? 0) ^ 1;
    expect(() => ring.decrypt(altered, 'record_body:1')).toThrow(refused);
  }
  expect(ring.encrypt('Plan', 'a')).not.toEqual(ring.encrypt('Plan', 'a'));
});

it('refuses key ids that do not fit beside a ciphertext', () => {
  const [key = ''] = Object.values(material.keys);
  for (const id of ['', 'nøgle', 'k'.repeat(256)])
    expect(() => createKeyRing({ ...material, keys: { [id]: key }, current: id })).toThrow(refused);
});

it('tells equal content apart from other content, and nothing to whoever lacks the key', () => {
  expect(ring.fingerprint('Angst')).toEqual(createKeyRing(material).fingerprint('Angst'));
  expect(ring.fingerprint('Angst')).not.toEqual(ring.fingerprint('Uro'));
  expect(createKeyRing(newKeyMaterial()).fingerprint('Angst')).not.toEqual(ring.fingerprint('Angst'));
});
