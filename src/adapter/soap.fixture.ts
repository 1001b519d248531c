// A small SOAP contract with what real ones have: two namespaces, a header part first, an imported file that rebinds a
// prefix, both versions; and a server that answers what a test says.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

const binding = (name: string, ns: string): string => `
<w:binding name="${name}" type="tns:SagPortType"><${ns}:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
  <w:operation name="HentSager"><${ns}:operation soapAction="urn:sager/HentSager"/>
    <w:input><${ns}:header message="tns:HentSagerIn" part="header" use="literal"/><${ns}:body use="literal" parts="body"/></w:input>
    <w:output><${ns}:body use="literal"/></w:output></w:operation></w:binding>`;

export const contract = (imports = ''): string => `<?xml version="1.0" encoding="UTF-8"?>
<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:a="http://schemas.xmlsoap.org/wsdl/soap/"
  xmlns:b="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:x="http://www.w3.org/2001/XMLSchema" xmlns:tns="urn:sager"
  xmlns:f="urn:faelles" targetNamespace="urn:sager">${imports}
<w:types>
  <x:schema targetNamespace="urn:faelles" elementFormDefault="qualified">
    <x:complexType name="Interval"><x:sequence>
      <x:element name="Fra" type="x:string"/><x:element name="Til" type="x:string" minOccurs="0"/>
    </x:sequence></x:complexType>
    <x:element name="Kontekst"><x:complexType><x:sequence><x:element name="Cvr" type="x:string"/></x:sequence></x:complexType></x:element>
  </x:schema>
  <x:schema targetNamespace="urn:sager" elementFormDefault="qualified" xmlns:f="urn:faelles">
    <x:element name="HentSager"><x:complexType><x:sequence>
      <x:element name="Status" type="x:string" minOccurs="0" maxOccurs="unbounded"/>
      <x:element name="Periode" type="f:Interval" minOccurs="0"/>
      <x:element name="Antal" type="x:int" minOccurs="0"/>
    </x:sequence></x:complexType></x:element>
    <x:element name="HentSagerSvar"><x:complexType><x:sequence><x:any/></x:sequence></x:complexType></x:element>
  </x:schema>
</w:types>
<w:message name="HentSagerIn"><w:part name="header" element="f:Kontekst"/><w:part name="body" element="tns:HentSager"/></w:message>
<w:message name="HentSagerUd"><w:part name="body" element="tns:HentSagerSvar"/></w:message>
<w:portType name="SagPortType"><w:operation name="HentSager">
  <w:input message="tns:HentSagerIn"/><w:output message="tns:HentSagerUd"/></w:operation></w:portType>
${binding('Gammel', 'a')}${binding('Ny', 'b')}
<w:service name="SagService"><w:port name="Ny" binding="tns:Ny"><b:address location="http://x"/></w:port>
  <w:port name="Gammel" binding="tns:Gammel"><a:address location="http://x"/></w:port></w:service>
</w:definitions>`;

export const envelope = (body: string): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`;

export interface Answer {
  readonly status?: number;
  readonly type?: string;
  readonly body: string;
}

export interface Server {
  readonly host: string;
  readonly endpoint: string;
  readonly asked: { readonly headers: IncomingHttpHeaders; readonly body: string }[];
  answer: Answer;
  close(): Promise<void>;
}

export const serveSoap = async (): Promise<Server> => {
  const asked: Server['asked'] = [];
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      const { status = 200, type = 'text/xml; charset=utf-8', body } = server.answer;
      response.writeHead(status, { 'content-type': type });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(http.address() as AddressInfo).port}`;
  const server: Server = {
    host,
    endpoint: `http://${host}/service`,
    asked,
    answer: { body: envelope('<HentSagerSvar/>') },
    close: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return server;
};
