// Cursors say nothing, come back as they were, and open for their own consumer alone.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyRing, newKeyMaterial } from '../store/crypto.ts';
import { type Cursor, openCursor, sealCursor } from './cursor.ts';

const keys = createKeyRing(newKeyMaterial());
const count = fc.maxSafeNat();
const cursor: fc.Arbitrary<Cursor> = fc.record({
  page: count,
  position: count,
  walked: fc.option(fc.uuid(), { nil: undefined }),
  issuedAt: fc.date({ min: new Date(0), noInvalidDate: true }),
  reader: fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
});

describe('a cursor', () => {
  it('comes back as it was, in one length for all, and never the same twice', () => {
    const lengths = new Set<number>();
    fc.assert(
      fc.property(cursor, (given) => {
        const text = sealCursor(keys, 'portal', given);
        lengths.add(text.length);
        expect(openCursor(keys, 'portal', text)).toEqual(given);
        expect(sealCursor(keys, 'portal', given)).not.toBe(text);
      }),
    );
    expect(lengths.size).toBe(1);
  });

  it('opens for nobody else, under no other key, and not when a single bit differs', () => {
    fc.assert(
      fc.property(cursor, fc.nat(), (given, at) => {
        const text = sealCursor(keys, 'portal', given);
        expect(openCursor(keys, 'portal2', text)).toBeUndefined();
        expect(openCursor(createKeyRing(newKeyMaterial()), 'portal', text)).toBeUndefined();
        const bytes = Buffer.from(text, 'base64url');
        const place = at % (bytes.length * 8);
        bytes[place >> 3] = (bytes[place >> 3] ?? 0) ^ (1 << (place & 7));
        expect(openCursor(keys, 'portal', bytes.toString('base64url'))).toBeUndefined();
      }),
    );
  });

  it('is not any other text', () => {
    fc.assert(fc.property(fc.string(), (text) => openCursor(keys, 'portal', text) === undefined));
  });
});
