// Cursors of `changes`: encrypted and authenticated with a random nonce, all of one length, so that they say nothing and
// no two are alike. Bound to the consumer; a cursor of somebody else, or an altered one, opens for nobody.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyRing } from '../store/crypto.ts';

/** How far a follower is. */
export interface Progress {
  /** The page whose receipt this cursor proves. */
  readonly page: number;
  /** Change rows up to here have been told. */
  readonly position: number;
  /** While a snapshot is under way: citizens up to and including this one have been told. */
  readonly walked: string | undefined;
}

export interface Cursor extends Progress {
  readonly issuedAt: Date;
  /** 8 bytes over everything about the caller that decides what it sees. */
  readonly reader: Buffer;
}

const version = 1;
const plainLength = 1 + 8 + 8 + 1 + 16 + 8 + 8;
const nonceLength = 12;
const tagLength = 16;

const contextOf = (consumer: string): Buffer => Buffer.from(`changes ${consumer}`);

export const sealCursor = (keys: KeyRing, consumer: string, cursor: Cursor): string => {
  const plain = Buffer.alloc(plainLength);
  plain.writeUInt8(version, 0);
  plain.writeBigUInt64BE(BigInt(cursor.page), 1);
  plain.writeBigUInt64BE(BigInt(cursor.position), 9);
  plain.writeUInt8(cursor.walked === undefined ? 0 : 1, 17);
  if (cursor.walked !== undefined) plain.write(cursor.walked.replaceAll('-', ''), 18, 'hex');
  plain.writeBigUInt64BE(BigInt(cursor.issuedAt.getTime()), 34);
  cursor.reader.copy(plain, 42, 0, 8);
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv('aes-256-gcm', keys.derive('cursor'), nonce).setAAD(contextOf(consumer));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
};

const uuidOf = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** Undefined when it is not a cursor of this consumer. */
export const openCursor = (keys: KeyRing, consumer: string, text: string): Cursor | undefined => {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== nonceLength + tagLength + plainLength || bytes.toString('base64url') !== text) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', keys.derive('cursor'), bytes.subarray(0, nonceLength))
    .setAAD(contextOf(consumer))
    .setAuthTag(bytes.subarray(nonceLength, nonceLength + tagLength));
  let plain: Buffer;
  try {
    plain = Buffer.concat([decipher.update(bytes.subarray(nonceLength + tagLength)), decipher.final()]);
  } catch {
    return undefined;
  }
  if (plain.readUInt8(0) !== version) return undefined;
  return {
    page: Number(plain.readBigUInt64BE(1)),
    position: Number(plain.readBigUInt64BE(9)),
    walked: plain.readUInt8(17) === 1 ? uuidOf(plain.subarray(18, 34)) : undefined,
    issuedAt: new Date(Number(plain.readBigUInt64BE(34))),
    reader: plain.subarray(42, 50),
  };
};
