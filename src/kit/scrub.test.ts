// What may not survive a recording, over generated payloads: numbers, names, addresses, telephones, mail, free text and
// secrets, wherever they stand. And what must: structure, codes, dates, who is whom.
import { assert, constantFrom, integer, property, record, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNumber } from '../model/cpr.ts';
import { gatherPersons, leavesOf } from './persons.ts';
import { createScrubber } from './scrub.ts';
import { leavesOfExchange, scrubTraffic } from './scrub-traffic.ts';
import type { Exchange } from './traffic.ts';

const two = (n: number): string => String(n).padStart(2, '0');
const person = record({
  day: integer({ min: 1, max: 28 }),
  month: integer({ min: 1, max: 12 }),
  year: integer({ min: 0, max: 99 }),
  sequence: integer({ min: 0, max: 9999 }),
  given: constantFrom('Åse', 'Kanariefugl', 'Bjørnstjerne', "D'Arcy", 'Zoë', 'Maximiliane'),
  family: constantFrom('Østergård-Hvidtfeldt', 'Testmand', 'Von Sprøjtenfels', 'Ærøskøbing'),
  street: constantFrom('Havtornvænget', 'Gåsebakkestien', 'Pilealléen'),
  phone: integer({ min: 20_000_000, max: 69_999_999 }),
  form: constantFrom('plain', 'dash', 'space'),
}).map((one) => {
  const cpr = `${two(one.day)}${two(one.month)}${two(one.year)}${String(one.sequence).padStart(4, '0')}`;
  const mark = { plain: '', dash: '-', space: ' ' }[one.form] ?? '';
  return {
    ...one,
    cpr,
    written: `${cpr.slice(0, 6)}${mark}${cpr.slice(6)}`,
    name: `${one.given} ${one.family}`,
    address: `${one.street} ${one.sequence}, 2. tv`,
    phone: String(one.phone),
    mail: `${one.given}.${one.family}@hotpost.dk`.replaceAll(/[' ]/g, ''),
  };
});
const secret = 'S3cr3t-of-the-source';
// No word of it can come out by chance: stand-ins are made of a consonant and a vowel in turn.
const sentence = 'Hun fortæller at hverdagen er svær, og at søsteren Ingeborg hjælper hende.';

const exchangeOf = (one: {
  cpr: string;
  written: string;
  name: string;
  given: string;
  family: string;
  address: string;
  phone: string;
  mail: string;
}): Exchange => ({
  scope: 'https://source.example:443',
  method: 'POST',
  path: `/citizens/${one.cpr}/plans?$filter=${encodeURIComponent(`cpr eq '${one.written}'`)}&navn=${encodeURIComponent(one.name)}&key=${secret}`,
  body: { search: { cpr: one.cpr, name: one.name } },
  status: 200,
  response: {
    total: 1,
    [one.cpr]: 'by number',
    items: [
      {
        id: 'p-17',
        cpr: one.written,
        cprAsNumber: Number(one.cpr),
        fornavn: one.given,
        efternavn: one.family,
        bopaelsadresse: one.address,
        telefon: one.phone,
        mobil: `+45 ${one.phone}`,
        email: one.mail,
        status: 'ACTIVE',
        startDato: '2026-02-01',
        opdateret: '2026-11-21T10:00:00Z',
        notat: `${sentence} ${one.name} (${one.written}), tlf. ${one.phone}, ${one.mail}, ${one.address}.`,
        html: `<p class="${one.given}">${one.name}</p>`,
        link: `https://source.example/citizens/${one.cpr}?name=${encodeURIComponent(one.name)}`,
        ukendt: one.name,
        reference: `plan-${one.cpr}-3`,
        access_token: secret,
      },
    ],
  },
  reqheaders: {},
  responseHeaders: {
    link: `<https://source.example/citizens/${one.cpr}?page=2>; rel="next"`,
    etag: `"${one.cpr}"`,
    'x-total-count': '250',
    'x-next-page': `/citizens?after=${encodeURIComponent(one.name)}&page=3`,
  },
});

const xmlOf = (one: { written: string; name: string; phone: string }): Exchange => ({
  scope: 'https://source.example:443',
  method: 'GET',
  path: '/xml',
  body: '',
  status: 200,
  response: `<?xml version="1.0"?><x:Svar xmlns:x="urn:x" x:bruger="${one.name.replaceAll("'", '&apos;')}"><x:Sag id="s-1"><x:PersonCivilRegistrationIdentifier>${one.written}</x:PersonCivilRegistrationIdentifier><x:Titel><![CDATA[Om ${one.name}, ${one.phone}]]></x:Titel><x:StatusKode>OPEN</x:StatusKode></x:Sag></x:Svar>`,
  reqheaders: {},
  responseHeaders: {},
});

const scrub = (exchanges: readonly Exchange[]) => {
  const persons = gatherPersons(exchanges.flatMap((one) => [...leavesOfExchange(one)]));
  const scrubber = createScrubber({ persons, codes: new Set(), secrets: [secret] });
  return { scrubbed: scrubTraffic(scrubber, exchanges), scrubber };
};
const words = (text: string): readonly string[] => text.split(/[^\p{L}]+/u).filter((word) => word.length > 3);

describe('a recording', () => {
  it('holds nothing of the people in it, nor a secret', () => {
    assert(
      property(uniqueArray(person, { minLength: 1, maxLength: 4, selector: (one) => one.cpr }), (people) => {
        const { scrubbed } = scrub(people.flatMap((one) => [exchangeOf(one), xmlOf(one)]));
        const written = decodeURIComponent(
          JSON.stringify(scrubbed)
            .replaceAll('+', ' ')
            .replace(/%(?![0-9A-F]{2})/g, '%25'),
        );
        for (const one of people) {
          for (const form of [
            one.cpr,
            one.written,
            one.phone,
            one.mail,
            one.address,
            one.name,
            String(Number(one.cpr)),
          ])
            expect(written).not.toContain(form);
          for (const word of words(`${one.given} ${one.family} ${one.street}`))
            expect(written.toLowerCase()).not.toContain(word.toLowerCase());
        }
        for (const word of words(sentence)) expect(written.toLowerCase()).not.toContain(word.toLowerCase());
        expect(written).not.toContain(secret);
      }),
      { numRuns: 100 },
    );
  });

  it('keeps structure, codes, dates and ids', () => {
    const one = exchangeOf({
      cpr: '1203701237',
      written: '120370-1237',
      name: 'Åse Testmand',
      given: 'Åse',
      family: 'Testmand',
      address: 'Nygade 1',
      phone: '22334455',
      mail: 'a@b.dk',
    });
    const { scrubbed } = scrub([one]);
    expect(scrubbed[0]?.response).toMatchObject({
      total: 1,
      items: [{ id: 'p-17', status: 'ACTIVE', startDato: '2026-02-01', opdateret: '2026-11-21T10:00:00Z' }],
    });
    expect(scrubbed[0]?.path).toMatch(/^\/citizens\/\d{10}\/plans\?/);
    expect(scrubbed[0]?.responseHeaders).toMatchObject({ 'x-total-count': '250' });
  });

  it('gives the same person the same number, in every form, and one that readers accept', () => {
    const persons = gatherPersons(leavesOf([{ cpr: '0101700000' }]));
    const { text, value, url } = createScrubber({ persons, codes: new Set(), secrets: [] });
    const number = text('cpr', '0101700000');
    expect(parseNumber(number)).toMatchObject({ type: 'replacement', birthDate: expect.any(String) });
    expect(text('cpr', '010170-0000')).toBe(`${number.slice(0, 6)}-${number.slice(6)}`);
    expect(text('cpr', '101700000')).toBe(number);
    expect(value({ person: { cprNr: '0101700000' } })).toEqual({ person: { cprNr: number } });
    expect(url('https://x.example/a/0101700000?b=1')).toBe(`https://x.example/a/${number}?b=1`);
    expect(text('id', 'sag-0101700000-2')).toBe(`sag-${number}-2`);
    expect(text('id', '010170-1AB2')).toMatch(/^\d{10}$/);
    expect(text('note', 'om 0101701AB2')).not.toContain('0101701AB2');
  });

  it('keeps what code tables know, and words of a name the same everywhere', () => {
    const persons = gatherPersons(leavesOf([{ fornavn: 'Sofie', efternavn: 'Nørregaard' }]));
    const { text } = createScrubber({ persons, codes: new Set(['Under behandling']), secrets: [] });
    expect(text('tilstandsbeskrivelse', 'Under behandling')).toBe('Under behandling');
    expect(text('kode', 'Under behandling')).toBe('Under behandling');
    expect(text('workflowState.name', 'Fjernet')).toBe('Fjernet');
    expect(text('citizen.name', 'Fjernet')).not.toBe('Fjernet');
    expect(text('navn', 'Sofie Nørregaard')).toBe(`${text('fornavn', 'Sofie')} ${text('efternavn', 'Nørregaard')}`);
    expect(text('sagsKode', 'sofie-1')).not.toContain('sofie');
  });
});
