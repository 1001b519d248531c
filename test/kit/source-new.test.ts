// Skeletons from every make of sample: they pass the check, their configuration is taken, what is not known is marked,
// nothing of the people in the sample stands in them, and nothing is written over.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodiesOf, shippedMappings } from '../../src/main.ts';
import { checkMappings } from '../../src/mapping/check.ts';
import { systemsIn } from '../../src/mapping/load.ts';
import { openWorkplace, type Workplace } from './cli.ts';

let place: Workplace;
beforeAll(async () => {
  place = await openWorkplace({}, { mappingFolders: ['./mappings'] });
});
afterAll(() => place.close());

const rows =
  'LøbeNr;CprNr;Botilbud;Status;Fra;Til;Ansvarlig afd.;Bem\r\n17;101700000;Åhuset;1;01-02-2026;;Nord;Bodil Kanariefugl har det svært i dag\r\n18;0202710001;Skovly;2;01-03-2026;01-10-2026;Syd;\r\n';
const json = {
  total: 2,
  items: [
    {
      id: 'a1',
      borger: { cpr: '0101700000', navn: 'Kanariefugl' },
      titel: 'Støtte',
      status: 'AKTIV',
      startDato: '2026-02-01',
      opdateret: '2026-11-01T10:00:00Z',
    },
    {
      id: 'a2',
      borger: { cpr: '0202710001', navn: 'Kanariefugl' },
      titel: 'Hjælp',
      status: 'AFSLUTTET',
      startDato: '2026-03-01',
      opdateret: '2026-11-02T10:00:00Z',
    },
  ],
};
const xml =
  '<?xml version="1.0" encoding="ISO-8859-1"?><Svar><Ydelser><Ydelse id="Y1"><Cpr>010170-0000</Cpr><Navn>Kanariefugl</Navn><Fra>01.02.2026</Fra></Ydelse><Ydelse id="Y2"><Cpr>020271-0001</Cpr><Navn>Kanariefugl</Navn><Fra>01.03.2026</Fra></Ydelse></Ydelser></Svar>';
const lines = json.items.map((item) => JSON.stringify(item)).join('\n');
const openapi = {
  openapi: '3.0.3',
  servers: [{ url: 'https://forloeb.example/api' }],
  paths: {
    '/sager': {
      get: {
        responses: {
          200: { content: { 'application/json': { schema: { type: 'array', items: { $ref: '#/c/Sag' } } } } },
        },
      },
    },
    '/borgere/{cpr}/sager': {
      get: {
        responses: {
          200: { content: { 'application/json': { schema: { type: 'array', items: { $ref: '#/c/Sag' } } } } },
        },
      },
    },
  },
  c: {
    Sag: {
      properties: {
        id: { type: 'string' },
        cprNummer: { type: 'string' },
        titel: { type: 'string' },
        status: { enum: ['Oprettet', 'Afsluttet'], type: 'string' },
      },
    },
  },
};
const wsdl =
  '<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:x="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t"><w:types><x:schema><x:element name="HentSager"><x:complexType><x:sequence><x:element name="CprNr" type="x:string"/></x:sequence></x:complexType></x:element><x:element name="HentSagerSvar"><x:complexType><x:sequence><x:element name="Sager"><x:complexType><x:sequence><x:element name="Sag" maxOccurs="unbounded"><x:complexType><x:sequence><x:element name="SagId" type="x:string"/><x:element name="CprNr" type="x:string"/><x:element name="Titel" type="x:string"/><x:element name="StartDato" type="x:date"/></x:sequence></x:complexType></x:element></x:sequence></x:complexType></x:element></x:sequence></x:complexType></x:element></x:schema></w:types><w:message name="I"><w:part name="p" element="t:HentSager"/></w:message><w:message name="O"><w:part name="p" element="t:HentSagerSvar"/></w:message><w:portType name="P"><w:operation name="HentSager"><w:input message="t:I"/><w:output message="t:O"/></w:operation></w:portType></w:definitions>';
const metadata =
  '<edmx:Edmx Version="4.0" xmlns:edmx="urn:e"><edmx:DataServices><Schema Namespace="N"><EntityType Name="Sag"><Key><PropertyRef Name="Id"/></Key><Property Name="Id" Type="Edm.Guid"/><Property Name="Titel" Type="Edm.String"/><Property Name="BarnCpr" Type="Edm.String"/></EntityType><EntityContainer Name="C"><EntitySet Name="Sager" EntityType="N.Sag"/></EntityContainer></Schema></edmx:DataServices></edmx:Edmx>';
const capability = {
  resourceType: 'CapabilityStatement',
  implementation: { url: 'https://fhir.example/r4' },
  rest: [
    {
      resource: [{ type: 'Patient', interaction: [{ code: 'search-type' }], searchParam: [{ name: '_lastUpdated' }] }],
    },
  ],
};

