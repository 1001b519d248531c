// Hjælpemiddelbasen on loopback: an invented SOAP service with a user name token, offset paging with a total, changes
// since a Danish day, nested lists, its errors inside 200 answers, and one fault for citizens it does not know.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { at, textAt } from '../../../src/adapter/soap.ts';
import { parseXml, type XmlValue } from '../../../src/adapter/xml.ts';

export const aidsWsdl = join(import.meta.dirname, 'hjaelpemidler.wsdl');
export const aidsCredentials = { username: 'samspil-hub', password: 'sandbox-hjaelpemiddel-secret' } as const;

export interface Aid {
  readonly nr: string;
  readonly cpr: string;
  /** `24.12.2026` */
  readonly udlaant: string;
  /** `2026-11-21` */
  aendret: string;
  slettet: boolean;
  readonly dele: readonly string[];
}

export interface AidsData {
  /** By number. */
  readonly borgere: Map<string, { readonly cpr: string; readonly navn: string }>;
  readonly udlaan: Map<string, Aid>;
  readonly notater: Map<string, { readonly id: string; readonly cpr: string; readonly tekst: string }>;
}

export interface AidsStub {
  readonly endpoint: string;
  readonly urls: readonly string[];
  /** Codes to answer instead, until it is empty. */
  readonly codes: string[];
  close(): Promise<void>;
}

const text = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const answer = (inner: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>${inner}</e:Body></e:Envelope>`;
const svar = (inner: string, code = '0'): string =>
  answer(`<h:Svar xmlns:h="urn:hjaelpemiddelbasen:2"><h:Kode>${code}</h:Kode>${inner}</h:Svar>`);
const fault = (code: string, detail = ''): string =>
  answer(`<e:Fault><faultcode>${code}</faultcode><faultstring>Fejl</faultstring><detail>${detail}</detail></e:Fault>`);

const borger = ({ cpr, navn }: { cpr: string; navn: string }, nr: string): string =>
  `<h:Borger nr="${nr}"><h:CprNr>${cpr.slice(0, 6)}-${cpr.slice(6)}</h:CprNr><h:Navn>${text(navn)}</h:Navn></h:Borger>`;
const laan = (aid: Aid): string =>
  `<h:Udlaan><h:Nr>${aid.nr}</h:Nr><h:CprNr>${aid.cpr}</h:CprNr><h:Udlaant>${aid.udlaant}</h:Udlaant><h:Aendret>${aid.aendret}</h:Aendret>` +
  `<h:Status>${aid.slettet ? 'SLETTET' : 'AKTIV'}</h:Status><h:Dele>${aid.dele.map((del) => `<h:Del><h:Navn>${text(del)}</h:Navn></h:Del>`).join('')}</h:Dele></h:Udlaan>`;

const operation = (data: AidsData, name: string, input: XmlValue | undefined): string => {
  if (name === 'Ping') return svar('');
  if (name === 'HentNotater') {
    const cpr = textAt(input, 'CprNr') ?? '';
    if (![...data.borgere.values()].some((one) => one.cpr === cpr))
      return fault('e:Client', '<b:Fejl xmlns:b="urn:fejl"><b:Nr>404</b:Nr></b:Fejl>');
    const own = [...data.notater.values()].filter((one) => one.cpr === cpr);
    return svar(
      own.map(({ id, tekst }) => `<h:Notat><h:Id>${id}</h:Id><h:Tekst>${text(tekst)}</h:Tekst></h:Notat>`).join(''),
    );
  }
  if (name === 'SoegBorgere') {
    const first = Number(textAt(input, 'Visning', 'FoersteNr') ?? '1') - 1;
    const count = Math.min(50, Number(textAt(input, 'Visning', 'Antal') ?? '50'));
    const rows = [...data.borgere].slice(first, first + count);
    const list = rows.map(([nr, one]) => borger(one, nr)).join('');
    return svar(`<h:IAlt>${data.borgere.size}</h:IAlt><h:Borgere>${list}</h:Borgere>`);
  }
  const since = (textAt(input, 'AendretEfter') ?? '').split('-').reverse().join('-');
  const rows = [...data.udlaan.values()].filter(({ aendret }) => aendret >= since);
  return svar(`<h:UdlaanListe>${rows.map(laan).join('')}</h:UdlaanListe>`);
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

export const startAidsStub = async (data: AidsData): Promise<AidsStub> => {
  const urls: string[] = [];
  const codes: string[] = [];
  const respond = (body: string): { status: number; body: string } => {
    const envelope = at(parseXml(body), 'Envelope');
    const token = at(envelope, 'Header', 'Security', 'UsernameToken');
    const known =
      textAt(token, 'Username') === aidsCredentials.username && textAt(token, 'Password') === aidsCredentials.password;
    if (!known) return { status: 500, body: fault('wsse:FailedAuthentication') };
    const code = codes.shift();
    if (code !== undefined) return { status: 200, body: svar('', code) };
    const [name = '', input] = Object.entries(at(envelope, 'Body') ?? {})[0] ?? [];
    const answered = operation(data, name, input as XmlValue);
    return { status: answered.includes('<e:Fault>') ? 500 : 200, body: answered };
  };
  const server = createServer((request, response) => {
    urls.push(request.url ?? '');
    void bodyOf(request).then((body) => {
      const { status, body: answered } = request.method === 'POST' ? respond(body) : { status: 405, body: '' };
      response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8' });
      response.end(answered);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/Hjaelpemidler.svc`,
    urls,
    codes,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
