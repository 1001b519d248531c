// Values that settings share. YAML gives texts; each is given its type here.
import { z } from 'zod';

export const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes');
export const flag = z.enum(['yes', 'no', 'true', 'false']).transform((text) => text === 'yes' || text === 'true');
export const number = z.coerce.number();

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** `30s`, `15m`, `6h`, `90d` → milliseconds. */
export const duration = z
  .string()
  .regex(/^\d+(ms|s|m|h|d)$/, 'a duration such as 30s, 15m, 6h or 90d')
  .transform((text) => Number.parseInt(text, 10) * units[text.replace(/^\d+/, '') as keyof typeof units]);

/** Copenhagen time: `22:00-05:00`. */
export const window = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'two times of day such as 22:00-05:00');

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
/** In the clear only on this machine: elsewhere anybody could answer, or listen. */
export const encryptedUrl = z.url().refine((text) => {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.test(url.hostname));
}, 'an https address (http on this machine only)');

/** Who a browser says it is asking for: scheme, host and port, as it writes them. */
export const origin = encryptedUrl.refine(
  (text) => URL.parse(text)?.origin === text,
  'an origin such as https://fagsystem.example: no path, no final slash, no default port',
);
