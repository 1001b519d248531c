// A municipality that is stopped and started again says what it said before: nobody's records vanish over night.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readMapped } from './mapped.ts';
import { type Municipality, startMunicipality } from './municipality.ts';

const systems = ['dubu', 'vejledningsporten', 'hjaelpemidler', 'nexus', 'momentum', 'sensum', 'fhir'];
let folder: string;
let municipality: Municipality;
const start = () => startMunicipality({ citizens: 300, enrolled: 150, folder });

/** Keys by system and kind. */
const told = async (): Promise<ReadonlySet<string>> => {
  const read: string[] = [];
  for (const system of systems)
    for (const { kind, key } of await readMapped(municipality, system)) read.push(`${system} ${kind} ${key}`);
  return new Set(read);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'samspil-restart-'));
  municipality = await start();
}, 60_000);
afterAll(async () => {
  await municipality.close();
  await rm(folder, { recursive: true, force: true });
});

it('in every system', async () => {
  for (let step = 0; step < 20; step += 1) await municipality.step();
  const before = await told();
  await municipality.close();
  municipality = await start();
  const after = await told();
  expect([...before].filter((one) => !after.has(one))).toEqual([]);
  expect([...after].filter((one) => !before.has(one))).toEqual([]);
  expect(before.size).toBeGreaterThan(2000);
}, 120_000);
