// What a REST source's `config` block may say: addresses, credentials and limits of the source, then its kinds. All
// that belongs to the system stands in mappings/<system>/system.yaml, all that belongs to one municipality in the hub's.
import { z } from 'zod';
import { authHosts, authSchema, headersSchema, noAuth } from '../../src/adapter/auth.ts';
import { errorsSchema } from '../../src/adapter/inner-errors.ts';
import { encodingSchema, formatSchema, kindSchema, lookupSchema } from './kind.ts';
import { pagingSchema } from './paging-config.ts';

const names = (...usual: string[]) => z.array(z.string().min(1).toLowerCase()).default(usual);

const rate = z.strictObject({
  /** Headers, the first one present counts: how many requests are left … */
  remaining: names('x-ratelimit-remaining', 'ratelimit-remaining', 'x-rate-limit-remaining'),
  /** … and when there will be more: seconds from now, or seconds since 1970. */
  reset: names('x-ratelimit-reset', 'ratelimit-reset', 'x-rate-limit-reset'),
  /** Requests left to others who use the same account: at this many the pull waits for the reset. */
  reserve: z.coerce.number().int().min(0).default(1),
});

const probe = z.strictObject({
  /** An address that tells of no person, asked to see whether the source is there and knows the hub. */
  path: z.string().regex(/^(?![a-z][a-z0-9+.-]*:)[^\s#\\]*$/i, 'must be a path below baseUrl'),
  /** Statuses that mean up, beyond 2xx. */
  accept: z.array(z.coerce.number().int()).default([]),
});

const block = z.strictObject({
  baseUrl: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  auth: authSchema.default(noAuth),
  headers: headersSchema,
  /** Left out: `baseUrl` itself is asked, and any answer but 401, 403 and 5xx means up. */
  probe: probe.optional(),
  timeoutSeconds: z.coerce.number().int().min(1).max(600).default(60),
  /** Records asked for per page. */
  pageSize: z.coerce.number().int().min(1).max(1000).default(200),
  /** Further tries of a request after a 5xx or a time-out, and the first pause before one. XML is streamed and not retried. */
  retries: z.coerce.number().int().min(0).max(10).default(2),
  retryPauseMs: z.coerce.number().int().min(1).max(60_000).default(500),
  maxMegabytes: z.coerce.number().min(0.1).max(1024).default(32),
  rate: rate.prefault({}),
  format: formatSchema.default('json'),
  /** Left out: JSON is UTF-8, XML what its declaration says. */
  encoding: encodingSchema.optional(),
  paging: pagingSchema.default({ style: 'none' }),
  errors: errorsSchema.optional(),
  citizen: lookupSchema.optional(),
  kinds: z
    .record(z.string().regex(/^[\p{L}][\p{L}\p{N}_-]*$/u, 'must be a name: letters, digits, - and _'), kindSchema)
    .refine((kinds) => Object.keys(kinds).length > 0, 'name at least one kind'),
});
export type RestConfig = z.infer<typeof block>;

/** What only shows when a kind is looked at together with what the source says for all kinds. */
export const restConfig = block.superRefine((config, context) => {
  for (const [name, kind] of Object.entries(config.kinds)) {
    const say = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', message, path: ['kinds', name, path] });
    const paging = kind.paging ?? config.paging;
    if (paging.style === 'offset' && paging.overlap * 2 > config.pageSize)
      say('paging', 'the overlap may be half a page at most: raise `pageSize` or lower `overlap`');
    if ('in' in paging && paging.in === 'body' && [kind.list, kind.byCitizen].some((one) => one?.method === 'GET'))
      say('paging', '`in: body` needs `method: POST`');
    if (kind.byCitizen?.path.includes('{citizen}') === true && config.citizen === undefined)
      say('byCitizen', '{citizen} is the id that the source’s `citizen` look-up finds: configure it');
    const unknown = kind.after.filter((other) => config.kinds[other] === undefined);
    if (unknown.length > 0) say('after', `there is no kind ${unknown.join(', ')}`);
    const isXml = (kind.format ?? config.format) === 'xml';
    if (isXml && !/^[^.[\]]+(\.[^.[\]]+)*$/.test(kind.records))
      say('records', 'of XML is the way from the root to the records: svar.liste.ung, without []');
    if (!isXml && !/^(\.|\[\]|[^.[\]]+(\[\])?(\.[^.[\]]+(\[\])?)*)$/.test(kind.records))
      say('records', 'of JSON is a path such as data.items[]; [] when the answer is the list');
  }
});

export const hostsOf = ({ baseUrl, auth }: RestConfig): readonly string[] => [
  ...new Set([new URL(baseUrl).host, ...authHosts(auth)]),
];
