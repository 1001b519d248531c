// Whoever must change a secret or an address is told where it stands, in which file or variable, and whether what runs is
// what stands there now; the secret itself is nowhere.
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { setupLines, setupOf } from '../src/commands/source-setup.ts';
import { loadConfig } from '../src/config/load.ts';
import { mappingFolders } from '../src/main.ts';

const folder = mkdtempSync(join(tmpdir(), 'samspil-places-'));
const secret = join(folder, 'momentum-client');
const own = join(folder, 'samspil.yaml');
const included = join(folder, 'dubu.yaml');
const mask = '***';

beforeAll(() => {
  writeFileSync(secret, 'hemmelig-adgangskode\n');
  writeFileSync(join(folder, 'ca.pem'), '-----BEGIN CERTIFICATE-----\n');
  process.env['PLACES_KEY'] = 'hemmelig-nøgle';
  writeFileSync(
    own,
    `include: [dubu.yaml]
municipality: { code: "0999", name: Egevang }
enrolmentBases: [{ code: lab-40-3, title: LAB }]
sources:
  employment:
    adapter: momentum
    title: Jobcentret
    domain: employment
    tls: { ca: "\${file:ca.pem}" }
    config:
      baseUrl: https://momentum.example/api?key=x
      auth: { clientSecret: "\${file:momentum-client}", apiKey: "\${PLACES_KEY}", password: hemmelig-direkte }
      folder: /srv/ind
      names: [a, b]
  job:
    adapter: momentum
    title: Jobcentret
    domain: employment
    config: { baseUrl: "https://m.example", tokenUrl: "https://t.example/x", clientId: hub, clientSecret: "\${file:momentum-client}", apiKey: "\${PLACES_KEY}", resource: "urn:x" }
`,
  );
  writeFileSync(included, 'sources: { family: { adapter: dubu, title: DUBU, domain: family } }\n');
});
afterAll(() => {
  delete process.env['PLACES_KEY'];
  rmSync(folder, { recursive: true });
});

const masked = {
  baseUrl: 'https://momentum.example/api?key=x',
  auth: { clientSecret: mask, apiKey: mask, password: mask },
  folder: '/srv/ind',
  names: ['a', 'b'],
};

it('tells the file, the addresses and where each secret is taken from, never what it is', () => {
  const { places } = loadConfig(own);
  expect(places?.files).toEqual({ employment: own, job: own, family: included });
  const setup = setupOf('employment', masked, places);
  expect(setup).toEqual({
    file: own,
    addresses: [
      { setting: 'config.baseUrl', value: 'https://momentum.example/api' },
      { setting: 'config.folder', value: '/srv/ind' },
    ],
    secrets: [
      { setting: 'config.auth.clientSecret', places: [{ kind: 'file', at: secret }] },
      { setting: 'config.auth.apiKey', places: [{ kind: 'environment', at: 'PLACES_KEY' }] },
      { setting: 'config.auth.password', places: [] },
      { setting: 'tls.ca', places: [{ kind: 'file', at: join(folder, 'ca.pem') }] },
    ],
    changedAt: undefined,
  });
  expect(JSON.stringify([setup, places])).not.toContain('hemmelig');
});

it('tells the same at the terminal', () => {
  const config = loadConfig(own);
  const job = config.sources['job'];
  expect(job && setupLines('job', job, config, mappingFolders(config))).toEqual([
    'job: config.baseUrl is https://m.example',
    'job: config.tokenUrl is https://t.example/x',
    `job: config.clientSecret stands in ${secret}`,
    'job: config.apiKey stands in the environment variable PLACES_KEY',
    `job: configured in ${own}`,
  ]);
});

it('says that a file has changed since it was read, be it the configuration or a secret', () => {
  const { places } = loadConfig(own);
  const later = new Date(Date.now() + 60_000);
  utimesSync(secret, later, later);
  expect(setupOf('employment', masked, places).changedAt).toEqual(later);
  expect(setupOf('family', {}, places).changedAt).toBeUndefined();
  utimesSync(included, later, later);
  expect(setupOf('family', {}, places).changedAt).toEqual(later);
});

it('knows no file of a configuration that came from none', () => {
  expect(setupOf('x', { clientSecret: mask }, undefined)).toEqual({
    file: undefined,
    addresses: [],
    secrets: [{ setting: 'config.clientSecret', places: [] }],
    changedAt: undefined,
  });
});
