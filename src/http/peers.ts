// Who is at the other end of a connection, by addresses and networks as they are named in the configuration.
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** The names Fastify knows for networks in `trustProxy`. */
const networks: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Does the connection come from one of these? */
export const peerAmong = (addresses: readonly string[]): ((request: IncomingMessage) => boolean) => {
  const list = new BlockList();
  for (const entry of addresses.flatMap((address) => networks[address] ?? [address])) {
    const [address = '', bits] = entry.split('/');
    if (bits === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(bits), familyOf(address));
  }
  return (request) => {
    const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
    return isIP(peer) !== 0 && list.check(peer, familyOf(peer));
  };
};
