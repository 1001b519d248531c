// The certificate a caller came with, as a proxy that ends TLS passes it on. Only a trusted proxy's word counts, and the
// proxy must replace the header, never add to it: two values are none.
import { createHash, X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** The RFC 8705 thumbprint (`x5t#S256`) of the caller's certificate. */
export type ThumbprintOf = (request: IncomingMessage) => string | undefined;

/** The names Fastify knows for networks in `trustProxy`. */
const networks: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

const listOf = (proxies: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const entry of proxies.flatMap((proxy) => networks[proxy] ?? [proxy])) {
    const [address = '', bits] = entry.split('/');
    if (bits === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(bits), familyOf(address));
  }
  return list;
};

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
  const trusted = listOf(proxies);
  return (request) => {
    const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
    const value = request.headers[header];
    if (isIP(peer) === 0 || !trusted.check(peer, familyOf(peer)) || typeof value !== 'string') return undefined;
    return thumbprint(value);
  };
};
