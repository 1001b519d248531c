// An invented fagsystem: a register of places to live with support, behind a SOAP 1.1 service of its own making. Lists
// inside lists, dates as 24.12.2026, pages by first number and count, faults as SOAP faults. Nothing in the hub knows it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Stay {
  readonly id: string;
  readonly cpr: string;
  readonly place: string;
  readonly section: string;
  /** dd.MM.yyyy */
  readonly from: string;
  readonly to?: string;
  readonly goals: readonly { readonly id: string; readonly text: string; readonly kind: 'U' | 'F' | 'B' }[];
  readonly staff: readonly { readonly initials: string; readonly name: string; readonly role: string }[];
}

export interface Botilbud {
  readonly url: string;
  readonly wsdl: string;
  readonly user: string;
  readonly password: string;
  requests(): number;
  close(): Promise<void>;
}

const tns = 'urn:botilbud:register:2';
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export const wsdlOf = (endpoint: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:tns="${tns}" targetNamespace="${tns}" name="BotilbudRegister">
  <wsdl:types>
    <xs:schema targetNamespace="${tns}" elementFormDefault="qualified">
      <xs:element name="HentOphold"><xs:complexType><xs:sequence>
        <xs:element name="FoersteNummer" type="xs:int"/><xs:element name="Antal" type="xs:int"/><xs:element name="AendretEfter" type="xs:string" minOccurs="0"/>
      </xs:sequence></xs:complexType></xs:element>
      <xs:element name="HentOpholdSvar"><xs:complexType><xs:sequence>
        <xs:element name="Samlet" type="xs:int"/>
        <xs:element name="OpholdListe"><xs:complexType><xs:sequence><xs:element name="Ophold" type="tns:Ophold" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
      </xs:sequence></xs:complexType></xs:element>
      <xs:complexType name="Ophold"><xs:sequence>
        <xs:element name="Beboer"><xs:complexType><xs:sequence><xs:element name="Personnummer" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
        <xs:element name="Tilbud" type="xs:string"/><xs:element name="Paragraf" type="xs:string"/>
        <xs:element name="Fra" type="xs:string"/><xs:element name="Til" type="xs:string" minOccurs="0"/>
        <xs:element name="Maalliste"><xs:complexType><xs:sequence><xs:element name="Maal" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
          <xs:element name="Tekst" type="xs:string"/><xs:element name="Type" type="xs:string"/>
        </xs:sequence><xs:attribute name="nr" type="xs:string"/></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>
        <xs:element name="Kontaktpersoner"><xs:complexType><xs:sequence><xs:element name="Kontaktperson" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
          <xs:element name="Initialer" type="xs:string"/><xs:element name="Navn" type="xs:string"/><xs:element name="Rolle" type="xs:string"/>
        </xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>
      </xs:sequence><xs:attribute name="opholdsnummer" type="xs:string"/></xs:complexType>
    </xs:schema>
  </wsdl:types>
  <wsdl:message name="HentOpholdInd"><wsdl:part name="parameters" element="tns:HentOphold"/></wsdl:message>
  <wsdl:message name="HentOpholdUd"><wsdl:part name="parameters" element="tns:HentOpholdSvar"/></wsdl:message>
  <wsdl:portType name="Register"><wsdl:operation name="HentOphold"><wsdl:input message="tns:HentOpholdInd"/><wsdl:output message="tns:HentOpholdUd"/></wsdl:operation></wsdl:portType>
  <wsdl:binding name="RegisterSoap" type="tns:Register"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="HentOphold"><soap:operation soapAction="${tns}/HentOphold"/><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation>
  </wsdl:binding>
  <wsdl:service name="BotilbudRegister"><wsdl:port name="RegisterSoap" binding="tns:RegisterSoap"><soap:address location="${endpoint}"/></wsdl:port></wsdl:service>
</wsdl:definitions>
`;

const stayXml = (stay: Stay): string =>
  `<b:Ophold opholdsnummer="${stay.id}"><b:Beboer><b:Personnummer>${stay.cpr}</b:Personnummer></b:Beboer><b:Tilbud>${escaped(stay.place)}</b:Tilbud><b:Paragraf>${escaped(stay.section)}</b:Paragraf><b:Fra>${stay.from}</b:Fra>${stay.to === undefined ? '' : `<b:Til>${stay.to}</b:Til>`}<b:Maalliste>${stay.goals.map((goal) => `<b:Maal nr="${goal.id}"><b:Tekst>${escaped(goal.text)}</b:Tekst><b:Type>${goal.kind}</b:Type></b:Maal>`).join('')}</b:Maalliste><b:Kontaktpersoner>${stay.staff.map((one) => `<b:Kontaktperson><b:Initialer>${one.initials}</b:Initialer><b:Navn>${escaped(one.name)}</b:Navn><b:Rolle>${escaped(one.role)}</b:Rolle></b:Kontaktperson>`).join('')}</b:Kontaktpersoner></b:Ophold>`;

const envelope = (body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`;
const fault = (code: string, text: string): string =>
  envelope(`<s:Fault><faultcode>s:${code}</faultcode><faultstring>${escaped(text)}</faultstring></s:Fault>`);

const numberIn = (body: string, name: string): number =>
  Number(new RegExp(`<(?:\\w+:)?${name}>(\\d+)<`).exec(body)?.[1] ?? Number.NaN);

/** At most this many stays an answer. */
export const most = 20;

/** Serves `stays()` as they are when asked. */
export const startBotilbud = async (stays: () => readonly Stay[], port = 0): Promise<Botilbud> => {
  const [user, password] = ['samspil', 'b0tilbud-sandkasse'];
  let requests = 0;
  const server = createServer((request, response) => {
    const { port: own } = server.address() as AddressInfo;
    const answer = (status: number, body: string): void => {
      response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8' });
      response.end(body);
    };
    if (request.method === 'GET' && request.url?.endsWith('?wsdl')) {
      answer(200, wsdlOf(`http://127.0.0.1:${own}/register`));
      return;
    }
    requests += 1;
    const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    if (request.headers.authorization !== wanted) {
      answer(401, fault('Client', 'Ukendt bruger'));
      return;
    }
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const [first, count] = [numberIn(body, 'FoersteNummer'), numberIn(body, 'Antal')];
      if (!Number.isInteger(first) || !Number.isInteger(count) || first < 1 || count < 1 || count > most) {
        answer(500, fault('Client', `FoersteNummer skal være mindst 1 og Antal 1 til ${most}`));
        return;
      }
      const all = stays();
      const page = all.slice(first - 1, first - 1 + count);
      answer(
        200,
        envelope(
          `<b:HentOpholdSvar xmlns:b="${tns}"><b:Samlet>${all.length}</b:Samlet><b:OpholdListe>${page.map(stayXml).join('')}</b:OpholdListe></b:HentOpholdSvar>`,
        ),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/register`;
  return {
    url,
    wsdl: wsdlOf(url),
    user,
    password,
    requests: () => requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
