// Sandbox, adapters and mappings agree: every record of every system is about somebody and becomes what it should, the
// owner units exist, and the showcase citizen's plan spans all sources.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseYaml } from '../../src/config/yaml.ts';
import { type Mapped, readMapped } from './mapped.ts';
import { type Municipality, startMunicipality } from './municipality.ts';
import { type Persona, personas } from './personas.ts';

const sources = ['momentum', 'fhir', 'sensum'] as const;
let folder: string;
let municipality: Municipality;
let read: Record<(typeof sources)[number], readonly Mapped[]>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'samspil-mapped-'));
  municipality = await startMunicipality({ citizens: 400, enrolled: 40, folder, today: '2026-11-21' });
  const [momentum, fhir, sensum] = await Promise.all(sources.map((source) => readMapped(municipality, source)));
  read = { momentum: momentum ?? [], fhir: fhir ?? [], sensum: sensum ?? [] };
}, 60_000);

afterAll(async () => {
  await municipality.close();
  await rm(folder, { recursive: true, force: true });
});

const unitsFile = join(import.meta.dirname, 'config/units.yaml');
const unitIds = (): ReadonlySet<string> => {
  const { units } = parseYaml(readFileSync(unitsFile, 'utf8'), 'units.yaml') as { units: readonly { id: string }[] };
  return new Set(units.map(({ id }) => id));
};

const everything = (): readonly Mapped[] => sources.flatMap((source) => read[source]);
const ofShowcase = (records: readonly Mapped[]): readonly Mapped[] =>
  records.filter(({ cprs }) => cprs.includes(municipality.showcase.cpr));
const entities = (records: readonly Mapped[]): readonly string[] =>
  records.flatMap(({ drafts }) => drafts.map(({ entity }) => entity));

describe('the sandbox through adapters and mappings', () => {
  for (const source of sources)
    it(`${source}: no record is set aside, none is nobody's, no field is unknown`, () => {
      expect(read[source].length).toBeGreaterThan(1000);
      expect(read[source].flatMap(({ kind, issues }) => issues.map((issue) => `${kind} ${issue}`))).toEqual([]);
      expect(read[source].filter(({ cprs }) => cprs.length === 0).map(({ kind }) => kind)).toEqual([]);
      expect([...new Set(read[source].flatMap(({ kind, unknown }) => unknown.map((at) => `${kind} ${at}`)))]).toEqual(
        [],
      );
    });

  it('makes every kind of the plan, at every level of sensitivity', () => {
    const made = new Set(entities(everything()));
    const kinds = ['citizen', 'plan', 'goal', 'intervention', 'contact', 'appointment', 'statusEntry'];
    for (const kind of [...kinds, 'condition', 'agreement', 'journalReference']) expect(made).toContain(kind);
    const levels = new Set(
      everything().flatMap(({ drafts }) => drafts.flatMap(({ sensitivity }) => sensitivity ?? [])),
    );
    for (const level of ['confidential', 'sensitive', 'vip']) expect(levels).toContain(level);
  });

  it('has plans and meetings of several siblings', () => {
    const shared = read.fhir.filter(({ cprs }) => cprs.length > 1);
    expect(new Set(entities(shared))).toEqual(new Set(['plan', 'appointment']));
  });

  it('gives records to units of the tree, and readers too', () => {
    const known = unitIds();
    const owners = new Set(everything().flatMap(({ drafts }) => drafts.flatMap(({ unit }) => unit ?? [])));
    expect([...owners].filter((unit) => !known.has(unit))).toEqual([]);
    const readers: readonly Persona[] = personas;
    for (const { unit, organisation } of readers)
      for (const id of [unit, organisation]) if (id !== undefined) expect(known).toContain(id);
  });

  it('knows citizens by two numbers', () => {
    const numbers = new Map<string, Set<string>>();
    for (const citizen of municipality.world.citizens())
      if (citizen.person.formerCpr) numbers.set(citizen.person.formerCpr, new Set());
    expect(numbers.size).toBeGreaterThan(0);
    const former = read.sensum.filter(({ cprs }) => cprs.some((cpr) => numbers.has(cpr)));
    const current = new Set(read.momentum.flatMap(({ cprs }) => cprs));
    expect(former.every(({ cprs }) => cprs.every((cpr) => !current.has(cpr)))).toBe(true);
  });
});

describe('the showcase citizen', () => {
  it('has a plan of about sixty records from every source', () => {
    const records = entities(ofShowcase(everything())).filter((entity) => entity !== 'citizen' && entity !== 'consent');
    expect(records.length).toBeGreaterThanOrEqual(55);
    expect(records.length).toBeLessThanOrEqual(70);
    for (const source of sources) expect(entities(ofShowcase(read[source])).length).toBeGreaterThan(15);
    for (const kind of ['plan', 'goal', 'intervention', 'contact', 'appointment', 'statusEntry', 'condition'])
      expect(records).toContain(kind);
  });

  it('has said yes, no and no more to who sees what health knows', () => {
    const said = ofShowcase(read.fhir).flatMap(({ drafts }) => drafts.filter(({ entity }) => entity === 'consent'));
    expect(said.map(({ fields }) => `${fields['decision']} ${fields['status']} ${fields['recipient']}`).sort()).toEqual(
      ['grant active Organization/2120', 'grant inactive Organization/2130', 'refuse active Organization/fjordens'],
    );
    expect(said.every(({ consent }) => consent?.limited === false && consent.doubts.length === 0)).toBe(true);
    const names = new Set(
      everything().flatMap(({ drafts }) =>
        drafts.flatMap(({ entity, fields }) => (entity === 'consent' ? [fields['recipient']] : [])),
      ),
    );
    expect([...names].sort()).toEqual(['Organization/2120', 'Organization/2130', 'Organization/fjordens']);
  });

  it('has one meeting in two calendars at the same time', () => {
    const starts = (source: 'momentum' | 'fhir'): readonly unknown[] =>
      ofShowcase(read[source]).flatMap(({ drafts }) =>
        drafts.filter(({ fields }) => fields['title'] === 'Netværksmøde').map(({ fields }) => fields['start']),
      );
    expect(starts('momentum')).toHaveLength(1);
    expect(starts('fhir')).toEqual(starts('momentum'));
  });
});
