// A SOAP Fault as a fault class. Its text and detail may hold anything, a number for example: they never become part of a
// message; codes do when they are plain identifiers.
import { HubError } from '../errors.ts';
import type { XmlObject, XmlValue } from './xml.ts';

export interface SoapFault {
  /** Code and subcodes, without prefix: `Client`, `Sender`, `FailedAuthentication`. */
  readonly codes: readonly string[];
  /** For the adapter's eyes only: may hold personal data. */
  readonly reason: string;
  readonly detail: XmlObject | undefined;
}

const isObject = (value: XmlValue | undefined): value is XmlObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a path of names; of a list its first. */
export const at = (value: XmlValue | undefined, ...path: readonly string[]): XmlValue | undefined => {
  let current = value;
  for (const name of path) {
    if (Array.isArray(current)) [current] = current as readonly XmlValue[];
    if (!isObject(current)) return undefined;
    current = Object.hasOwn(current, name) ? current[name] : undefined;
  }
  return Array.isArray(current) ? (current as readonly XmlValue[])[0] : current;
};

/** An element's text, whether it has attributes or not. */
export const textAt = (value: XmlValue | undefined, ...path: readonly string[]): string | undefined => {
  const found = at(value, ...path);
  const text = isObject(found) ? found['#text'] : found;
  return typeof text === 'string' ? text.trim() : undefined;
};

const localOf = (code: string): string => code.slice(code.lastIndexOf(':') + 1);

/** The fault in a whole envelope, SOAP 1.1 or 1.2. */
export const faultIn = (document: XmlObject): SoapFault | undefined => {
  const body = at(document, 'Envelope', 'Body');
  if (!isObject(body) || body['Fault'] === undefined) return undefined;
  const fault = at(body, 'Fault');
  const codes: string[] = [];
  const old = textAt(fault, 'faultcode');
  // SOAP 1.1 refines a code by dots: `Client.Authentication`.
  if (old !== undefined) codes.push(...localOf(old).split('.'));
  for (let code = at(fault, 'Code'); code !== undefined; code = at(code, 'Subcode')) {
    const value = textAt(code, 'Value');
    if (value !== undefined) codes.push(localOf(value));
  }
  const detail = at(fault, 'detail') ?? at(fault, 'Detail');
  return {
    codes,
    reason: textAt(fault, 'faultstring') ?? textAt(fault, 'Reason', 'Text') ?? '',
    detail: isObject(detail) ? detail : undefined,
  };
};

const security = /authenti|unauthori|notauthori|accessdenied|security|securitytoken|badcontexttoken|requestexpired/i;
const plain = (code: string): boolean => /^[A-Za-z][A-Za-z_-]{0,39}$/.test(code);

export const errorOfFault = (fault: SoapFault): HubError => {
  const said = fault.codes.filter(plain).join('.') || 'without a code';
  if (fault.codes.some((code) => security.test(code)))
    return new HubError({
      code: 'source/unauthorised',
      fault: 'config',
      message: `The source refused the credentials (SOAP fault ${said}).`,
      hint: 'Check the certificate, the token service, the service agreement and the clocks.',
    });
  if (fault.codes.some((code) => /^(Client|Sender|MustUnderstand|VersionMismatch|DataEncodingUnknown)$/.test(code)))
    return new HubError({
      code: 'source/bad-request',
      fault: 'source',
      message: `The source did not accept the request (SOAP fault ${said}).`,
      hint: 'Compare the input, the SOAP version and the WSDL with the vendor’s documentation.',
    });
  return new HubError({
    code: 'source/unavailable',
    fault: 'transient',
    message: `The source failed to answer (SOAP fault ${said}).`,
  });
};
