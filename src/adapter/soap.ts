// SOAP for adapters: envelopes by the source's WSDL, SOAP 1.1 and 1.2, answers streamed as plain values with constant
// memory. Every byte goes through the context's http: declared hosts, budget, time-outs, the source's own certificate.
// Signed messages (OIO IDWS) are a security token sidecar's work: `endpoint` is then the sidecar.
import { HubError } from '../errors.ts';
import type { Http } from './http.ts';
import { faultOf, retryAfterMs } from './http-fault.ts';
import type { XmlInput } from './soap-body.ts';
import { at, errorOfFault, faultIn, type SoapFault } from './soap-fault.ts';
import { readContract, type SoapVersion, type UsernameToken } from './soap-wsdl.ts';
import { readXml, type XmlItem } from './xml.ts';

export type { XmlInput, XmlInputValue } from './soap-body.ts';
export { at, type SoapFault, textAt } from './soap-fault.ts';
export type { SoapVersion } from './soap-wsdl.ts';

export type SoapSecurity =
  | { readonly type: 'none' }
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | ({ readonly type: 'username-token' } & UsernameToken);

export interface SoapOptions {
  readonly http: Http;
  /** The path of the WSDL, or its text. What it imports is read from disk, relative to it. */
  readonly wsdl: string;
  /** The WSDL's own address is a placeholder more often than not. */
  readonly endpoint: string;
  /** Needed where the WSDL has several. */
  readonly service?: string | undefined;
  readonly port?: string | undefined;
  /** Default: the version that the port is bound to. */
  readonly version?: SoapVersion | undefined;
  /** Default: the operation's own. */
  readonly soapAction?: string | undefined;
  readonly security?: SoapSecurity;
  /**
   * Elements of the SOAP header, for every call anew (message ids): `{ 'c:CallContext': { '@xmlns:c': 'urn:…', … } }`.
   */
  readonly headers?: (call: { readonly operation: string; readonly action: string }) => readonly XmlInput[];
  /** Default: what the answer says of itself. */
  readonly encoding?: string | undefined;
}

export interface SoapCall {
  readonly signal: AbortSignal;
  /** As in `readXml`, from the root: `['Envelope', 'Body', '*', 'Liste', 'Sag']`. */
  readonly records: readonly string[];
  /** Default 10 minutes and 4 GiB, those of `http.stream`. */
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  readonly maxRecordBytes?: number;
  /** What a fault means where the source's own detail tells more; undefined: the usual. */
  readonly onFault?: (fault: SoapFault) => HubError | undefined;
}

export interface Soap {
  readonly operations: readonly string[];
  /** Names in an input that the operation does not have, as paths. @throws HubError when there is no such operation */
  unknown(operation: string, input: XmlInput): readonly string[];
  /** The records of the answer as they come, then the rest of the envelope. @throws HubError */
  call(operation: string, input: XmlInput, call: SoapCall): AsyncGenerator<XmlItem>;
}

const badAnswer = (message: string, hint: string): HubError =>
  new HubError({ code: 'source/bad-answer', fault: 'source', message, hint });

/** SOAP says 500 for a fault, version 1.2 also 400. */
const faultStatus = [400, 500];

/** @throws HubError `config/invalid` when the WSDL cannot be read or has no such service */
export const createSoap = async (options: SoapOptions): Promise<Soap> => {
  const { http, endpoint, security = { type: 'none' } } = options;
  const contract = await readContract({
    ...options,
    ...(security.type === 'username-token' ? { token: security } : {}),
  });
  const authorization: Record<string, string> =
    security.type === 'basic'
      ? { authorization: `Basic ${Buffer.from(`${security.username}:${security.password}`).toString('base64')}` }
      : {};

  return {
    operations: contract.operations,
    unknown: contract.unknown,
    async *call(operation, input, { signal, records, timeoutMs, maxBytes, maxRecordBytes, onFault }) {
      const action = contract.actionOf(operation);
      const envelope = contract.envelope(operation, input, options.headers?.({ operation, action }) ?? []);
      const answer = await http.stream({
        method: 'POST',
        url: endpoint,
        headers: { accept: 'text/xml, application/soap+xml', ...envelope.headers, ...authorization },
        body: envelope.xml,
        signal,
        accept: faultStatus,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        ...(maxBytes === undefined ? {} : { maxBytes }),
      });
      const failed = (): HubError => faultOf(answer.status, retryAfterMs(answer.headers['retry-after']));
      if (/multipart/i.test(answer.headers['content-type'] ?? '')) {
        for await (const _ of answer.body) break;
        throw badAnswer('The answer comes in parts (MTOM), which is not read.', 'Ask the vendor to switch MTOM off.');
      }
      let given = false;
      const items = readXml(answer.body, {
        // An answer's element is noticed also when it is empty and nobody asked for records.
        records: records.length > 0 ? records : ['Envelope', 'Body', '*', ''],
        ...(maxRecordBytes === undefined ? {} : { maxRecordBytes }),
        ...(options.encoding === undefined ? {} : { encoding: options.encoding }),
      });
      try {
        for await (const item of items) {
          if (item.type === 'record') {
            given = true;
            yield item;
            continue;
          }
          const fault = faultIn(item.value);
          if (fault !== undefined) throw onFault?.(fault) ?? errorOfFault(fault);
          if (answer.status >= 400) throw failed();
          const body = at(item.value, 'Envelope', 'Body');
          if (!given && (typeof body !== 'object' || Object.keys(body).length === 0))
            throw badAnswer('The answer is no SOAP envelope with content.', 'Check `endpoint`.');
          yield item;
        }
      } catch (thrown) {
        // A page of HTML from a gateway, with a status that says enough.
        const foreign = thrown instanceof HubError && thrown.code === 'source/bad-answer' && answer.status >= 400;
        throw foreign ? failed() : thrown;
      }
    },
  };
};
