// What a Nexus source's `config` block may say. Everything arrives as text. Names of views and of reference types that
// a municipality may have chosen otherwise (README.md) can be set here.
import { z } from 'zod';

const secret = z.string().min(1).meta({ secret: true });
const url = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''));

export const nexusConfig = z.strictObject({
  /** `https://<instance>.nexus.kmd.dk/api/core/mobile/<instance>/v2`: the only address that is not followed from a link. */
  baseUrl: url,
  /** `https://iam.nexus.kmd.dk/authx/realms/<instance>/protocol/openid-connect/token` */
  tokenUrl: url,
  clientId: z.string().min(1),
  clientSecret: secret,
  /** The CITIZEN_PATHWAY view whose tree is read. What it leaves out, the hub never sees. */
  pathwayView: z.string().min(1).default('- Alt'),
  /** The CITIZEN_CALENDAR whose events are read. */
  calendar: z.string().min(1).default('Borgerkalender'),
  /** Events between so many days ago and so many days ahead; what leaves this window leaves the plan. */
  calendarDaysBack: z.coerce.number().int().min(0).max(3650).default(365),
  calendarDaysAhead: z.coerce.number().int().min(1).max(3650).default(365),
  /** Types of references in the tree that become journal references. */
  documentTypes: z.array(z.string().min(1)).default(['documentReference', 'formDataV2Reference', 'letterReference']),
  /** How deep the tree may be; deeper ends the run, because a tree cut short would look like deletions. */
  treeDepth: z.coerce.number().int().min(1).max(50).default(12),
  /** How long links to a citizen's view and calendar are used again without asking for the preferences. 0: never. */
  rememberMinutes: z.coerce.number().int().min(0).max(1440).default(60),
  /** How long the kinds of one source share an answer about a citizen instead of asking for it again. 0: never. */
  shareSeconds: z.coerce.number().int().min(0).max(60).default(15),
  /** Further tries of one request after a 5xx or a time-out, and the first pause before one. */
  retries: z.coerce.number().int().min(0).max(10).default(2),
  retryPauseMs: z.coerce.number().int().min(1).max(60_000).default(500),
  timeoutSeconds: z.coerce.number().int().min(1).max(300).default(60),
});

export type NexusConfig = z.infer<typeof nexusConfig>;

export const hostsOf = (config: NexusConfig): readonly string[] => [
  ...new Set([config.baseUrl, config.tokenUrl].map((address) => new URL(address).host)),
];
