// Whoever must change a secret or an address is told where it stands, in which file or variable, and whether what runs is
// what stands there now; the secret itself is nowhere.
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from './load.ts';
import { setupOf } from './places.ts';

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
  expect(places?.files).toEqual({ employment: own, family: included });
  const setup = setupOf('employment', masked, mask, places);
  expect(setup).toEqual({
    file: own,
    addresses: [
      { setting: 'config.baseUrl', value: 'https://momentum.example/api' },
      { setting: 'config.folder', value: '/srv/ind' },
    ],
    secrets: [
      { setting: 'config.auth.clientSecret', places: [{ kind: 'file', path: secret }] },
      { setting: 'config.auth.apiKey', places: [{ kind: 'environment', name: 'PLACES_KEY' }] },
      { setting: 'config.auth.password', places: [] },
      { setting: 'tls.ca', places: [{ kind: 'file', path: join(folder, 'ca.pem') }] },
    ],
    changedAt: undefined,
  });
  expect(JSON.stringify([setup, places])).not.toContain('hemmelig');
});

it('says that a file has changed since it was read, be it the configuration or a secret', () => {
  const { places } = loadConfig(own);
  const later = new Date(Date.now() + 60_000);
  utimesSync(secret, later, later);
  expect(setupOf('employment', masked, mask, places).changedAt).toEqual(later);
  expect(setupOf('family', {}, mask, places).changedAt).toBeUndefined();
  utimesSync(included, later, later);
  expect(setupOf('family', {}, mask, places).changedAt).toEqual(later);
});

it('knows no file of a configuration that came from none', () => {
  expect(setupOf('x', { clientSecret: mask }, mask, undefined)).toEqual({
    file: undefined,
    addresses: [],
    secrets: [{ setting: 'config.clientSecret', places: [] }],
    changedAt: undefined,
  });
});
