// Where webhooks may go: public addresses over https. Whoever registers an address chooses it freely, so everything that
// leads into the hub's own network is refused by name when registered, and by number when it is connected to.
import ipaddr from 'ipaddr.js';

export interface AddressRule {
  /** Hosts, as configured, that may be private. */
  readonly allowPrivate: readonly string[];
  /** May those be reached without TLS? */
  readonly allowHttp: boolean;
}

/** Public in form, answered by the cloud's own host agent. */
const platform: ReadonlySet<string> = new Set(['168.63.129.16']);
const globalV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** Is this address one that anybody on the internet has, and nobody's own network? */
export const isPublic = (address: string): boolean => {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4 address written as IPv6 is that IPv4 address.
  const ip = ipaddr.process(address);
  if (ip.range() !== 'unicast' || platform.has(ip.toString())) return false;
  return ip instanceof ipaddr.IPv4 || ip.match(globalV6);
};

/** A URL's host without brackets and without the dot that ends a full name. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');

export const mayBePrivate = (rule: AddressRule, host: string): boolean => rule.allowPrivate.includes(host);

const inside = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|arpa)$/;

/** Why an address is refused at registration, in words for whoever registers; undefined: it is not. */
export const refusalOf = (rule: AddressRule, text: string): string | undefined => {
  if (text.length > 2000) return 'At most 2,000 characters.';
  if (!URL.canParse(text)) return 'Not an address.';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'Should begin with https://.';
  if (url.username !== '' || url.password !== '') return 'No name or password in an address.';
  if (url.hash !== '') return 'No fragment in an address.';
  const host = hostOf(url);
  const exempt = mayBePrivate(rule, host);
  if (url.protocol === 'http:' && !(exempt && rule.allowHttp)) return 'Should begin with https://.';
  if (exempt) return undefined;
  if (ipaddr.isValid(host)) return isPublic(host) ? undefined : 'Not a public address.';
  return host.includes('.') && !inside.test(host) ? undefined : 'Not a public address.';
};
