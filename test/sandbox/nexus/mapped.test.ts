// The sandbox's Nexus through adapter and mappings: nothing set aside, nobody's or unknown, and Maja's course is told.
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
  folder = await mkdtemp(join(tmpdir(), 'samspil-nexus-'));
  municipality = await startMunicipality({ citizens: 300, enrolled: 150, folder, systems: ['nexus'] });
  read = await readMapped(municipality, 'nexus');
}, 60_000);
afterAll(async () => {
  await municipality.close();
  await rm(folder, { recursive: true, force: true });
});

it('sets nothing aside, has nobody’s record and no unknown field', () => {
  expect(read.length).toBeGreaterThan(500);
  expect(read.flatMap(({ kind, issues }) => issues.map((issue) => `${kind} ${issue}`))).toEqual([]);
  expect(read.filter(({ cprs }) => cprs.length === 0).map(({ kind }) => kind)).toEqual([]);
  expect([...new Set(read.flatMap(({ kind, unknown }) => unknown.map((at) => `${kind} ${at}`)))]).toEqual([]);
  expect(new Set(read.map(({ kind }) => kind)).size).toBe(8);
});

it('names units of the tree only', () => {
  const { units } = parseYaml(
    readFileSync(join(import.meta.dirname, '../config/units.yaml'), 'utf8'),
    'units.yaml',
  ) as {
    units: readonly { id: string }[];
  };
  const owners = new Set(read.flatMap(({ drafts }) => drafts.flatMap(({ unit }) => unit ?? [])));
  expect([...owners].filter((owner) => !units.some(({ id }) => id === owner))).toEqual([]);
});

it('knows every state of a grant', () => {
  const statuses = new Set(
    read.filter(({ kind }) => kind === 'grant').flatMap(({ drafts }) => drafts.map(({ fields }) => fields['status'])),
  );
  for (const status of ['planned', 'active', 'completed', 'cancelled']) expect(statuses).toContain(status);
});

it('tells the showcase citizen’s rehabilitation, its refusal and the nurse’s visits', () => {
  const own = read.filter(({ cprs }) => cprs.includes(municipality.showcase.cpr)).flatMap(({ drafts }) => drafts);
  const titled = (title: string) => own.find(({ fields }) => fields['title'] === title);
  expect(titled('Rehabiliteringsforløb § 83 a')?.fields).toMatchObject({
    status: 'active',
    legalBasis: ['Serviceloven § 83 a'],
    hoursPerWeek: 1.5,
    provider: 'Hjemmeplejen',
  });
  expect(titled('Rengøring')?.fields).toMatchObject({ status: 'cancelled', endReason: 'Ansøgningen er afslået' });
  expect(own.find(({ entity }) => entity === 'statusEntry')?.fields).toMatchObject({ type: 'decision' });
  expect(titled('Genoptræning § 86, stk. 1')).toBeDefined();
  expect(own.filter(({ fields }) => fields['title'] === 'Sygeplejebesøg: gennemgang af medicin')).toHaveLength(2);
  expect(titled('MedCom: Genoptræningsplan')?.entity).toBe('journalReference');
});
