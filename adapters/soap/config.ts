// What a SOAP source's `config` block may say: its contract and address, credentials and limits, then its kinds. All that
// belongs to the system stands in mappings/<system>/system.yaml, all that belongs to one municipality in the hub's.
import { z } from 'zod';
import { authHosts, authSchema, headersSchema } from '../../src/adapter/auth.ts';
import { errorsSchema } from '../../src/adapter/inner-errors.ts';
import { faultsSchema, holds, inputSchema, kindSchema, pagingSchema, placeholdersOf } from './kind.ts';

const usernameToken = z.strictObject({
  type: z.literal('username-token'),
  username: z.string().min(1),
  password: z.string().min(1).meta({ secret: true }),
  /** `yes`: as digest. */
  digest: z
    .enum(['yes', 'no'])
    .default('no')
    .transform((text) => text === 'yes'),
});

const block = z.strictObject({
  /** A path, or the whole text (`${file:…}`) of a WSDL that imports nothing. */
  wsdl: z.string().min(1),
  endpoint: z.url({ protocol: /^https?$/ }),
  service: z.string().min(1).optional(),
  port: z.string().min(1).optional(),
  /** Left out: the version of the WSDL's port. */
  version: z.enum(['1.1', '1.2']).optional(),
  soapAction: z.string().optional(),
  /** The ways of the `rest` adapter, and the user name token of WS-Security. */
  auth: z.union([usernameToken, authSchema]).default({ type: 'none' }),
  /** HTTP headers of every request; their values count as secrets. */
  headers: headersSchema,
  /** Elements of the SOAP header: {uuid}, {now} and {action} are filled in for every call. */
  soapHeaders: z.array(inputSchema).default([]),
  /** An operation that tells of no person. Left out: the endpoint is asked whether anybody is there. */
  probe: z.strictObject({ operation: z.string().min(1), input: inputSchema.default({}) }).optional(),
  timeoutSeconds: z.coerce.number().int().min(1).max(3600).default(120),
  /** Records asked for per page: {max}. */
  pageSize: z.coerce.number().int().min(1).max(1000).default(200),
  maxMegabytes: z.coerce.number().min(0.1).max(4096).default(512),
  /** Left out: what the answer's XML declaration says. */
  encoding: z.string().min(1).optional(),
  paging: pagingSchema.default({ style: 'none' }),
  errors: errorsSchema.optional(),
  faults: faultsSchema.optional(),
  kinds: z
    .record(z.string().regex(/^[\p{L}][\p{L}\p{N}_-]*$/u, 'must be a name: letters, digits, - and _'), kindSchema)
    .refine((kinds) => Object.keys(kinds).length > 0, 'name at least one kind'),
});
export type SoapConfig = z.infer<typeof block>;

/** What only shows when a kind is looked at together with what the source says for all kinds. */
export const soapConfig = block.superRefine((config, context) => {
  for (const [name, kind] of Object.entries(config.kinds)) {
    const say = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', message, path: ['kinds', name, path] });
    const paging = kind.paging ?? config.paging;
    const { list } = kind;
    for (const placeholder of list === undefined ? [] : placeholdersOf(paging))
      if (!holds(list?.input ?? {}, placeholder))
        say('list', `paging by ${paging.style}: the input must hold {${placeholder}}`);
    if (paging.style === 'offset' && paging.overlap * 2 > config.pageSize)
      say('paging', 'the overlap may be half a page at most: raise `pageSize` or lower `overlap`');
    const unknown = kind.after.filter((other) => config.kinds[other] === undefined);
    if (unknown.length > 0) say('after', `there is no kind ${unknown.join(', ')}`);
  }
});

export const hostsOf = ({ endpoint, auth }: SoapConfig): readonly string[] => [
  ...new Set([new URL(endpoint).host, ...(auth.type === 'username-token' ? [] : authHosts(auth))]),
];
