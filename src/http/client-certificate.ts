// The certificate a caller came with, as a proxy that ends TLS passes it on. Only a trusted proxy's word counts, and the
// proxy must replace the header, never add to it: two values are none.
import { createHash, X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { peerAmong } from './peers.ts';

/** The RFC 8705 thumbprint (`x5t#S256`) of the caller's certificate. */
export type ThumbprintOf = (request: IncomingMessage) => string | undefined;

/** RFC 9440 (`:base64:`), an escaped PEM as nginx writes it, or bare base64. */
const derOf = (value: string): Buffer | string => {
  const field = /^:([A-Za-z0-9+/=]+):$/.exec(value);
  if (field?.[1] !== undefined) return Buffer.from(field[1], 'base64');
  return value.includes('BEGIN') ? decodeURIComponent(value) : Buffer.from(value, 'base64');
};

const thumbprint = (value: string): string | undefined => {
  try {
    return createHash('sha256')
      .update(new X509Certificate(derOf(value)).raw)
      .digest('base64url');
  } catch {
    return undefined;
  }
};

export const thumbprintReader = (header: string | undefined, proxies: readonly string[]): ThumbprintOf => {
  if (header === undefined) return () => undefined;
  const trusted = peerAmong(proxies);
  return (request) => {
    const value = request.headers[header];
    if (!trusted(request) || typeof value !== 'string') return undefined;
    return thumbprint(value);
  };
};
