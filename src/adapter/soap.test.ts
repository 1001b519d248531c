// SOAP calls against a loopback server: what is sent, what comes back, what a fault means, and what is refused.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HubError } from '../errors.ts';
import { createHttp } from './http.ts';
import { contract, envelope, type Server, serveSoap } from './soap.fixture.ts';
import { createSoap, type Soap, type SoapCall, type SoapOptions, textAt, type XmlInput } from './soap.ts';
import { parseXml, type XmlItem, type XmlObject } from './xml.ts';

const secret = '0101851234';
let server: Server;
beforeEach(async () => {
  server = await serveSoap();
});
afterEach(() => server.close());

const connect = (options: Partial<SoapOptions> = {}): Promise<Soap> => {
  const http = createHttp({ hosts: [server.host] });
  return createSoap({ http, wsdl: contract(), endpoint: server.endpoint, ...options });
};
const sager = ['Envelope', 'Body', 'HentSagerSvar', 'Sag'];
const ask = async (soap: Soap, input: XmlInput = {}, call: Partial<SoapCall> = {}): Promise<XmlItem[]> => {
  const items: XmlItem[] = [];
  const options = { signal: new AbortController().signal, records: sager, ...call };
  for await (const item of soap.call('HentSager', input, options)) items.push(item);
  return items;
};
const failure = async (work: Promise<unknown>): Promise<HubError> => {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof HubError)) throw new Error('expected a HubError');
  expect(`${thrown.message} ${thrown.hint ?? ''}`).not.toContain(secret);
  return thrown;
};
const sent = (): XmlObject => parseXml(server.asked.at(-1)?.body ?? '');

describe('a request', () => {
  it('has the elements of the schema in its order and namespaces, escaped', async () => {
    const soap = await connect();
    await ask(soap, { Antal: 5, Periode: { Til: '<&"', Fra: '2026-01-01' }, Status: ['1', '2'] });
    expect(/<soap:Body>(.*)<\/soap:Body>/.exec(server.asked[0]?.body ?? '')?.[1]).toBe(
      '<n0:HentSager xmlns:n0="urn:sager" xmlns:n1="urn:faelles"><n0:Status>1</n0:Status><n0:Status>2</n0:Status>' +
        '<n0:Periode><n1:Fra>2026-01-01</n1:Fra><n1:Til>&lt;&amp;&quot;</n1:Til></n0:Periode><n0:Antal>5</n0:Antal>' +
        '</n0:HentSager>',
    );
    expect(server.asked[0]?.headers).toMatchObject({ soapaction: '"urn:sager/HentSager"' });
    expect(server.asked[0]?.headers['content-type']).toMatch(/^text\/xml/);
  });

  it('speaks SOAP 1.2 where the port or the configuration says so', async () => {
    for (const options of [{ port: 'Ny' }, { version: '1.2' }] as const) {
      await ask(await connect(options));
      const { headers, body } = server.asked.at(-1) as Server['asked'][number];
      expect(headers['content-type']).toMatch(/^application\/soap\+xml; charset=utf-8; action="urn:sager\/HentSager"/);
      expect(body).toContain('http://www.w3.org/2003/05/soap-envelope');
    }
  });

  it('carries headers made for every call, and a user name token or basic credentials', async () => {
    let calls = 0;
    const headers: SoapOptions['headers'] = ({ action }) => {
      calls += 1;
      const id = { '@xmlns:a': 'urn:wsa', '#text': `id-${calls}` };
      return [
        { 'f:Kontekst': { '@xmlns:f': 'urn:faelles', 'f:Cvr': '29188327' } },
        { 'a:MessageID': id },
        { Action: action },
      ];
    };
    const token = await connect({ headers, security: { type: 'username-token', username: 'hub', password: 'p<w' } });
    await ask(token);
    await ask(token);
    const header = (sent() as { Envelope: { Header: XmlObject } }).Envelope.Header;
    expect(header).toMatchObject({
      Kontekst: { Cvr: '29188327' },
      MessageID: 'id-2',
      Action: 'urn:sager/HentSager',
      Security: { UsernameToken: { Username: 'hub', Password: { '#text': 'p<w' } } },
    });
    expect(server.asked[1]?.body).toContain('<f:Cvr>');
    await ask(await connect({ security: { type: 'basic', username: 'hub', password: 'ø' } }));
    expect(server.asked.at(-1)?.headers.authorization).toBe(`Basic ${Buffer.from('hub:ø').toString('base64')}`);
    expect(sent()['Envelope']).not.toHaveProperty('Header');
  });

  it('tells names that the WSDL does not have', async () => {
    const soap = await connect();
    expect(soap.operations).toEqual(['HentSager']);
    expect(soap.unknown('HentSager', { Antal: 1, Stat: 'x', Periode: { Fra: '', Slut: '' } })).toEqual([
      'Stat',
      'Periode.Slut',
    ]);
    const options = { signal: new AbortController().signal, records: [] };
    expect((await failure(soap.call('Slet', {}, options).next())).code).toBe('config/invalid');
  });

  it('takes no markup out of a value or a name', async () => {
    const soap = await connect();
    await ask(soap, { Status: '<![CDATA[</x>]]>', Antal: { '@a': '"><x/>' } });
    const { HentSager } = (sent() as { Envelope: { Body: { HentSager: XmlObject } } }).Envelope.Body;
    expect(HentSager).toEqual({ Status: '<![CDATA[</x>]]>', Antal: { '@a': '"><x/>' } });
    expect((await failure(ask(soap, { 'a><b': '' }))).code).toBe('config/invalid');
    const headers: SoapOptions['headers'] = () => [{ Id: '<![CDATA[</x>]]>' }];
    expect((await failure(ask(await connect({ headers })))).code).toBe('config/invalid');
  });
});

