// The CPR register on loopback, in the shape of SF1520: PersonLookup by number, InvocationContext checked, unknown numbers
// as a ServiceplatformFault, former numbers answered with the one in force, and bad days. Records every URL.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { at, textAt } from '../../../src/adapter/soap.ts';
import { parseXml } from '../../../src/adapter/xml.ts';
import { createFaultSwitch, type FaultMode, type FaultSwitch } from '../momentum/faults.ts';

export const registerIdentifiers = {
  serviceAgreementUuid: '0d1b7a44-5c1c-4a3e-9d55-5f0a4b1c1520',
  userSystemUuid: '1a2b3c4d-0000-4000-8000-000000001520',
  userUuid: '2a2b3c4d-0000-4000-8000-000000001520',
  serviceUuid: '3a2b3c4d-0000-4000-8000-000000001520',
} as const;

/** Elements in order; a list repeats its element, undefined is left out. */
export type Part = string | number | boolean | undefined | PartObject | readonly PartObject[];
export interface PartObject {
  readonly [name: string]: Part;
}

export interface RegisterStubOptions {
  /** What PersonLookupResponse holds for a number; undefined: nobody has it. */
  readonly personOf: (cpr: string) => PartObject | undefined;
  readonly latencyMs?: number;
}

export interface RegisterStub {
  readonly endpoint: string;
  readonly urls: readonly string[];
  readonly faults: FaultSwitch;
  close(): Promise<void>;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const written = (name: string, part: Part): string => {
  if (part === undefined) return '';
  if (Array.isArray(part)) return part.map((one: PartObject) => written(name, one)).join('');
  const inner =
    typeof part === 'object'
      ? Object.entries(part)
          .map(([key, one]) => written(key, one))
          .join('')
      : escaped(String(part));
  return `<ns3:${name}>${inner}</ns3:${name}>`;
};

const envelope = (inner: string): string =>
  `<?xml version='1.0' encoding='UTF-8'?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>${inner}</S:Body></S:Envelope>`;

const answer = (person: PartObject): string =>
  envelope(
    `<ns3:PersonLookupResponse xmlns:ns3="http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/4/">${Object.entries(
      person,
    )
      .map(([name, part]) => written(name, part))
      .join('')}</ns3:PersonLookupResponse>`,
  );

const fault = (code: string, text: string): string =>
  envelope(
    `<S:Fault><faultcode>S:Server</faultcode><faultstring>${text}</faultstring><detail><f:ServiceplatformFault xmlns:f="http://serviceplatformen.dk/xml/schemas/ServiceplatformFault/1/"><f:ErrorList><f:Error><f:ErrorCode>${code}</f:ErrorCode><f:ErrorText>${text}</f:ErrorText></f:Error></f:ErrorList></f:ServiceplatformFault></detail></S:Fault>`,
  );

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

const send = (response: ServerResponse, status: number, body: string): void => {
  response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8' });
  response.end(body);
};

export const startRegisterStub = async (options: RegisterStubOptions): Promise<RegisterStub> => {
  const urls: string[] = [];
  const faults = createFaultSwitch();
  const failing: Partial<Record<FaultMode, (response: ServerResponse) => void>> = {
    down: (response) => void response.destroy(),
    timeout: () => undefined,
    'error-500': (response) => send(response, 500, fault('INTERNAL_ERROR', 'Intern fejl')),
    'error-504': (response) => send(response, 504, '<html>Gateway Timeout</html>'),
    'rate-limit': (response) => send(response, 429, ''),
    unauthorised: (response) => send(response, 500, fault('ACCESS_DENIED', 'Ingen serviceaftale')),
    garbage: (response) => send(response, 200, envelope('<ns3:PersonLookupResponse')),
  };

  const lookup = (body: string): { status: number; body: string } => {
    const request = at(parseXml(body), 'Envelope', 'Body', 'PersonLookupRequest');
    const invocation = at(request, 'InvocationContext');
    const { serviceAgreementUuid, userSystemUuid, userUuid, serviceUuid } = registerIdentifiers;
    const known =
      textAt(invocation, 'ServiceAgreementUUID') === serviceAgreementUuid &&
      textAt(invocation, 'UserSystemUUID') === userSystemUuid &&
      textAt(invocation, 'UserUUID') === userUuid &&
      textAt(invocation, 'ServiceUUID') === serviceUuid;
    if (!known) return { status: 500, body: fault('ACCESS_DENIED', 'Ukendt serviceaftale') };
    const person = options.personOf(textAt(request, 'PNR') ?? '');
    return person === undefined
      ? { status: 500, body: fault('PNR_NOT_FOUND', 'PNR not found') }
      : { status: 200, body: answer(person) };
  };

  const server = createServer((request, response) => {
    urls.push(request.url ?? '');
    void bodyOf(request).then(async (body) => {
      const fail = failing[faults.next()];
      if (options.latencyMs !== undefined) await new Promise((resolve) => setTimeout(resolve, options.latencyMs));
      if (fail !== undefined) return fail(response);
      if (request.method !== 'POST') return send(response, 405, '');
      const found = lookup(body);
      send(response, found.status, found.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/service/CPR/PersonBaseDataExtended/4`,
    urls,
    faults,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
