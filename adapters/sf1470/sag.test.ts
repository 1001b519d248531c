// What is made of one case: the latest registration, the most careful sensitivity, people as parties, one master, and what
// must not be given on.
import { describe, expect, it } from 'vitest';
import type { XmlObject } from '../../src/adapter/xml.ts';
import { parseXml } from '../../src/adapter/xml.ts';
import { cprOf, sampleCase, uuidOf } from '../../test/adapters/sf1470.ts';
import type { IndexCase } from '../../test/sandbox/sf1470/data.ts';
import { roles } from '../../test/sandbox/sf1470/roles.ts';
import { namespaces, writeCase } from '../../test/sandbox/sf1470/write.ts';
import { allows } from './config.ts';
import { sag } from './records.ts';
import { createRoleOf } from './roles.ts';
import { readCase, strictest } from './sag.ts';

const shows = new Set([
  'egenskaber',
  'fremdrift',
  'sagsklasse',
  'sagsaktoer',
  'sagspart',
  'itsystem',
  'sikkerhedsprofil',
]);
const snapshotOf = (more: Partial<IndexCase>): XmlObject => {
  const { a } = parseXml(`<a${namespaces('6')}>${writeCase(sampleCase(1, more), shows)}</a>`) as {
    a: Record<string, XmlObject>;
  };
  return a['SagFiltreretOejebliksbillede'] as XmlObject;
};
const reading = {
  now: Date.parse('2026-06-01T12:00:00Z'),
  roleOf: createRoleOf({ SekundaerPart: roles.SekundaerPart }),
  allows: allows({ kle: ['27.36', '15'] }),
};
const read = (more: Partial<IndexCase> = {}) => readCase(snapshotOf(more), reading);
const bodyOf = (more: Partial<IndexCase> = {}) => {
  const { body } = read(more);
  if (body === undefined) throw new Error('not given on');
  return sag.parse(body);
};
const from = '2026-01-10T08:00:00.000Z';

describe('a case', () => {
  it('is told by its key, what stands now, and roles by name', () => {
    const body = bodyOf({
      states: [
        { from, to: '2026-02-01T08:00:00.000Z', code: 'Opstaaet' },
        { from: '2026-02-01T08:00:00.000Z', code: 'Afgjort' },
        { from: '2026-12-01T08:00:00.000Z', code: 'Afsluttet' },
      ],
      actors: [
        { role: 'PrimaerBehandler', id: uuidOf(901), name: 'Er holdt op', from, to: '2026-03-01T00:00:00.000Z' },
        { role: 'PrimaerBehandler', id: uuidOf(902), name: 'Handler nu', from: '2026-03-01T00:00:00.000Z' },
      ],
    });
    expect(body).toMatchObject({ Kle: '27.36.04', KleGruppe: '27.36', KleTitel: 'Personlig hjælp' });
    expect(body.Fremdrift?.FremdriftStatusKode).toBe('Afgjort');
    expect(body.Forloeb.map(({ FremdriftStatusKode }) => FremdriftStatusKode)).toEqual(['Opstaaet', 'Afgjort']);
    expect(body.Sagsaktoer.map(({ Rolle, FuldtNavn, ReferenceID }) => [Rolle, FuldtNavn, ReferenceID])).toEqual([
      ['PrimaerBehandler', 'Handler nu', uuidOf(902)],
    ]);
  });

  it('is its latest registration by the index’s clock', () => {
    const [old, young] = [snapshotOf({ stsTime: '2026-02-01T00:00:00Z', properties: [] }), snapshotOf({})];
    const both = { ...young, Registrering: [young['Registrering'] ?? '', old['Registrering'] ?? ''] };
    expect(readCase(both, reading).body).toEqual(read().body);
  });

  it('names people as parties by number alone, whatever their role', () => {
    const party = (role: 'PrimaerPart' | 'SekundaerPart' | 'Ydelsesmodtager', cpr: string, to?: string) => ({
      role,
      cpr,
      name: 'Et Navn',
      from,
      ...(to === undefined ? {} : { to }),
    });
    const body = bodyOf({
      parties: [
        party('PrimaerPart', cprOf(1)),
        party('SekundaerPart', cprOf(2)),
        party('Ydelsesmodtager', cprOf(3)),
        party('SekundaerPart', cprOf(4), '2026-02-01T00:00:00.000Z'),
        party('PrimaerPart', 'urn:oio:cvr-nr:12345678'),
      ],
    });
    expect(body.Sagspart).toEqual([
      { Rolle: 'PrimaerPart', Cpr: cprOf(1) },
      { Rolle: 'SekundaerPart', Cpr: cprOf(2) },
      { Rolle: roles.Ydelsesmodtager, Cpr: cprOf(3) },
    ]);
    expect(JSON.stringify(body)).not.toContain('Et Navn');
  });

  it('has one master, or none to link to', () => {
    const master = { role: 'Master', id: uuidOf(700).toUpperCase(), name: 'Sensum' } as const;
    expect(bodyOf({ systems: [{ ...master, role: 'Afsender' }, master] }).Master).toEqual({
      ReferenceID: uuidOf(700),
      SystemNavn: 'Sensum',
    });
    expect(bodyOf({ systems: [] }).Master).toBeUndefined();
    expect(bodyOf({ systems: [master, { ...master, id: uuidOf(701) }] }).Master).toBeUndefined();
  });
});