describe('an answer', () => {
  it('gives its records and then the rest', async () => {
    server.answer = { body: envelope('<HentSagerSvar><Sag><Id>1</Id></Sag><Sag/><Flere>nej</Flere></HentSagerSvar>') };
    expect(await ask(await connect())).toEqual([
      { type: 'record', value: { Id: '1' } },
      { type: 'record', value: {} },
      { type: 'rest', value: { Envelope: { Body: { HentSagerSvar: { Flere: 'nej' } } } } },
    ]);
  });

  it('may be empty, but not absent', async () => {
    const soap = await connect();
    expect(await ask(soap)).toHaveLength(1);
    expect(await ask(soap, {}, { records: [] })).toHaveLength(1);
    for (const body of ['', '<html/>', envelope(''), '<a><Sag/></a>', envelope('<HentSagerSvar><Sag>').slice(0, 90)]) {
      server.answer = { body };
      expect((await failure(ask(soap))).code).toBe('source/bad-answer');
    }
    server.answer = { type: 'multipart/related; boundary=x', body: '--x' };
    expect((await failure(ask(soap))).message).toContain('MTOM');
  });
});

const old = (code: string, detail = ''): string =>
  envelope(
    `<s:Fault><faultcode>${code}</faultcode><faultstring>ukendt ${secret}</faultstring><detail>${detail}</detail></s:Fault>`,
  );
const fresh = (code: string, sub = ''): string =>
  envelope(
    `<s:Fault><s:Code><s:Value>s:${code}</s:Value>${sub === '' ? '' : `<s:Subcode><s:Value>w:${sub}</s:Value></s:Subcode>`}</s:Code><s:Reason><s:Text xml:lang="da">${secret}</s:Text></s:Reason></s:Fault>`,
  );

describe('a fault', () => {
  it.each([
    [500, old('s:Server'), 'source/unavailable', 'transient'],
    [200, old('s:Server'), 'source/unavailable', 'transient'],
    [500, old('s:Client'), 'source/bad-request', 'source'],
    [500, old('s:Client.Authentication'), 'source/unauthorised', 'config'],
    [500, old('wsse:FailedAuthentication'), 'source/unauthorised', 'config'],
    [500, old('wsse:InvalidSecurityToken'), 'source/unauthorised', 'config'],
    [500, old(secret), 'source/unavailable', 'transient'],
    [400, fresh('Sender'), 'source/bad-request', 'source'],
    [500, fresh('Receiver'), 'source/unavailable', 'transient'],
    [400, fresh('Sender', 'FailedAuthentication'), 'source/unauthorised', 'config'],
    [500, '<html><h1>Error', 'source/unavailable', 'transient'],
    [500, envelope('<x/>'), 'source/unavailable', 'transient'],
    [400, 'no', 'source/bad-request', 'source'],
    [503, old('s:Client'), 'source/unavailable', 'transient'],
    [401, '', 'source/unauthorised', 'config'],
  ])('with status %i: %s', async (status, body, code, fault) => {
    server.answer = { status, body };
    const error = await failure(ask(await connect()));
    expect([error.code, error.fault]).toEqual([code, fault]);
  });

  it('may be read by the adapter', async () => {
    server.answer = { status: 500, body: old('s:Server', '<n:Liste xmlns:n="n"><n:Kode>4</n:Kode></n:Liste>') };
    const none = new HubError({ code: 'source/not-found', fault: 'source', message: 'Unknown.' });
    const onFault: SoapCall['onFault'] = ({ detail }) => (textAt(detail, 'Liste', 'Kode') === '4' ? none : undefined);
    expect(await failure(ask(await connect(), {}, { onFault }))).toBe(none);
  });
});

describe('a WSDL', () => {
  it('may import a file beside it, whose prefixes do not hide its own', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wsdl-'));
    try {
      const other = `<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:tns="urn:fejl" targetNamespace="urn:fejl"/>`;
      await writeFile(join(folder, 'fejl.wsdl'), other);
      const wsdl = join(folder, 'sager.wsdl');
      await writeFile(wsdl, contract('<w:import namespace="urn:fejl" location="fejl.wsdl"/>'));
      await ask(await connect({ wsdl }), { Antal: '1' });
      expect(sent()).toMatchObject({ Envelope: { Body: { HentSager: { Antal: '1' } } } });
      await writeFile(wsdl, contract('<w:import namespace="urn:fejl" location="mangler.wsdl"/>'));
      expect((await failure(connect({ wsdl }))).code).toBe('config/invalid');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('is refused when it is missing, broken, reaches out, or has no such port', async () => {
    const remote = contract(`<w:import namespace="urn:f" location="${server.endpoint}/f.wsdl"/>`);
    const cases: Partial<SoapOptions>[] = [
      { wsdl: '/nowhere/x.wsdl' },
      { wsdl: '<html/>' },
      { wsdl: remote },
      { port: 'Andet' },
      { service: 'Andet' },
    ];
    for (const options of cases) expect((await failure(connect(options))).code).toBe('config/invalid');
    expect((await failure(connect({ port: 'Andet' }))).hint).toContain('SagService / Gammel');
    expect(server.asked).toEqual([]);
  });
});
