// The keyed hash is the standard one, for every text and length.
import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hmacSha256 } from './hmac.ts';

it('is HMAC-SHA-256', () => {
  const key = randomBytes(32);
  const hmac = hmacSha256(key);
  const own = (text: string): string => createHmac('sha256', key).update(text).digest('hex');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(hmac(text)).toBe(own(text));
    }),
  );
  for (const length of [0, 1, 4031, 4032, 4033, 100_000])
    expect(hmac('å'.repeat(length))).toBe(own('å'.repeat(length)));
});

it('forgets the text before', () => {
  const hmac = hmacSha256(Buffer.alloc(32, 7));
  const short = hmac('a');
  hmac('a much longer text than that');
  expect(hmac('a')).toBe(short);
});
