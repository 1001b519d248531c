// What a source's `config` block may say. Everything arrives as text. The interface is KOMBIT's; the address, the service
// agreement and how the hub is known (certificate in the source's `tls` block, or a token sidecar) are the municipality's.
import { join } from 'node:path';
import { z } from 'zod';
import { serviceAgreement } from '../../src/adapter/beskedkuvert.ts';

const uuid = z
  .string()
  .toLowerCase()
  .regex(/^[a-f0-9]{8}(-[a-f0-9]{4}){3}-[a-f0-9]{12}$/, 'must be a UUID');
const line = z.string().min(1).max(255);

const contexts = {
  onBehalfOfUser: line.optional(),
  callersServiceCallIdentifier: line.optional(),
  accountingInfo: line.optional(),
};

export const sf1520Config = z
  .strictObject({
    /** The service, or the security token sidecar before it. */
    endpoint: z.url({ protocol: /^https?$/ }),
    /** The WSDL of the service agreement, a path (`${path:…}`); default: this folder's own. */
    wsdl: z
      .string()
      .min(1)
      .default(join(import.meta.dirname, 'contract/person.wsdl')),
    /** By certificate: the four identifiers of the service agreement. */
    invocation: z
      .strictObject({
        serviceAgreementUuid: uuid,
        userSystemUuid: uuid,
        userUuid: uuid,
        serviceUuid: uuid,
        ...contexts,
      })
      .optional(),
    /** By token: on behalf of which municipality. */
    municipalityCvr: z
      .string()
      .regex(/^\d{8}$/, 'must be eight digits')
      .optional(),
    callContext: z.strictObject(contexts).prefault({}),
    /** Codes of ServiceplatformFault that mean that nobody has this number. */
    unknownCodes: z.array(line).default(['PNR_NOT_FOUND']),
    /** Which messages of the Beskedfordeler may be processed; without it none are taken. */
    agreement: serviceAgreement.optional(),
    timeoutSeconds: z.coerce.number().int().min(1).max(300).default(30),
  })
  .superRefine(({ invocation, municipalityCvr }, context) => {
    if (invocation === undefined && municipalityCvr === undefined)
      context.addIssue({
        code: 'custom',
        path: ['invocation'],
        message: 'is needed, or municipalityCvr for access by token',
      });
  });
export type Sf1520Config = z.infer<typeof sf1520Config>;

export const hostsOf = ({ endpoint }: Sf1520Config): readonly string[] => [new URL(endpoint).host];