describe('sensitivity', () => {
  it.each([
    [[], 'UOPLYST'],
    [['IKKE_FORTROLIGE_DATA', 'FORTROLIGE_PERSONOPLYSNINGER'], 'FORTROLIGE_PERSONOPLYSNINGER'],
    [['FOELSOMME_PERSONOPLYSNINGER', 'NOGET_NYT'], 'NOGET_NYT'],
    [['VIP_SAGER', 'NOGET_NYT'], 'VIP_SAGER'],
  ])('of %j it is %s', (values, expected) => expect(strictest(values)).toBe(expected));

  it('counts what is to come, and a limited circle is the most careful', () => {
    const mild = { from, sensitivity: 'IKKE_FORTROLIGE_DATA', created: from };
    const coming = { from: '2026-09-01T00:00:00.000Z', sensitivity: 'FOELSOMME_PERSONOPLYSNINGER', created: from };
    const over = { from, to: '2026-02-01T00:00:00.000Z', sensitivity: 'VIP_SAGER', created: from };
    expect(bodyOf({ indexed: [mild, coming] }).Foelsomhed).toBe('FOELSOMME_PERSONOPLYSNINGER');
    expect(bodyOf({ indexed: [over, mild] }).Foelsomhed).toBe('IKKE_FORTROLIGE_DATA');
    const limited = bodyOf({ indexed: [mild], profile: [uuidOf(950)] });
    expect([limited.Foelsomhed, limited.Sikkerhedsprofil]).toEqual(['VIP_SAGER', [uuidOf(950)]]);
  });
});

describe('what is not given on', () => {
  const topic = (number: string) => sampleCase(1).topics.map((one) => ({ ...one, number }));
  it.each([
    ['a topic outside the list', { topics: topic('54.15.05') }, 'outside'],
    ['a number that only looks alike', { topics: topic('27.360') }, 'outside'],
    ['a case without a topic', { topics: [] }, 'outside'],
    ['a case without a person', { parties: [] }, 'outside'],
    ['a deleted case', { life: 'Slettet' }, 'removed'],
    ['a passive case', { life: 'Passiveret' }, 'removed'],
  ] as const)('%s', (_, more, why) => expect(read(more)).toEqual({ key: uuidOf(1), body: undefined, why }));

  it('a case kept in a system that the hub reads itself', () => {
    const leaveOut = [uuidOf(700)];
    expect(readCase(snapshotOf({}), { ...reading, leaveOut })).toMatchObject({ why: 'outside' });
    expect(readCase(snapshotOf({ systems: [] }), { ...reading, leaveOut }).body).toBeDefined();
  });

  it('a main group takes all below it', () => expect(read({ topics: topic('15.20.01') }).body).toBeDefined());

  it('a topic is also known by its facet, when its role is not', () => {
    const own = sampleCase(1).topics.map((one) => ({ ...one, role: 'Indsatsklasse' as const }));
    expect(bodyOf({ topics: own }).Kle).toBe('27.36.04');
  });
});
