// A record's key from its own values: one id as it is, several joined so that they cannot be mistaken for each other,
// and for records without an id of their own the hash of a text, equal ones numbered in the order of the delivery.
import { createHash } from 'node:crypto';
import type { KindSettings } from './config.ts';

const textHash = (texts: readonly string[]): string =>
  createHash('sha256')
    .update(texts.map((text) => text.replace(/\s+/g, ' ').trim().toLowerCase()).join('\u0000'))
    .digest('base64url')
    .slice(0, 16);

/** Remembers which keys came before, as 48-bit numbers: about 45 bytes a record, and only for kinds without an id. */
const occurrenceCounter = (): ((key: string) => number) => {
  const seen = new Map<number, number>();
  return (key) => {
    const digest = createHash('sha256').update(key).digest();
    const number = digest.readUIntBE(0, 6);
    const count = (seen.get(number) ?? 0) + 1;
    seen.set(number, count);
    return count;
  };
};

/** Empty when a part of the id is missing. */
export type KeyMaker = (ids: readonly string[], texts: readonly string[]) => string;

/** One per file: the records must come in file order, all of them. */
export const keyMaker = (settings: Pick<KindSettings, 'keyTextColumns'>): KeyMaker => {
  const occurrence = occurrenceCounter();
  return (ids, texts) => {
    const parts = ids.map((id) => id.trim());
    if (parts.includes('')) return '';
    const id = parts.length === 1 ? (parts[0] ?? '') : parts.map(encodeURIComponent).join('/');
    if (settings.keyTextColumns.length === 0) return id;
    const key = `${id}.${textHash(texts)}`;
    const nth = occurrence(key);
    return nth === 1 ? key : `${key}.${nth}`;
  };
};
