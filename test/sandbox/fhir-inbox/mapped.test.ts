// The region's messages through adapter and mappings: nothing set aside, nobody's or unknown; Maja's stay and the
// correspondence about it are told; what happens while the sandbox runs shows, in whatever order it is sent.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Mapped } from '../mapped.ts';
import { readMapped } from '../mapped.ts';
import { type Municipality, startMunicipality } from '../municipality.ts';

let folder: string;
let municipality: Municipality;
let read: readonly Mapped[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'samspil-hospital-'));
  municipality = await startMunicipality({ citizens: 800, enrolled: 200, folder, systems: ['fhir-inbox'] });
  read = await readMapped(municipality, 'fhir-inbox');
}, 60_000);
afterAll(async () => {
  await municipality.close();
  await rm(folder, { recursive: true, force: true });
});

const ofShowcase = (records: readonly Mapped[]) =>
  records.filter(({ cprs }) => cprs.includes(municipality.showcase.cpr)).flatMap(({ drafts }) => drafts);

it('sets nothing aside, has nobody’s record and no unknown field', () => {
  expect(read.length).toBeGreaterThan(30);
  expect(read.flatMap(({ kind, issues }) => issues.map((issue) => `${kind} ${issue}`))).toEqual([]);
  expect(read.filter(({ cprs }) => cprs.length !== 1).map(({ kind }) => kind)).toEqual([]);
  expect([...new Set(read.flatMap(({ kind, unknown }) => unknown.map((at) => `${kind} ${at}`)))]).toEqual([]);
});

it('has citizens in hospital, on their way and home again', () => {
  const texts = new Set(read.flatMap(({ drafts }) => drafts.map(({ fields }) => fields['text'])));
  for (const text of ['Indlagt på hospital', 'På orlov fra hospitalet', 'Udskrevet fra hospitalet til hjemmet'])
    expect(texts).toContain(text);
  const wards = read.flatMap(({ drafts }) => drafts.filter(({ entity }) => entity === 'contact'));
  const there = wards.filter(({ fields }) => (fields['period'] as { end?: string }).end === undefined);
  expect(there.length).toBeGreaterThan(0);
  expect(there.length).toBeLessThan(wards.length);
});

it('tells of Maja’s stay, of where only to those who may see what is sensitive, and never what was written', () => {
  const own = ofShowcase(read);
  expect(
    own.map(({ entity, sensitivity, fields }) => [
      entity,
      sensitivity,
      fields['text'] ?? fields['title'] ?? fields['name'],
    ]),
  ).toEqual([
    ['contact', 'sensitive', 'Reumatologisk Afdeling, Egevang Sygehus'],
    ['statusEntry', 'confidential', 'Akut ambulant på hospital'],
    ['statusEntry', 'confidential', 'Indlagt på hospital'],
    ['statusEntry', 'confidential', 'Udskrevet fra hospitalet til hjemmet'],
    ['journalReference', 'sensitive', 'Korrespondance, Udskrivelse, Hjælp efter udskrivelse: smerter og søvn'],
  ]);
  expect(JSON.stringify(own)).not.toContain('Kan I se til hende');
});

it('shows what happens while it runs', async () => {
  const texts = (all: readonly Mapped[]) => new Map(all.map((one) => [`${one.kind}/${one.key}`, JSON.stringify(one)]));
  const before = texts(read);
  for (let step = 0; step < 3; step += 1) await municipality.step();
  const after = await readMapped(municipality, 'fhir-inbox');
  expect(after.every(({ issues }) => issues.length === 0)).toBe(true);
  const changed = [...texts(after)].filter(([key, text]) => before.get(key) !== text).map(([key]) => key);
  const own = after.filter(({ cprs }) => cprs.includes(municipality.showcase.cpr));
  expect(own.map(({ kind, key }) => `${kind}/${key}`).filter((key) => changed.includes(key))).toHaveLength(1);
  expect(changed.length).toBeGreaterThan(1);
  expect(changed.length).toBeLessThan(read.length / 2);
  expect([...before.keys()].filter((key) => !texts(after).has(key))).toEqual([]);
});
