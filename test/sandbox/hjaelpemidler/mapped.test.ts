// The sandbox's lent aids through the configured SOAP adapter and their mappings: nothing set aside, nobody's or unknown,
// Maja's chair among them, and only what happens shows as changed.
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
  folder = await mkdtemp(join(tmpdir(), 'samspil-hjaelpemidler-'));
  municipality = await startMunicipality({ citizens: 800, enrolled: 40, folder, systems: ['hjaelpemidler'] });
  read = await readMapped(municipality, 'hjaelpemidler');
}, 60_000);
afterAll(async () => {
  await municipality.close();
  await rm(folder, { recursive: true, force: true });
});

it('sets nothing aside, has nobody’s record and no unknown field', () => {
  expect(read.length).toBeGreaterThan(50);
  expect(read.flatMap(({ issues }) => issues)).toEqual([]);
  expect(read.filter(({ cprs }) => cprs.length !== 1)).toEqual([]);
  expect([...new Set(read.flatMap(({ unknown }) => unknown))]).toEqual([]);
  expect(new Set(read.flatMap(({ drafts }) => drafts.map(({ fields }) => fields['status'])))).toEqual(
    new Set(['active', 'completed']),
  );
});

it('knows the showcase citizen’s chair, and that something is given back', async () => {
  const own = (all: readonly Mapped[]) =>
    all
      .filter(({ cprs }) => cprs.includes(municipality.showcase.cpr))
      .flatMap(({ drafts }) => drafts.map(({ fields }) => `${fields['title']}: ${fields['status']}`));
  expect(own(read)).toEqual(['Arbejdsstol med rygstøtte: active', 'Rollator, udendørs: active']);
  await municipality.step();
  expect(own(await readMapped(municipality, 'hjaelpemidler'))).toContain('Rollator, udendørs: completed');
});
