// What an OData source's `config` block may say. What belongs to the system stands in mappings/<system>/system.yaml.
import { z } from 'zod';
import { authHosts, authSchema, headersSchema, noAuth } from '../../src/adapter/auth.ts';
import { kindSchema } from './kind.ts';

const block = z.strictObject({
  /** The service root: `https://…/odata`. */
  baseUrl: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  auth: authSchema.default(noAuth),
  /** On every request: a tenant, or the cookies of a session where the product knows nothing else. */
  headers: headersSchema,
  /**
   * `skip`: the hub counts ($top, $skip, $count). `next`: the source does (@odata.nextLink; the hub says what it prefers).
   */
  paging: z.enum(['skip', 'next']).default('skip'),
  pageSize: z.coerce.number().int().min(1).max(1000).default(100),
  /** Records asked for again with `skip`, so that a row that left an earlier page hides nothing. */
  overlap: z.coerce.number().int().min(0).max(100).default(5),
  timeoutSeconds: z.coerce.number().int().min(1).max(600).default(60),
  maxMegabytes: z.coerce.number().min(0.1).max(1024).default(32),
  retries: z.coerce.number().int().min(0).max(10).default(2),
  retryPauseMs: z.coerce.number().int().min(1).max(60_000).default(500),
  /** Asked to see whether the source is there; it tells of no person. */
  probe: z
    .string()
    .regex(/^[\w$/.()=-]+$/)
    .default('$metadata'),
  kinds: z
    .record(z.string().regex(/^[\p{L}][\p{L}\p{N}_-]*$/u, 'must be a name: letters, digits, - and _'), kindSchema)
    .refine((kinds) => Object.keys(kinds).length > 0, 'name at least one kind'),
});
export type ODataConfig = z.infer<typeof block>;

export const odataConfig = block.superRefine((config, context) => {
  if (config.paging === 'skip' && config.overlap * 2 > config.pageSize)
    context.addIssue({ code: 'custom', message: 'may be half a page at most', path: ['overlap'] });
  for (const [name, { parent, after }] of Object.entries(config.kinds)) {
    const say = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', message, path: ['kinds', name, path] });
    const above = parent === undefined ? undefined : config.kinds[parent.kind];
    if (parent !== undefined && above === undefined) say('parent', `there is no kind ${parent.kind}`);
    if (above?.parent !== undefined) say('parent', 'is itself below a parent: one level is read');
    const unknown = after.filter((other) => config.kinds[other] === undefined);
    if (unknown.length > 0) say('after', `there is no kind ${unknown.join(', ')}`);
  }
});

export const hostsOf = ({ baseUrl, auth }: ODataConfig): readonly string[] => [
  ...new Set([new URL(baseUrl).host, ...authHosts(auth)]),
];
