// The sandbox's DUBU through adapter and mappings: nothing set aside, nobody's or unknown; several children on one plan;
// what is marked is protected, what was done without consent is not there.
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
  folder = await mkdtemp(join(tmpdir(), 'samspil-dubu-'));
  municipality = await startMunicipality({ citizens: 3000, enrolled: 40, folder, systems: ['dubu'] });
  read = await readMapped(municipality, 'dubu');
}, 60_000);
afterAll(async () => {
  await municipality.close();
  await rm(folder, { recursive: true, force: true });
});

it('sets nothing aside, has nobody’s record and no unknown field', () => {
  expect(read.length).toBeGreaterThan(200);
  expect(read.flatMap(({ kind, issues }) => issues.map((issue) => `${kind} ${issue}`))).toEqual([]);
  expect(read.filter(({ cprs }) => cprs.length === 0).map(({ kind }) => kind)).toEqual([]);
  expect([...new Set(read.flatMap(({ kind, unknown }) => unknown.map((at) => `${kind} ${at}`)))]).toEqual([]);
});

it('names units of the tree only', () => {
  const file = join(import.meta.dirname, '../config/units.yaml');
  const { units } = parseYaml(readFileSync(file, 'utf8'), 'units.yaml') as { units: readonly { id: string }[] };
  const owners = new Set(read.flatMap(({ drafts }) => drafts.flatMap(({ unit }) => unit ?? [])));
  expect([...owners].filter((owner) => !units.some(({ id }) => id === owner))).toEqual([]);
  expect(owners.size).toBeGreaterThan(0);
});

it('has plans of several siblings, and plans of whole families', () => {
  const plans = read.filter(({ drafts }) => drafts.some(({ entity }) => entity === 'plan'));
  const types = new Set(
    plans.map(({ drafts }) => JSON.stringify(drafts.find(({ entity }) => entity === 'plan')?.fields['type'])),
  );
  expect([...types].join()).toMatch(/barnets-plan.*|samlet-familieplan/);
  expect(plans.some(({ cprs }) => cprs.length > 2)).toBe(true);
});

it('protects what is marked, and every record below it', () => {
  const marked = new Set(
    read.filter(({ kind, drafts }) => kind === 'sag' && drafts[0]?.sensitivity === 'sensitive').map(({ key }) => key),
  );
  expect(marked.size).toBeGreaterThan(0);
  const below = read.flatMap(({ drafts }) => drafts.filter(({ links }) => links.some(({ key }) => marked.has(key))));
  expect(below.length).toBeGreaterThan(marked.size);
  expect(new Set(below.map(({ sensitivity }) => sensitivity))).toEqual(new Set(['sensitive']));
});

it('publishes neither notes nor what was done without consent', () => {
  const silent = read.filter(({ kind, drafts }) => kind === 'aktivitet' && drafts.length === 0);
  expect(silent.length).toBeGreaterThan(0);
  expect(JSON.stringify(read)).not.toMatch(/Rådgiverens notat|Telefonnotat/);
});

it('tells the showcase citizen’s own plan as a parent, not her children’s', () => {
  const own = read.filter(({ cprs }) => cprs.includes(municipality.showcase.cpr));
  expect(own.every(({ cprs }) => cprs.length === 1)).toBe(true);
  const drafts = own.flatMap((record) => record.drafts);
  const made = drafts.map(({ entity }) => entity);
  for (const entity of ['plan', 'goal', 'intervention', 'contact', 'appointment', 'statusEntry', 'journalReference'])
    expect(made).toContain(entity);
  expect(drafts.find(({ entity }) => entity === 'intervention')?.fields).toMatchObject({
    title: 'Familiekonsulent to morgener om ugen',
    provider: 'Familiehuset Egevang',
  });
  expect(read.some(({ cprs }) => cprs.length === 3 && !cprs.includes(municipality.showcase.cpr))).toBe(true);
});

it('shows a new visit when something has happened', async () => {
  await municipality.step();
  const after = await readMapped(municipality, 'dubu');
  const keys = new Set(read.map(({ kind, key }) => `${kind}/${key}`));
  const added = after.filter(({ kind, key }) => !keys.has(`${kind}/${key}`));
  expect(added.map(({ drafts }) => drafts[0]?.fields['title'])).toContain('Hjemmebesøg');
});
