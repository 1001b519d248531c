// HMAC-SHA-256 (RFC 2104) from the one-shot hash: every record takes five keyed hashes, and a third of the time each is
// most of what an unchanged record costs. Equal to node:crypto's own, as the test beside this shows.
import { hash } from 'node:crypto';

const block = 64;

/** @param key at most 64 bytes. @returns a function from text (as UTF-8) to the hash, 32 bytes in hex. */
export const hmacSha256 = (key: Buffer): ((value: string) => string) => {
  const pad = (byte: number): Buffer => Buffer.from(Buffer.alloc(block, byte).map((one, n) => one ^ (key[n] ?? 0)));
  const inner = pad(0x36);
  const outer = Buffer.concat([pad(0x5c), Buffer.alloc(32)]);
  const usual = Buffer.concat([inner, Buffer.alloc(4096 - block)]);
  return (value) => {
    const length = block + Buffer.byteLength(value);
    const message = length <= usual.length ? usual : Buffer.concat([inner, Buffer.alloc(length - block)]);
    message.write(value, block, 'utf8');
    outer.write(hash('sha256', message.subarray(0, length), 'binary'), block, 'binary');
    return hash('sha256', outer, 'hex');
  };
};
