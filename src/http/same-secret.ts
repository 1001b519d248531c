// Are two secrets the same? In the same time whatever they are, also when there is none to compare with.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const nobodys = randomBytes(32);

export const sameSecret = (given: string, secret: string | undefined): boolean =>
  timingSafeEqual(digest(given), secret === undefined ? nobodys : digest(secret));

/** The token of `Authorization: Bearer …`; empty when there is none. */
export const bearerOf = (authorization: string | undefined): string =>
  /^Bearer +(\S{1,500})$/i.exec(authorization ?? '')?.[1] ?? '';
