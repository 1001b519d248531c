// What a Momentum source's `config` block may say. Everything arrives as text. Addresses and field names that are not
// certain (README.md) can be set here, so that a municipality corrects them without touching code.
import { z } from 'zod';

const secret = z.string().min(1).meta({ secret: true });
const url = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''));
const path = (usual: string) =>
  z
    .string()
    .regex(/^[A-Za-z][\w/{}-]*$/, 'must be a path without a leading slash')
    .default(usual);
const withCitizen = (usual: string) => path(usual).refine((text) => text.includes('{citizen}'), 'must hold {citizen}');

const paths = z.strictObject({
  citizenSearch: path('citizensearch'),
  citizen: withCitizen('citizens/{citizen}'),
  search: path('search'),
  plan: path('plans/citizen'),
  offer: path('offers/citizen'),
  meeting: path('meetings/citizen'),
  task: path('tasks/citizen'),
  journal: withCitizen('journals/{citizen}'),
  tag: path('tagassignments'),
  caseworker: withCitizen('responsibleCaseworkers/all/byCitizen/{citizen}'),
  privateContact: withCitizen('citizens/{citizen}/searchPrivateContacts'),
  /** Read by the probe only: the list of tags there are, no personal data. */
  probe: path('tags'),
});

export const momentumConfig = z.strictObject({
  /** `https://…/api`, as KMD's service agreement names it. */
  baseUrl: url,
  tokenUrl: url.default('https://login.microsoftonline.com/momentumb2c.onmicrosoft.com/oauth2/token'),
  clientId: z.string().min(1),
  clientSecret: secret,
  apiKey: secret,
  /** The form field `resource` of the token request. */
  resource: z.string().min(1),
  paths: paths.prefault({}),
  /** The field that lists are ordered and filtered by; `none` reads them whole on every run. */
  changedField: z.string().min(1).default('updatedAt'),
  /** Rows per request in lists; the product allows 1,000. */
  pageSize: z.coerce.number().int().min(1).max(1000).default(500),
  /** Hits per request in /search. */
  searchSize: z.coerce.number().int().min(1).max(200).default(200),
  /** How long after its change a row may still become visible (late commits, clocks apart). */
  overlapSeconds: z.coerce.number().int().min(0).max(86_400).default(600),
  /** Further tries of one request after a 5xx (504 is common) or a time-out, and the first pause before one. */
  retries: z.coerce.number().int().min(0).max(10).default(3),
  retryPauseMs: z.coerce.number().int().min(1).max(60_000).default(500),
  timeoutSeconds: z.coerce.number().int().min(1).max(300).default(60),
});

export type MomentumConfig = z.infer<typeof momentumConfig>;

export const hostsOf = (config: MomentumConfig): readonly string[] => [
  ...new Set([config.baseUrl, config.tokenUrl].map((address) => new URL(address).host)),
];
