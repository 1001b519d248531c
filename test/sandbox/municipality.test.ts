// The running municipality: quick to start, the showcase citizen in all three systems, steps that show where they
// should, and a restart that goes on where it was.
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Municipality, type MunicipalityOptions, startMunicipality } from './municipality.ts';

const today = '2026-11-21';
const running: Municipality[] = [];
const folders: string[] = [];

const start = async (options: Partial<MunicipalityOptions> = {}): Promise<Municipality> => {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'samspil-municipality-')));
  folders.push(folder);
  const municipality = await startMunicipality({ citizens: 300, enrolled: 30, today, ...options, folder });
  running.push(municipality);
  return municipality;
};

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.close()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

const form = (fields: Record<string, string>): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(fields),
});

const fhirToken = async ({ fhir }: Municipality): Promise<string> => {
  const { clientId, clientSecret } = fhir;
  const fields = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const answer = await fetch(fhir.tokenUrl, form(fields));
  return ((await answer.json()) as { access_token: string }).access_token;
};

interface Bundle {
  readonly entry: readonly {
    readonly resource: { readonly id: string; readonly name?: readonly { family: string }[] };
  }[];
}

const patientsBy = async (municipality: Municipality, cpr: string): Promise<Bundle['entry']> => {
  const request = form({ identifier: cpr });
  const headers = { ...request.headers, authorization: `Bearer ${await fhirToken(municipality)}` };
  const answer = await fetch(`${municipality.fhir.url}/Patient/_search`, { ...request, headers });
  return ((await answer.json()) as Bundle).entry;
};

const sensumFile = async (municipality: Municipality, stem: string): Promise<{ text: string; mtimeMs: number }> => {
  const folder = join(municipality.sensum.folder, 'egevang');
  const name = (await readdir(folder)).find((file) => file.startsWith(stem)) ?? '';
  const path = join(folder, name);
  return { text: await readFile(path, 'utf8'), mtimeMs: (await stat(path)).mtimeMs };
};

describe('the municipality', () => {
  it('of 2,000 citizens starts with less than three seconds of work', async () => {
    const before = process.cpuUsage();
    await start({ citizens: 2000, enrolled: 200 });
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(3000);
  });

  it('knows the showcase citizen in every system', async () => {
    const municipality = await start();
    const { cpr } = municipality.showcase;
    expect([...municipality.cprsToEnrol()]).toHaveLength(30);
    expect([...municipality.cprsToEnrol()][0]).toBe(cpr);
    const patients = await patientsBy(municipality, cpr);
    expect(patients.map(({ resource }) => resource.name?.[0]?.family)).toEqual(['Sandkasse']);
    const unpadded = cpr.replace(/^0/, '');
    expect((await sensumFile(municipality, 'Borger_')).text).toContain(`;${unpadded};Maja;Sandkasse;`);
  });

  it('moves on by a step, the showcase citizen too, and only what changed is changed', async () => {
    const municipality = await start();
    const before = municipality.world.citizenAt(0);
    const resources = municipality.fhir.store.count('Encounter');
    const { citizens } = await municipality.step();
    expect(citizens).toBeGreaterThan(1);
    expect(citizens).toBeLessThan(15);
    expect(municipality.world.citizenAt(0)).not.toEqual(before);
    expect(municipality.fhir.store.count('Encounter')).toBeGreaterThanOrEqual(resources);
    expect((await sensumFile(municipality, 'Borger_')).mtimeMs).toBeLessThan(Date.now() - 3_000_000);
  });

  it('goes on after a restart where it was, without a new delivery', async () => {
    const first = await start();
    for (let step = 0; step < 4; step += 1) await first.step();
    const [then, file] = [first.world.citizenAt(0), await sensumFile(first, 'SagsAktiviteter_')];
    const folder = join(first.sensum.folder, '..');
    await first.close();
    const second = await start({ folder, today: '2026-12-24' });
    expect(second.world.citizenAt(0)).toEqual(then);
    expect(await sensumFile(second, 'SagsAktiviteter_')).toEqual(file);
  });

  it('adds a folder of FHIR files and puts their next versions in place', async () => {
    const fhirData = await mkdtemp(join(tmpdir(), 'samspil-fhir-'));
    folders.push(fhirData);
    await mkdir(fhirData, { recursive: true });
    const goal = { resourceType: 'Goal', id: 'g1', lifecycleStatus: 'active' };
    await writeFile(join(fhirData, 'Goal-g1.json'), JSON.stringify(goal));
    await writeFile(join(fhirData, 'Goal-g1-v2.json'), JSON.stringify({ ...goal, lifecycleStatus: 'completed' }));
    const municipality = await start({ fhirData });
    expect(municipality.fhir.store.get('Goal', 'g1')?.['lifecycleStatus']).toBe('active');
    expect(await municipality.step()).toEqual({ citizens: 0, resources: 1 });
    expect(municipality.fhir.store.get('Goal', 'g1')?.['lifecycleStatus']).toBe('completed');
  });
});
