// The whole sandbox municipality at once: every system runs, the showcase citizen's plan draws on all four domains, and
// every record of it links back to the journal it came from. Only the CPR register has no journal to link to.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { loadConfig } from '../../src/config/load.ts';
import { readMapped } from './mapped.ts';
import { type Municipality, startMunicipality } from './municipality.ts';
import { sandboxEnvironment } from './source-config.ts';

let folder: string;
let municipality: Municipality;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'samspil-links-'));
  municipality = await startMunicipality({ citizens: 60, enrolled: 5, folder });
  Object.assign(process.env, sandboxEnvironment(municipality));
}, 60_000);
afterAll(async () => {
  await municipality.close();
  await rm(folder, { recursive: true, force: true });
});

const config = () => loadConfig(join(import.meta.dirname, 'config/samspil.yaml'));

it('runs every adapter', () => {
  const used = new Set(Object.values(config().sources).map(({ adapter }) => adapter));
  expect([...used].sort()).toEqual(adapters.map(({ name }) => name).sort());
});

it('gives the showcase citizen records of every domain, each with its way back', { timeout: 60_000 }, async () => {
  const domains = new Set<string>();
  const without: string[] = [];
  for (const [name, source] of Object.entries(config().sources)) {
    const system = source.mappings ?? source.adapter;
    const own = (await readMapped(municipality, system)).filter(({ cprs }) => cprs.includes(municipality.showcase.cpr));
    expect(own.length, name).toBeGreaterThan(0);
    for (const { kind, drafts } of own)
      for (const draft of drafts.filter(({ entity }) => entity !== 'citizen' && entity !== 'consent')) {
        domains.add(draft.domain ?? source.kinds[kind]?.domain ?? source.domain);
        const linked = draft.journalPath !== undefined || draft.hop !== undefined;
        if (!linked && system !== 'sf1520') without.push(draft.mapping);
      }
  }
  for (const domain of ['employment', 'social', 'health', 'family']) expect(domains).toContain(domain);
  expect([...new Set(without)]).toEqual([]);
});
