// What a DFDG source's `config` block may say. Everything arrives as text. Addresses, scopes and the meaning of error
// numbers change with STAR's releases (four a year) and are not public: all of them can be set here.
import { join } from 'node:path';
import { z } from 'zod';
import { outcomes } from './errors.ts';
import { type DfdgKind, dfdgKinds } from './records.ts';

const secret = z.string().min(1).meta({ secret: true });
const url = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''));
const path = (usual: string) =>
  z
    .string()
    .regex(/^[A-Za-z][\w./-]*$/, 'must be a path without a leading slash')
    .default(usual);
const scope = (usual: string) => z.string().regex(/^\S+$/, 'must be one scope').default(usual);

const usualEntities: Readonly<Record<string, DfdgKind>> = {
  Indkaldelse: 'indkaldelse',
  Aktivitet: 'aktivitet',
  Rehabiliteringsforloeb: 'rehabiliteringsforloeb',
  MinPlan: 'minPlan',
};

export const dfdgConfig = z
  .strictObject({
    /** Where the domain services are, as the service agreement names it. */
    baseUrl: url,
    tokenUrl: url,
    clientId: z.string().min(1),
    clientSecret: secret,
    /** Path of each method below `baseUrl`. */
    paths: z
      .strictObject({
        indkaldelse: path('Kontaktforloeb.IndkaldelseService/v1/Indkaldelser'),
        aktivitet: path('Borgerindsats.AktivitetService/v1/Aktiviteter'),
        rehabiliteringsforloeb: path('Borgerindsats.RehabiliteringService/v1/Rehabiliteringsforloeb'),
        minPlan: path('Borgerindsats.MinPlanService/v1/MinPlan'),
        /** Read by the probe only: no citizen, no personal data. */
        probe: path('Kontaktforloeb.IndkaldelseService/v1/Version'),
      })
      .prefault({}),
    /** A token is fetched for each method's own scope. */
    scopes: z
      .strictObject({
        indkaldelse: scope('kontaktforloeb.indkaldelse.read'),
        aktivitet: scope('borgerindsats.aktivitet.read'),
        rehabiliteringsforloeb: scope('borgerindsats.rehabilitering.read'),
        minPlan: scope('borgerindsats.minplan.read'),
      })
      .prefault({}),
    /** `soap`: Min Plan and its activities from the older JobnetMyPlanService. */
    minPlan: z.enum(['rest', 'soap']).default('rest'),
    soap: z
      .strictObject({
        endpoint: url,
        /** The WSDL of the agreement, a path; default: this folder's own. */
        wsdl: z.string().min(1).optional(),
        operation: z.string().min(1).default('GetCitizenDraftMyPlan'),
        /** The element of the request that holds the number. */
        numberField: z.string().min(1).default('CivilRegistrationNumber'),
        username: z.string().min(1).optional(),
        password: secret.optional(),
      })
      .optional(),
    /** What an error number means, where the hub knows it otherwise or not at all. */
    errors: z.record(z.string().regex(/^\d{1,6}$/, 'must be an error number'), z.enum(outcomes)).default({}),
    /** EntitetNavn of change notices → kind. */
    entities: z.record(z.string().min(1), z.enum(dfdgKinds)).default(usualEntities),
    /** Further tries of one request after a 5xx or a time-out, and the first pause before one. */
    retries: z.coerce.number().int().min(0).max(10).default(3),
    retryPauseMs: z.coerce.number().int().min(1).max(60_000).default(500),
    timeoutSeconds: z.coerce.number().int().min(1).max(300).default(30),
  })
  .superRefine(({ minPlan, soap }, context) => {
    if (minPlan === 'soap' && soap === undefined)
      context.addIssue({ code: 'custom', path: ['soap', 'endpoint'], message: 'is needed for minPlan: soap' });
  });
export type DfdgConfig = z.infer<typeof dfdgConfig>;

export const hostsOf = ({ baseUrl, tokenUrl, soap }: DfdgConfig): readonly string[] => [
  ...new Set([baseUrl, tokenUrl, ...(soap === undefined ? [] : [soap.endpoint])].map((one) => new URL(one).host)),
];

export const wsdlOf = ({ soap }: DfdgConfig): string =>
  soap?.wsdl ?? join(import.meta.dirname, 'contract', 'my-plan.wsdl');