interface Sample {
  readonly file: string;
  readonly content: string | Buffer;
  readonly adapter: string;
  readonly writes: readonly string[];
}
const samples: readonly Sample[] = [
  {
    file: 'ophold_20261121.csv',
    content: Buffer.from(rows, 'latin1'),
    adapter: 'files',
    writes: [
      'pattern: "ophold_[0-9]*.csv"',
      'encoding: windows-1252',
      'Ansvarlig afd.: Ansvarlig afd',
      'keyColumns: [LøbeNr]',
      'subject: { cpr: CprNr }',
      'as: dk-date',
      'Bem # free text',
    ],
  },
  {
    file: 'indsatser.json',
    content: JSON.stringify(json),
    adapter: 'rest',
    writes: [
      'records: "items[]"',
      'subject: { cpr: borger.cpr }',
      'as: iso-date',
      '"AFSLUTTET": completed',
      'updatedAt: { from: opdateret, as: instant }',
      'borger.navn # about a person',
    ],
  },
  {
    file: 'ydelser.xml',
    content: xml,
    adapter: 'rest',
    writes: ['records: Svar.Ydelser.Ydelse', 'key: "@id"', 'format: xml'],
  },
  { file: 'notater.jsonl', content: lines, adapter: 'files', writes: ['format: jsonl', 'to: journalReference'] },
  {
    file: 'api.json',
    content: JSON.stringify(openapi),
    adapter: 'rest',
    writes: [
      'list: { path: /sager }',
      'baseUrl: "https://forloeb.example/api"',
      '"Oprettet": planned',
      'wants a number of a person in its address',
    ],
  },
  {
    file: 'sager.wsdl',
    content: wsdl,
    adapter: 'soap',
    writes: ['input: { CprNr: "{cpr}" }', 'records: HentSagerSvar.Sager.Sag', '${path:'],
  },
  { file: 'metadata.xml', content: metadata, adapter: 'odata', writes: ['set: Sager', 'subject: { cpr: BarnCpr }'] },
  {
    file: 'capability.json',
    content: JSON.stringify(capability),
    adapter: 'fhir',
    writes: ['baseUrl: "https://fhir.example/r4"', 'does not have'],
  },
];

describe.each(samples)('a sample: $file', { timeout: 30_000 }, ({ file, content, adapter, writes }) => {
  const name = file.replace(/\W.*/, '').replace(/_.*/, '');

  it('becomes a skeleton that passes the check, and is taken as configuration', async () => {
    await place.write(file, content);
    const made = await place.run('source', 'new', name, '--sample', `@${file}`, '--dir', '@.', '--yes');
    expect(made).toMatchObject({ code: 0 });
    const all = await place.everything('.');
    for (const text of writes) expect(all).toContain(text);
    expect(all).toContain(`adapter: ${adapter}`);
    const written = `${await place.everything('sources')}${adapter === 'fhir' ? '' : await place.everything('mappings')}`;
    expect(written).not.toMatch(/Kanariefugl|0101700000|101700000|010170-0000|0202710001/);
    expect(written).toContain('[ ] ');
  });

  it('is never written over', async () => {
    const again = await place.run('source', 'new', name, '--sample', `@${file}`, '--dir', '@.', '--yes');
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('already there') });
  });
});

it('all of them pass together', { timeout: 30_000 }, async () => {
  const folders = [join(place.folder, 'mappings'), shippedMappings];
  const systems = systemsIn([join(place.folder, 'mappings')]);
  const report = checkMappings(folders, { systems, bodiesOf: bodiesOf() });
  expect(report.findings).toEqual([]);
  expect(report.examples).toBeGreaterThanOrEqual(7);
  const hub = {
    municipality: { code: '0999', name: 'E' },
    enrolmentBases: [{ code: 'x', title: 'X' }],
    mappingFolders: ['./mappings'],
    include: samples.map(({ file }) => `sources/${file.replace(/\W.*/, '').replace(/_.*/, '')}.yaml`),
    sources: {},
  };
  await place.write('samspil.yaml', JSON.stringify(hub));
  const probed = await place.run('source', 'probe', '--json');
  const problems = (JSON.parse(probed.out) as { detail: string }[]).filter((row) =>
    /^config\/invalid: sources|^mapping/.test(row.detail),
  );
  expect(problems).toEqual([]);
});

it('refuses what it cannot read, and an unknown target', { timeout: 30_000 }, async () => {
  expect(await place.run('source', 'new', 'x', '--yes')).toMatchObject({
    code: 1,
    err: expect.stringContaining('nothing to begin'),
  });
  await place.write('empty.json', '[]');
  expect(await place.run('source', 'new', 'x', '--sample', '@empty.json', '--dir', '@.', '--yes')).toMatchObject({
    code: 1,
  });
  expect(
    await place.run(
      'source',
      'new',
      'x',
      '--sample',
      '@indsatser.json',
      '--dir',
      '@.',
      '--to',
      'indsatser=thing',
      '--yes',
    ),
  ).toMatchObject({ code: 1, err: expect.stringContaining('--to indsatser=') });
});
