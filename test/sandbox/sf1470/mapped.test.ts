// The sandbox's index through adapter and mappings: nothing set aside, nobody's or unknown, cases of four domains and
// every sensitivity, several parties, none outside the list, what changes shows; and Maja's course is told.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseYaml } from '../../../src/config/yaml.ts';
import { type Mapped, readMapped } from '../mapped.ts';
import { type Municipality, startMunicipality } from '../municipality.ts';

let folder: string;
let municipality: Municipality;
let read: readonly Mapped[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'samspil-sf1470-'));
  municipality = await startMunicipality({ citizens: 1000, enrolled: 50, folder, systems: ['sf1470'] });
  read = await readMapped(municipality, 'sf1470');
}, 60_000);
afterAll(async () => {
  await municipality.close();
  await rm(folder, { recursive: true, force: true });
});

const drafts = (records: readonly Mapped[]) => records.flatMap((record) => record.drafts);

it('sets nothing aside, has nobody’s record and no unknown field', () => {
  expect(read.length).toBeGreaterThan(400);
  expect([...new Set(read.flatMap(({ issues }) => issues))]).toEqual([]);
  expect(read.filter(({ cprs }) => cprs.length === 0)).toEqual([]);
  expect([...new Set(read.flatMap(({ unknown }) => unknown))]).toEqual([]);
});

it('has cases of four domains, of every sensitivity, and nothing the list does not name', () => {
  expect(new Set(drafts(read).map(({ domain }) => domain))).toEqual(
    new Set(['employment', 'social', 'health', 'family']),
  );
  expect(new Set(drafts(read).map(({ sensitivity }) => sensitivity))).toEqual(
    new Set(['normal', 'confidential', 'sensitive', 'vip']),
  );
  expect(drafts(read).filter(({ fields }) => fields['title'] === 'Carport')).toEqual([]);
  for (const entity of ['journalReference', 'plan', 'intervention', 'contact', 'statusEntry'])
    expect(drafts(read).map((draft) => draft.entity)).toContain(entity);
});

it('has cases of whole families', () => {
  const shared = read.filter(({ cprs }) => cprs.length > 2);
  expect(shared.length).toBeGreaterThan(10);
  for (const { domain } of drafts(shared)) expect(domain).toBe('family');
});

it('names units of the tree, and systems that the configuration has an address of', () => {
  const yaml = (name: string): unknown =>
    parseYaml(readFileSync(join(import.meta.dirname, '../config', name), 'utf8'), name);
  const { units } = yaml('units.yaml') as { units: readonly { id: string }[] };
  const { sources } = yaml('sf1470.yaml') as { sources: { sagsindeks: { journalTemplates: Record<string, string> } } };
  const known = new Set(units.map(({ id }) => id));
  expect(drafts(read).filter(({ unit }) => unit === undefined || !known.has(unit))).toEqual([]);
  const systems = Object.keys(sources.sagsindeks.journalTemplates);
  expect(drafts(read).filter(({ hop }) => hop === undefined || !systems.includes(hop.by))).toEqual([]);
});

it('tells the showcase citizen’s cases in four domains, with her family in one', () => {
  const own = read.filter(({ cprs }) => cprs.includes(municipality.showcase.cpr));
  const cases = drafts(own).filter(({ entity }) => entity === 'journalReference');
  expect(cases.map(({ domain, fields }) => `${domain}: ${fields['title']}`).toSorted()).toEqual([
    'employment: Kontanthjælp',
    'employment: Vurdering af fleksjob',
    'family: Støtte til familien',
    'health: Genoptræning, ryg',
    'social: Støtte- og kontaktperson',
  ]);
  const family = own.find(({ drafts: made }) => made.some(({ domain }) => domain === 'family'));
  expect(family?.cprs).toHaveLength(5);
});

it('shows what changes by the index’s clock', async () => {
  const before = new Map(read.map(({ key, drafts: made }) => [key, JSON.stringify(made)]));
  await municipality.step();
  const after = await readMapped(municipality, 'sf1470');
  const changed = after.filter(({ key, drafts: made }) => before.get(key) !== JSON.stringify(made));
  expect(changed.length).toBeGreaterThan(0);
  expect(changed.length).toBeLessThan(40);
  const ofShowcase = drafts(changed.filter(({ cprs }) => cprs.includes(municipality.showcase.cpr)));
  expect(ofShowcase.map(({ fields }) => fields['name'])).toContain('Karim Juhl');
});
