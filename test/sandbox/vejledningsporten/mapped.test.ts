// The sandbox's Vejledningsporten through adapter and mappings: nothing set aside, nobody's or unknown, and Maja's way to
// an office job is told; what happens while it runs shows as changes and nothing else does.
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
  folder = await mkdtemp(join(tmpdir(), 'samspil-vejledningsporten-'));
  municipality = await startMunicipality({ citizens: 800, enrolled: 40, folder, systems: ['vejledningsporten'] });
  read = await readMapped(municipality, 'vejledningsporten');
}, 60_000);
afterAll(async () => {
  await municipality.close();
  await rm(folder, { recursive: true, force: true });
});

it('sets nothing aside, has nobody’s record and no unknown field', () => {
  expect(read.length).toBeGreaterThan(200);
  expect(read.flatMap(({ kind, issues }) => issues.map((issue) => `${kind} ${issue}`))).toEqual([]);
  expect(read.filter(({ cprs }) => cprs.length !== 1).map(({ kind }) => kind)).toEqual([]);
  expect([...new Set(read.flatMap(({ kind, unknown }) => unknown.map((at) => `${kind} ${at}`)))]).toEqual([]);
});

it('names units of the tree only', () => {
  const file = join(import.meta.dirname, '../config/units.yaml');
  const { units } = parseYaml(readFileSync(file, 'utf8'), 'units.yaml') as { units: readonly { id: string }[] };
  const owners = new Set(read.flatMap(({ drafts }) => drafts.flatMap(({ unit }) => unit ?? [])));
  expect([...owners].filter((owner) => !units.some(({ id }) => id === owner))).toEqual([]);
  expect(owners.size).toBeGreaterThan(0);
});

it('tells the showcase citizen’s way to an office job', () => {
  const own = read.filter(({ cprs }) => cprs.includes(municipality.showcase.cpr)).flatMap(({ drafts }) => drafts);
  const made = own.map(({ entity }) => entity);
  for (const entity of ['citizen', 'contact', 'plan', 'goal', 'intervention', 'appointment', 'agreement'])
    expect(made).toContain(entity);
  const course = own.find(({ fields }) => String(fields['title']).startsWith('AMU-kursus'));
  expect(course?.fields).toMatchObject({
    status: 'planned',
    type: 'activity',
    hoursPerWeek: 8,
    provider: 'VUC Egevang',
  });
  const meetings = own.filter(({ entity }) => entity === 'appointment').map(({ fields }) => fields['status']);
  expect(meetings.toSorted()).toEqual(['completed', 'planned']);
});

it('shows what happens, and nothing else, as changed', async () => {
  const texts = (all: readonly Mapped[]) => new Map(all.map((one) => [`${one.kind}/${one.key}`, JSON.stringify(one)]));
  const before = texts(read);
  await municipality.step();
  const after = texts(await readMapped(municipality, 'vejledningsporten'));
  const changed = [...after].filter(([key, text]) => before.get(key) !== text).map(([key]) => key.split('/')[0]);
  expect(changed.length).toBeGreaterThan(0);
  expect(new Set(changed)).toEqual(new Set(['samtale']));
});
