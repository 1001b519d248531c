// The envelope in its XML and JSON spellings, what it says has happened, and what is refused.
import { describe, expect, it } from 'vitest';
import { HubError } from '../errors.ts';
import { type Besked, readBeskedkuvert, requireAgreed } from './beskedkuvert.ts';

const cvr = '29189999';
const sag = '7d0d2f1c-5c9a-4a6b-9a51-0f4f8d1e2a11';

const xml = (registration: string, filter = '') => `<?xml version="1.0" encoding="UTF-8"?>
<ns:Haendelsesbesked xmlns:ns="urn:oio:besked:kuvert:1.0" xmlns:sd="urn:oio:sagdok:3.0.0">
  <ns:BeskedId><sd:UUIDIdentifikator>a0000000-0000-4000-8000-000000000001</sd:UUIDIdentifikator></ns:BeskedId>
  <ns:Beskedkuvert><ns:Filtreringsdata>
    <ns:Beskedtype><sd:UUIDIdentifikator>B0000000-0000-4000-8000-000000000002</sd:UUIDIdentifikator></ns:Beskedtype>
    <ns:BeskedAnsvarligAktoer><sd:UUIDIdentifikator>c0000000-0000-4000-8000-000000000003</sd:UUIDIdentifikator></ns:BeskedAnsvarligAktoer>
    <ns:TilladtModtager><sd:URNIdentifikator>urn:oio:cvr-nr:${cvr}</sd:URNIdentifikator></ns:TilladtModtager>
    ${filter}${registration}
  </ns:Filtreringsdata><ns:Leveranceinformation/></ns:Beskedkuvert>
</ns:Haendelsesbesked>`;
const registration = (id: string, action: string) =>
  `<ns:ObjektRegistrering><ns:ObjektId><sd:UUIDIdentifikator>${id}</sd:UUIDIdentifikator></ns:ObjektId>
   <ns:ObjektType><sd:UUIDIdentifikator>sag-type</sd:UUIDIdentifikator></ns:ObjektType><ns:ObjektHandling>${action}</ns:ObjektHandling></ns:ObjektRegistrering>`;

const read = (body: string): readonly Besked[] => readBeskedkuvert({ contentType: 'x', body });
const one = (body: string): Besked => {
  const [besked] = read(body);
  if (besked === undefined) throw new Error('no message');
  return besked;
};
const json = (filter: object, more: object = {}) =>
  JSON.stringify({
    Message: {
      Grunddatabesked: { Hændelsesbesked: { beskedID: 'x', Beskedkuvert: { Filtreringsdata: filter }, ...more } },
    },
  });

describe('an envelope', () => {
  it('in XML tells type, sender, recipients and every object with what happened to it', () => {
    expect(one(xml(registration(sag, 'Ret') + registration('second', 'Slet')))).toEqual({
      type: 'B0000000-0000-4000-8000-000000000002',
      senders: ['c0000000-0000-4000-8000-000000000003'],
      recipients: [`urn:oio:cvr-nr:${cvr}`],
      objects: [
        { id: sag, type: 'sag-type', change: 'updated' },
        { id: 'second', type: 'sag-type', change: 'deleted' },
      ],
      related: [],
    });
  });

  it('in JSON with Danish letters tells the same, and the related person', () => {
    const besked = one(
      json({
        beskedtype: 'CPRAendring',
        beskedansvarligAktør: 'CPR-kontoret',
        tilladtModtager: cvr,
        RelateretObjekt: [{ objektID: '0702751238', objekttype: 'PersonNr' }],
        Objektregistrering: [{ objektID: sag, objekttype: 'Person', objekthandling: 'Opret' }],
      }),
    );
    expect(besked).toMatchObject({
      type: 'CPRAendring',
      senders: ['CPR-kontoret'],
      recipients: [cvr],
      objects: [{ id: sag, type: 'Person', change: 'created' }],
      related: [{ id: '0702751238', type: 'PersonNr' }],
    });
  });

  it('tells by eventaction', () => {
    const changes = (['i', 'u', 'd', 'what is this'] as const).map((eventaction) =>
      one(json({ Objektregistrering: { objektID: 'x', eventaction } })),
    );
    expect(changes.map((besked) => besked.objects[0]?.change)).toEqual(['created', 'updated', 'deleted', 'updated']);
  });

  it('comes alone or with others', () => {
    const kuvert = { Beskedkuvert: { Filtreringsdata: { Objektregistrering: { objektID: 'x' } } } };
    expect(read(JSON.stringify([kuvert, kuvert]))).toHaveLength(2);
    expect(read(`<Liste>${xml('').replace(/<\?.*\?>/, '')}${xml('').replace(/<\?.*\?>/, '')}</Liste>`)).toHaveLength(2);
  });

  it('that cannot be understood is refused by the name of the field, never with what it said', () => {
    for (const body of [
      '',
      'hello',
      '[]',
      '<a><b></a>',
      '{"Beskedkuvert":{}}',
      '<!DOCTYPE a [<!ENTITY x "0702751238">]><a>&x;</a>',
      '"0702751238"',
    ])
      try {
        read(body);
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ code: 'request/invalid' });
        expect((error as HubError).message).not.toContain('0702751238');
      }
  });
});

describe('the service agreement', () => {
  const besked = one(xml(registration(sag, 'Ret')));
  const refused = (agreement: Parameters<typeof requireAgreed>[1], given = besked): string | undefined => {
    try {
      requireAgreed(given, agreement);
      return undefined;
    } catch (error) {
      return error instanceof HubError && error.code === 'request/forbidden' ? error.path : 'another error';
    }
  };

  it('covers what it names: CVR numbers within URNs, UUIDs in any case', () => {
    expect(refused({ onBehalfOf: [cvr] })).toBeUndefined();
    expect(
      refused({
        onBehalfOf: ['12345678', cvr],
        messageTypes: ['b0000000-0000-4000-8000-000000000002'],
        senders: ['c0000000-0000-4000-8000-000000000003'],
      }),
    ).toBeUndefined();
  });

  it('refuses what is for somebody else, for nobody, of another type or sender', () => {
    expect(refused({ onBehalfOf: ['12345678'] })).toBe('TilladtModtager');
    expect(refused({ onBehalfOf: ['9999'] })).toBe('TilladtModtager');
    expect(refused({ onBehalfOf: [cvr] }, { ...besked, recipients: [] })).toBe('TilladtModtager');
    expect(refused({ onBehalfOf: [cvr], messageTypes: ['x'] })).toBe('BeskedType');
    expect(refused({ onBehalfOf: [cvr], messageTypes: ['x'] }, { ...besked, type: undefined })).toBe('BeskedType');
    expect(refused({ onBehalfOf: [cvr], senders: ['x'] })).toBe('BeskedAnsvarligAktoer');
  });
});
