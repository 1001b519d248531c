// The sandbox's CPR register through adapter and mappings: everybody, nothing set aside or unknown, numbers followed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Mapped, readMapped } from '../mapped.ts';
import { type Municipality, startMunicipality } from '../municipality.ts';

let folder: string;
let municipality: Municipality;
let read: readonly Mapped[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'samspil-sf1520-'));
  municipality = await startMunicipality({ citizens: 600, enrolled: 600, folder, systems: ['sf1520'] });
  read = await readMapped(municipality, 'sf1520');
}, 60_000);
afterAll(async () => {
  await municipality.close();
  await rm(folder, { recursive: true, force: true });
});

const of = (entity: string) => read.flatMap(({ drafts }) => drafts.filter((draft) => draft.entity === entity));

it('knows every enrolled citizen, sets nothing aside and has no unknown field', () => {
  expect(read).toHaveLength(new Set(municipality.cprsToEnrol()).size);
  expect(read.flatMap(({ issues }) => issues)).toEqual([]);
  expect(read.filter(({ cprs }) => cprs.length !== 1)).toEqual([]);
  expect([...new Set(read.flatMap(({ unknown }) => unknown))]).toEqual([]);
  expect(of('citizen')).toHaveLength(read.length);
});

it('tells protections with their last day, custody of children and guardians', () => {
  const protections = of('citizen').map(({ fields }) => fields['protection'] as Record<string, unknown> | undefined);
  expect(protections.filter((one) => one?.['name'] === true && one['until'] !== undefined).length).toBeGreaterThan(0);
  expect(protections.filter((one) => one?.['name'] === false && one['address'] === true).length).toBeGreaterThan(0);
  const roles = new Map(of('contact').map(({ fields }) => [(fields['role'] as { code: string }).code, fields['name']]));
  expect([...roles.keys()].toSorted()).toEqual(['forældremyndighed', 'værge']);
});

it('tells the showcase citizen’s name and home', () => {
  const own = read.find(({ cprs }) => cprs.includes(municipality.showcase.cpr));
  expect(own?.drafts.find(({ entity }) => entity === 'citizen')?.fields).toMatchObject({
    name: 'Maja Sandkasse',
    gender: 'female',
    address: 'Egetræsvej 12, 2. th, 9991 Egevang',
  });
});
