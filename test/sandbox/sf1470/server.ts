// An index on loopback that speaks SOAP 1.1 as KOMBIT's does, by version 6 or, through Serviceplatformen, version 5:
// StandardRetur inside answers of status 200, ServiceplatformFault, first and max, its own clock. Requests are kept, so
// that tests can prove what was asked and where no number was.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseXml, type XmlObject } from '../../../src/adapter/xml.ts';
import type { IndexData } from './data.ts';
import { search, shownIn } from './search.ts';
import { escapeXml, namespaces, writeCase } from './write.ts';

export type IndexFault =
  | 'down' // connections are cut
  | 'timeout' // never answers
  | 'error-503'
  | 'html' // a gateway's page
  | 'cut' // breaks off in the middle of a case
  | 'uncounted' // no Antal
  | 'platform-access' // ServiceplatformFault: no agreement
  | 'platform-internal'
  | { readonly status: number }; // StandardRetur

export interface IndexStubOptions {
  readonly data: IndexData;
  readonly version?: '6' | '5';
  readonly latencyMs?: number;
}

export interface IndexStub {
  readonly url: string;
  /** The next `times` requests meet it; null: none. */
  fail(fault: IndexFault | null, times?: number): void;
  /** Something that happens after a request has been answered. */
  afterAnswer?: ((count: number) => void) | undefined;
  close(): Promise<void>;
  stats(): {
    readonly requests: readonly string[];
    readonly urls: readonly string[];
    readonly actions: readonly string[];
  };
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

const envelope = (body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>${body}</soap:Body></soap:Envelope>`;

const platformFault = (code: string): string =>
  envelope(
    `<soap:Fault><faultcode>soap:Server</faultcode><faultstring>Fejl ved kald for 0106889876</faultstring><detail><f:ServiceplatformFault xmlns:f="http://serviceplatformen.dk/xml/schemas/ServiceplatformFault/1/"><f:ErrorList><f:Error><f:ErrorCode>${code}</f:ErrorCode><f:ErrorText>Borgeren 0106889876 Maja Sandkasse</f:ErrorText></f:Error></f:ErrorList></f:ServiceplatformFault></detail></soap:Fault>`,
  );

const send = (response: ServerResponse, status: number, body: string, type = 'text/xml; charset=utf-8'): void => {
  response.writeHead(status, { 'content-type': type });
  response.end(body);
};

const mostKept = 2000;

export const startIndexStub = async ({ data, version = '6', latencyMs }: IndexStubOptions): Promise<IndexStub> => {
  const suffix = version === '6' ? '6' : '1.2.4.0';
  const kept: { body: string; url: string; action: string }[] = [];
  let fault: IndexFault | null = null;
  let left = 0;
  let answered = 0;

  const output = (status: number, total: number | undefined, cases: string): string => {
    const said = status === 20 ? 'OK' : 'Fejl: 0106889876 findes ikke';
    const counted =
      total === undefined
        ? ''
        : `<sdi:Antal><sdi:Element>sager</sdi:Element><sdi:Antal>${total}</sdi:Antal></sdi:Antal>`;
    const inside = `<sdi:FremsoegSagDokumentIndeksOutput${namespaces(suffix)}><sd:StandardRetur><sd:StatusKode>${status}</sd:StatusKode><sd:FejlbeskedTekst>${escapeXml(said)}</sd:FejlbeskedTekst></sd:StandardRetur>${counted}${cases}</sdi:FremsoegSagDokumentIndeksOutput>`;
    return envelope(
      version === '6'
        ? inside
        : `<p:FremsoegResponse xmlns:p="http://serviceplatformen.dk/xml/wsdl/soap11/SagDokument/SagDokumentIndeks/5/">${inside}</p:FremsoegResponse>`,
    );
  };

  const inputOf = (text: string): XmlObject | undefined => {
    const body = (parseXml(text) as { Envelope?: { Body?: Record<string, XmlObject> } }).Envelope?.Body ?? {};
    const root = version === '6' ? body : ((body['FremsoegRequest'] ?? {}) as Record<string, XmlObject>);
    if (version === '5' && root['AuthorityContext']?.['MunicipalityCVR'] === undefined) return undefined;
    return root['FremsoegSagDokumentIndeksInput'];
  };

  const meets = (mode: IndexFault, response: ServerResponse): boolean => {
    if (typeof mode === 'object') send(response, 200, output(mode.status, undefined, ''));
    else if (mode === 'down') response.destroy();
    else if (mode === 'error-503') send(response, 503, '');
    else if (mode === 'html') send(response, 200, '<html><body>Vedligehold</body></html>', 'text/html');
    else if (mode === 'platform-access') send(response, 500, platformFault('AccessDenied'));
    else if (mode === 'platform-internal') send(response, 500, platformFault('InternalError'));
    else return mode === 'timeout';
    return true;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await readBody(request);
    if (kept.length < mostKept)
      kept.push({ body: text, url: request.url ?? '', action: String(request.headers['soapaction'] ?? '') });
    if (latencyMs) await new Promise((resolve) => setTimeout(resolve, latencyMs));
    const mode = left > 0 ? fault : null;
    left -= 1;
    if (mode !== null && meets(mode, response)) return;
    const input = inputOf(text);
    if (input === undefined) {
      send(response, 200, output(40, undefined, ''));
      return;
    }
    const { cases, total } = search(data, input);
    const shows = shownIn(input);
    const written = cases.map((one) => writeCase(one, shows)).join('');
    const body = output(20, mode === 'uncounted' ? undefined : total, written);
    if (mode === 'cut') send(response, 200, body.slice(0, Math.floor(body.length * 0.7)));
    else send(response, 200, body);
    answered += 1;
    stub.afterAnswer?.(answered);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stub: IndexStub = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sagdokumentindeks/${version}`,
    fail(next, times = Number.POSITIVE_INFINITY) {
      fault = next;
      left = next === null ? 0 : times;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    stats: () => ({
      requests: kept.map(({ body }) => body),
      urls: kept.map(({ url }) => url),
      actions: kept.map(({ action }) => action),
    }),
  };
  return stub;
};
