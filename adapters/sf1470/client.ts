// One question to the index: the answer's cases as they come, then what the index says of its answer. Failures inside
// answers of status 200 (StandardRetur) and ServiceplatformFault become fault classes; their texts are dropped.
import { randomUUID } from 'node:crypto';
import type { AdapterContext } from '../../src/adapter/contract.ts';
import { at, createSoap, type SoapFault, textAt, type XmlInput } from '../../src/adapter/soap.ts';
import type { XmlObject } from '../../src/adapter/xml.ts';
import { HubError } from '../../src/errors.ts';
import { type Sf1470Config, wsdlOf } from './config.ts';
import { isObject, listOf } from './effect.ts';

export interface Answer<T> {
  readonly cases: readonly T[];
  /** The index's own count of what was found, all pages together. */
  readonly total: number | undefined;
}

export interface Client {
  /** @param take makes of each case what is kept of it */
  ask<T>(question: XmlInput, take: (snapshot: XmlObject) => T, signal: AbortSignal): Promise<Answer<T>>;
}

const mostCases = 1000;

/** Codes as KOMBIT's services use them: 20 well, 44 nothing found; tens like HTTP's hundreds. */
const refuse = (status: number): void => {
  if ((status >= 20 && status < 30) || status === 44) return;
  const said = `StandardRetur.StatusKode ${Number.isInteger(status) ? status : 'unreadable'}`;
  if (status === 41)
    throw new HubError({
      code: 'source/unauthorised',
      fault: 'config',
      message: `The index refused the credentials (${said}).`,
      hint: 'Check the certificate, the token and the service agreement.',
    });
  if (status === 43)
    throw new HubError({
      code: 'source/forbidden',
      fault: 'config',
      message: `The index refused access (${said}).`,
      hint: 'Check the service agreement: may the hub search cases of this municipality?',
    });
  if (status >= 50 && status < 60)
    throw new HubError({
      code: 'source/unavailable',
      fault: 'transient',
      message: `The index failed to answer (${said}).`,
    });
  if (status >= 40 && status < 50)
    throw new HubError({
      code: 'source/bad-request',
      fault: 'source',
      message: `The index did not accept the search (${said}).`,
      hint: 'If it does not take KLE groups with a wildcard, set `kleSearch: none`.',
    });
  throw new HubError({ code: 'source/bad-answer', fault: 'source', message: `The index answered ${said}.` });
};

const plainCode = (code: string): boolean => /^[A-Za-z][A-Za-z0-9_.-]{0,39}$/.test(code) && !/\d{6}/.test(code);

/** @returns undefined for a fault without Serviceplatformen's detail */
export const errorOfServiceplatform = ({ detail }: SoapFault): HubError | undefined => {
  const list = at(detail, 'ServiceplatformFault', 'ErrorList');
  if (!isObject(list)) return undefined;
  const codes = listOf(list['Error']).flatMap((error) => textAt(error, 'ErrorCode') ?? []);
  const message = `Serviceplatformen refused the call (${codes.filter(plainCode).join(', ') || 'no readable code'}).`;
  if (codes.some((code) => /auth|access|denied|certif|token|agreement|aftale|rettighed/i.test(code)))
    return new HubError({
      code: 'source/unauthorised',
      fault: 'config',
      message,
      hint: 'Check the service agreement, the certificate and `municipalityCvr`.',
    });
  return codes.some((code) => /timeout|unavailable|overload|internal/i.test(code))
    ? new HubError({ code: 'source/unavailable', fault: 'transient', message })
    : new HubError({ code: 'source/bad-request', fault: 'source', message });
};

export const createClient = async (config: Sf1470Config, context: AdapterContext): Promise<Client> => {
  const header = 'http://kombit.dk/xml/schemas/RequestHeader/1/';
  const soap = await createSoap({
    http: context.http,
    wsdl: wsdlOf(config),
    endpoint: config.endpoint,
    headers: () => [{ 'h:RequestHeader': { '@xmlns:h': header, 'h:TransactionUUID': randomUUID() } }],
    ...(config.basic === undefined ? {} : { security: { type: 'basic', ...config.basic } as const }),
  });
  const wrapped = config.version === '5' ? ['*'] : [];
  const records = ['Envelope', 'Body', '*', ...wrapped, 'SagFiltreretOejebliksbillede'];
  const output = (envelope: XmlObject): XmlObject => {
    const path = config.version === '5' ? ['FremsoegResponse'] : [];
    const found = at(envelope, 'Envelope', 'Body', ...path, 'FremsoegSagDokumentIndeksOutput');
    return isObject(found) ? found : {};
  };

  return {
    async ask(question, take, signal) {
      const cases: ReturnType<typeof take>[] = [];
      const call = { signal, records, timeoutMs: config.timeoutSeconds * 1000, onFault: errorOfServiceplatform };
      for await (const item of soap.call('fremsoeg', question, call)) {
        if (item.type === 'record') {
          if (cases.length === mostCases)
            throw new HubError({
              code: 'source/too-large',
              fault: 'source',
              message: 'The index answers more cases than it was asked for.',
              hint: 'It should keep to MaksimalAntalKvantitet; check the version.',
            });
          cases.push(take(item.value));
          continue;
        }
        const answer = output(item.value);
        refuse(Number(textAt(answer, 'StandardRetur', 'StatusKode') ?? Number.NaN));
        const counted = listOf(answer['Antal']).find((one) => textAt(one, 'Element') === 'sager');
        const total = Number(textAt(counted, 'Antal') ?? Number.NaN);
        return { cases, total: Number.isInteger(total) ? total : undefined };
      }
      throw new HubError({ code: 'source/bad-answer', fault: 'source', message: 'The answer broke off.' });
    },
  };
};
