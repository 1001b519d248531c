// One look-up: what the register says of a number, or nothing. Faults of Serviceplatformen become fault classes; their
// texts are dropped. Days lose the time zone that XML may write behind them.
import { randomUUID } from 'node:crypto';
import type { AdapterContext } from '../../src/adapter/contract.ts';
import { at, createSoap, type SoapFault, textAt, type XmlInput } from '../../src/adapter/soap.ts';
import type { XmlObject, XmlValue } from '../../src/adapter/xml.ts';
import { HubError } from '../../src/errors.ts';
import type { Sf1520Config } from './config.ts';

export type Lookup = (cpr: string, signal: AbortSignal) => Promise<XmlObject | undefined>;

const nobody = new HubError({ code: 'source/not-found', fault: 'source', message: 'Nobody has this number.' });

const listOf = (value: XmlValue | undefined): readonly XmlValue[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly XmlValue[]) : [value];

const plainCode = (code: string): boolean => /^[A-Za-z][A-Za-z0-9_.-]{0,39}$/.test(code) && !/\d{6}/.test(code);

/** @returns undefined for a fault without Serviceplatformen's detail */
export const errorOf = ({ detail }: SoapFault, unknownCodes: readonly string[]): HubError | undefined => {
  const list = at(detail, 'ServiceplatformFault', 'ErrorList');
  if (typeof list !== 'object' || Array.isArray(list)) return undefined;
  const codes = listOf((list as XmlObject)['Error']).flatMap((error) => textAt(error, 'ErrorCode') ?? []);
  if (codes.some((code) => unknownCodes.includes(code))) return nobody;
  const message = `Serviceplatformen refused the look-up (${codes.filter(plainCode).join(', ') || 'no readable code'}).`;
  if (codes.some((code) => /auth|access|denied|certif|token|agreement|aftale|rettighed/i.test(code)))
    return new HubError({
      code: 'source/unauthorised',
      fault: 'config',
      message,
      hint: 'Check the service agreement, the certificate and the identifiers of `invocation`.',
    });
  return codes.some((code) => /timeout|unavailable|overload|internal|technical/i.test(code))
    ? new HubError({ code: 'source/unavailable', fault: 'transient', message })
    : new HubError({
        code: 'source/bad-request',
        fault: 'source',
        message,
        hint: 'If the code means that nobody has the number, add it to `unknownCodes`.',
      });
};

/** `2026-11-21+01:00` → `2026-11-21`; a municipality's code in four digits. */
const tidied = (value: XmlValue, name = ''): XmlValue => {
  if (typeof value === 'string') {
    if (name === 'kommunekode' && /^\d{1,4}$/.test(value)) return value.padStart(4, '0');
    return value.replace(/^(\d{4}-\d{2}-\d{2})(Z|[+-]\d{2}:\d{2})$/, '$1');
  }
  if (Array.isArray(value)) return value.map((one: XmlValue) => tidied(one, name));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, tidied(inner, key)]));
};

const contextOf = (
  given: {
    readonly [name in 'onBehalfOfUser' | 'callersServiceCallIdentifier' | 'accountingInfo']?: string | undefined;
  },
  own: string,
): XmlInput => ({
  OnBehalfOfUser: given.onBehalfOfUser,
  CallersServiceCallIdentifier: given.callersServiceCallIdentifier ?? own,
  AccountingInfo: given.accountingInfo,
});

const questionOf = ({ invocation, municipalityCvr, callContext }: Sf1520Config, cpr: string): XmlInput => {
  const call = randomUUID();
  return {
    PNR: cpr,
    ...(invocation === undefined
      ? { CallContext: contextOf(callContext, call) }
      : {
          InvocationContext: {
            ServiceAgreementUUID: invocation.serviceAgreementUuid,
            UserSystemUUID: invocation.userSystemUuid,
            UserUUID: invocation.userUuid,
            ServiceUUID: invocation.serviceUuid,
            ...contextOf(invocation, call),
          },
        }),
    ...(municipalityCvr === undefined ? {} : { AuthorityContext: { MunicipalityCVR: municipalityCvr } }),
  };
};

export const createLookup = async (config: Sf1520Config, context: AdapterContext): Promise<Lookup> => {
  const { wsdl, endpoint, timeoutSeconds, unknownCodes } = config;
  const soap = await createSoap({ http: context.http, wsdl, endpoint });
  const records = ['Envelope', 'Body', 'PersonLookupResponse'];
  return async (cpr, signal) => {
    const onFault = (fault: SoapFault): HubError | undefined => errorOf(fault, unknownCodes);
    const limits = { signal, records, timeoutMs: timeoutSeconds * 1000, maxBytes: 4 * 1024 * 1024, onFault };
    let found: XmlObject | undefined;
    try {
      for await (const item of soap.call('PersonLookup', questionOf(config, cpr), limits))
        if (item.type === 'record') found = tidied(item.value) as XmlObject;
    } catch (thrown) {
      if (thrown === nobody) return undefined;
      throw thrown;
    }
    if (found === undefined)
      throw new HubError({
        code: 'source/bad-answer',
        fault: 'source',
        message: 'The answer is no PersonLookupResponse.',
      });
    // The register answers without a person when there is none.
    return found['persondata'] === undefined ? undefined : found;
  };
};
