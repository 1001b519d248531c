// The sandbox's register of lent aids (hjælpemidler): an invented system behind a SOAP 1.1 service of its own, read by the
// configured `soap` adapter. Loans in pages by first number and count, or those changed since a day; Danish dates; a user
// name and password; faults as SOAP faults.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Loan {
  readonly number: string;
  readonly cpr: string;
  readonly aid: string;
  readonly group: string;
  readonly section: string;
  /** `YYYY-MM-DD`, also the others. */
  readonly lent: string;
  readonly returned?: string;
  readonly parts: readonly { readonly number: string; readonly name: string }[];
  readonly therapist: { readonly initials: string; readonly name: string; readonly unit: string };
  readonly changed: string;
}

export interface LoanService {
  readonly url: string;
  readonly wsdl: string;
  readonly user: string;
  readonly password: string;
  close(): Promise<void>;
}

const tns = 'urn:hjaelpemiddelbasen:udlaan:1';
const element = (name: string, more = ''): string => `<xs:element name="${name}" type="xs:string"${more}/>`;
const optional = ' minOccurs="0"';
const list = (name: string, item: string, inner: string): string =>
  `<xs:element name="${name}"><xs:complexType><xs:sequence><xs:element name="${item}" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>${inner}</xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>`;
const complex = (name: string, inner: string): string =>
  `<xs:element name="${name}"><xs:complexType><xs:sequence>${inner}</xs:sequence></xs:complexType></xs:element>`;

const wsdlOf = (endpoint: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:tns="${tns}" targetNamespace="${tns}" name="Hjaelpemiddelbasen">
<wsdl:types><xs:schema targetNamespace="${tns}" elementFormDefault="qualified">
${complex('SoegUdlaan', element('Foerste') + element('Antal') + element('AendretFra', optional))}
${complex('SoegUdlaanSvar', element('IAlt') + list('UdlaanListe', 'Udlaan', element('Nr') + element('CprNr') + element('Hjaelpemiddel') + element('Gruppe') + element('Paragraf') + element('Udlaant') + element('Afleveret', optional) + element('Aendret') + complex('Terapeut', element('Initialer') + element('Navn') + element('Enhed')) + list('Dele', 'Del', element('Nr') + element('Navn'))))}
</xs:schema></wsdl:types>
<wsdl:message name="SoegUdlaanInd"><wsdl:part name="parameters" element="tns:SoegUdlaan"/></wsdl:message>
<wsdl:message name="SoegUdlaanUd"><wsdl:part name="parameters" element="tns:SoegUdlaanSvar"/></wsdl:message>
<wsdl:portType name="Udlaan"><wsdl:operation name="SoegUdlaan"><wsdl:input message="tns:SoegUdlaanInd"/><wsdl:output message="tns:SoegUdlaanUd"/></wsdl:operation></wsdl:portType>
<wsdl:binding name="UdlaanSoap" type="tns:Udlaan"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/><wsdl:operation name="SoegUdlaan"><soap:operation soapAction="${tns}/SoegUdlaan"/><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation></wsdl:binding>
<wsdl:service name="Hjaelpemiddelbasen"><wsdl:port name="UdlaanSoap" binding="tns:UdlaanSoap"><soap:address location="${endpoint}"/></wsdl:port></wsdl:service>
</wsdl:definitions>`;

const xmlText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const tag = (name: string, text: string | undefined): string =>
  text === undefined ? '' : `<u:${name}>${xmlText(text)}</u:${name}>`;
const danish = (day: string | undefined): string | undefined => day?.split('-').reverse().join('-');

const loanXml = (loan: Loan): string =>
  `<u:Udlaan>${tag('Nr', loan.number)}${tag('CprNr', loan.cpr)}${tag('Hjaelpemiddel', loan.aid)}${tag('Gruppe', loan.group)}${tag('Paragraf', loan.section)}${tag('Udlaant', danish(loan.lent))}${tag('Afleveret', danish(loan.returned))}${tag('Aendret', danish(loan.changed.slice(0, 10)))}<u:Terapeut>${tag('Initialer', loan.therapist.initials)}${tag('Navn', loan.therapist.name)}${tag('Enhed', loan.therapist.unit)}</u:Terapeut><u:Dele>${loan.parts.map((part) => `<u:Del>${tag('Nr', part.number)}${tag('Navn', part.name)}</u:Del>`).join('')}</u:Dele></u:Udlaan>`;

const envelope = (body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`;
const fault = (code: string, text: string): string =>
  envelope(`<s:Fault><faultcode>s:${code}</faultcode><faultstring>${xmlText(text)}</faultstring></s:Fault>`);

/** At most this many an answer. */
const most = 500;

const answerTo = (body: string, loans: readonly Loan[]): readonly [number, string] => {
  const said = (name: string): string | undefined => new RegExp(`<(?:\\w+:)?${name}>([^<]*)<`).exec(body)?.[1];
  const [first, count] = [Number(said('Foerste')), Number(said('Antal'))];
  if (!Number.isInteger(first) || first < 1 || !Number.isInteger(count) || count < 1 || count > most)
    return [500, fault('Client', `Foerste skal være mindst 1 og Antal 1 til ${most}`)];
  const since = said('AendretFra')?.split('-').reverse().join('-') ?? '';
  const found = loans.filter((loan) => loan.changed.slice(0, 10) >= since);
  const page = found.slice(first - 1, first - 1 + count);
  return [
    200,
    envelope(
      `<u:SoegUdlaanSvar xmlns:u="${tns}">${tag('IAlt', String(found.length))}<u:UdlaanListe>${page.map(loanXml).join('')}</u:UdlaanListe></u:SoegUdlaanSvar>`,
    ),
  ];
};

/** Serves `loans()`, in the order of their numbers, as they are when asked. */
export const startLoanService = async (loans: () => readonly Loan[], latencyMs = 0): Promise<LoanService> => {
  const [user, password] = ['samspil-hub', 'sandbox-hjaelpemidler'];
  const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const [status, text] =
        request.headers.authorization === wanted
          ? answerTo(body, loans())
          : ([401, fault('Client', 'Ukendt bruger')] as const);
      setTimeout(() => {
        response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8' });
        response.end(text);
      }, latencyMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/udlaan`;
  return {
    url,
    wsdl: wsdlOf(url),
    user,
    password,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
