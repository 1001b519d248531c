// What a source's `config` block may say. Everything arrives as text. The interface is KOMBIT's; addresses, agreements,
// roles and the municipality's choice of cases are set here.
import { join } from 'node:path';
import { z } from 'zod';
import { serviceAgreement } from '../../src/adapter/beskedkuvert.ts';
import { roleNames } from './roles.ts';

const number = (least: number, most: number, usual: number) =>
  z.coerce.number().int().min(least).max(most).default(usual);
const secret = z.string().min(1).meta({ secret: true });
const line = z.string().min(1).max(255);

/** Employment, social services with children, health, benefits: the groups a plan across the four is made of. */
export const usualKle = [
  ...['15.17', '15.20'],
  ...['27.12', '27.18', '27.24', '27.36', '27.48', '27.51', '27.57', '27.69'],
  ...['29.09', '29.18', '29.21', '29.30'],
  ...['32.24', '32.27', '32.30', '32.39'],
];

export const sf1470Config = z
  .strictObject({
    /** The index, or the security token sidecar before it. */
    endpoint: z.url({ protocol: /^https?$/ }),
    /** `6`: the index itself. `5`: through Serviceplatformen, with AuthorityContext and CallContext. */
    version: z.enum(['6', '5']).default('6'),
    /** The WSDL of the service agreement, a path; default: this folder's own. */
    wsdl: z.string().min(1).optional(),
    municipalityCvr: z
      .string()
      .regex(/^\d{8}$/, 'must be eight digits')
      .optional(),
    callContext: z
      .strictObject({
        onBehalfOfUser: line.optional(),
        callersServiceCallIdentifier: line.optional(),
        accountingInfo: line.optional(),
      })
      .prefault({}),
    /** For a sidecar that wants to know who is calling. */
    basic: z.strictObject({ username: z.string().min(1), password: secret }).optional(),
    /** Main groups, groups or topics. Only such cases are asked for and only such are given on. */
    kle: z
      .array(z.string().regex(/^\d\d(\.\d\d){0,2}$/, 'must be a KLE number such as 27, 27.36 or 27.36.04'))
      .min(1)
      .default(usualKle),
    /** `none`: an index that does not take `27.36.*` is asked for all, and the cases are chosen on receipt. */
    kleSearch: z.enum(['wildcard', 'none']).default('wildcard'),
    /** Systems (ids as masters) whose cases are not given on: the hub reads those systems themselves. */
    leaveOut: z.array(z.string().min(1).toLowerCase()).default([]),
    roles: z
      .partialRecord(z.enum(roleNames), z.string().regex(/^[0-9a-f-]{36}$|^urn:/i, 'must be a UUID or a URN'))
      .default({}),
    /** Which messages of the Beskedfordeler may be processed; without it none are taken. */
    agreement: serviceAgreement
      .extend({
        /** ObjektType of a case, as the agreement names it. Left out: every object is asked for. */
        objectTypes: z.array(z.string().min(1).toLowerCase()).min(1).optional(),
      })
      .optional(),
    pageSize: number(1, 1000, 500),
    /** How far the hub's and the index's clocks may differ, and how late a change may show in a search. */
    marginSeconds: number(0, 86_400, 300),
    timeoutSeconds: number(1, 3600, 120),
  })
  .superRefine(({ version, municipalityCvr }, context) => {
    if (version === '5' && municipalityCvr === undefined)
      context.addIssue({ code: 'custom', path: ['municipalityCvr'], message: 'is needed for version 5' });
  });
export type Sf1470Config = z.infer<typeof sf1470Config>;

export const hostsOf = ({ endpoint }: Sf1470Config): readonly string[] => [new URL(endpoint).host];

export const wsdlOf = ({ wsdl, version }: Sf1470Config): string =>
  wsdl ?? join(import.meta.dirname, 'contract', `index-${version}.wsdl`);

/** Is the number in the allow-list? `27.36` takes `27.36.04`, not `27.360`. */
export const allows =
  ({ kle }: Pick<Sf1470Config, 'kle'>) =>
  (number: string): boolean =>
    kle.some((one) => number === one || number.startsWith(`${one}.`));
