// Three systems that nothing in the hub knows, wired in by a folder of configuration and mappings alone, and in the plan:
// SOAP with lists inside lists, ISO-8859-1 XML with its errors inside 200, a nightly CSV whose column is renamed one night.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { bodiesOf, composeHub, type Hub, mappingFolders } from '../../src/main.ts';
import { checkMappings } from '../../src/mapping/check.ts';
import { parseNumber } from '../../src/model/cpr.ts';
import { runSync } from '../../src/pipeline/run.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { enrol } from '../../src/store/enrolment.ts';
import { createRun, type RunCounts } from '../../src/store/runs.ts';
import { anna, bo, carl, quietLog } from '../pipeline/toy.ts';
import { useDatabase } from '../postgres.ts';
import { type Botilbud, type Stay, startBotilbud } from './botilbud.ts';
import { type Course, type Rusmiddel, startRusmiddel } from './rusmiddel.ts';
import { dropStoette, type Support } from './stoette.ts';

const database = useDatabase();
const numbers = [anna, bo, carl];
let stays: Stay[] = Array.from({ length: 45 }, (_, n) => ({
  id: `OPH-${n}`,
  cpr: numbers[n % 3] ?? '',
  place: 'Skovly & Søn',
  section: '§ 107',
  from: '24.12.2025',
  goals: [
    { id: `${n}-1`, text: 'Klarer egen økonomi', kind: 'U' as const },
    { id: `${n}-2`, text: 'Bevarer kontakt', kind: 'F' as const },
  ].slice(0, n % 3),
  staff: [{ initials: 'hkj', name: 'Hanne Kjær', role: 'Kontaktperson' }],
}));
let courses: Course[] = Array.from({ length: 61 }, (_, n) => ({
  number: `R${n}`,
  cpr: (numbers[n % 3] ?? '').replace(/(\d{6})/, '$1-'),
  name: 'Ambulant rådgivning på Åen',
  status: ['AKT', 'AFS', 'PAUSE'][n % 3] ?? '',
  begun: '05-01-2026',
  meetings: [{ id: `${n}a`, at: '14-07-2026 10:30', minutes: 45, with: 'Lærke Øberg', where: 'Lokale 3' }],
}));
const support = (hours: string): readonly Support[] =>
  numbers.map((cpr, n) => ({
    number: `${n + 1}`,
    cpr: `${Number(cpr)}`,
    service: 'Støtte-kontaktperson',
    hours,
    from: '01/03/2026',
    to: '',
    person: 'Åse Lund',
  }));

let folder: string;
let botilbud: Botilbud;
let rusmiddel: Rusmiddel;
let hub: Hub;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'samspil-wiring-'));
  botilbud = await startBotilbud(() => stays);
  rusmiddel = await startRusmiddel(() => courses);
  await dropStoette(folder, support('2,5'), { stamp: '20261120', at: new Date(Date.now() - 3_600_000) });
  Object.assign(process.env, {
    STOETTE_FOLDER: folder,
    BOTILBUD_WSDL: botilbud.wsdl,
    BOTILBUD_URL: botilbud.url,
    BOTILBUD_USERNAME: botilbud.user,
    BOTILBUD_PASSWORD: botilbud.password,
    RUSMIDDEL_URL: rusmiddel.url,
    RUSMIDDEL_API_KEY: rusmiddel.key,
  });
  const config = loadConfig(join(import.meta.dirname, 'hub/samspil.yaml'));
  const keys = createKeyRing(newKeyMaterial());
  hub = composeHub({ config, pool: database.pool(), keys, log: quietLog, databaseUrl: database.url() });
  for (const cpr of [anna, bo]) {
    const number = parseNumber(cpr);
    if (number === undefined) throw new Error('not a number');
    await enrol(hub.pool, keys, [...hub.sources.keys()], { number, basis: 'lab-40-3', by: 'test' });
  }
});
afterAll(async () => {
  await botilbud.close();
  await rusmiddel.close();
  await rm(folder, { recursive: true, force: true });
});

const sync = async (name: string): Promise<RunCounts> => {
  const source = hub.sources.get(name)?.source;
  const [kind] = source?.kinds ?? [];
  if (source === undefined || kind === undefined) throw new Error(`no source ${name}`);
  const runId = await createRun(hub.pool, { source: name, kind: kind.name, mode: 'load', trigger: 'test' });
  const signal = new AbortController().signal;
  return (await runSync(hub, { source, kind, runId, want: 'next', signal })).counts;
};
const bodies = async (source: string): Promise<readonly Record<string, unknown>[]> => {
  const { rows } = await hub.pool.query<{ id: string; body: string | null; cipher: Buffer | null }>(
    'select r.id, b.body, b.cipher from record r join record_body b on b.record_id = r.id where r.source = $1 order by r.entity, r.key, r.part',
    [source],
  );
  return rows.map(({ id, body, cipher }) =>
    JSON.parse(cipher === null ? (body ?? '') : hub.keys.decrypt(cipher, `record_body:${id}`)),
  );
};

it('the folder passes the check', () => {
  const report = checkMappings(mappingFolders(hub.config), {
    bodiesOf: bodiesOf(hub.config),
    systems: ['stoette', 'botilbud', 'rusmiddel'],
  });
  expect(report.findings).toEqual([]);
});

describe('SOAP with lists inside lists and Danish dates', () => {
  it('is read in its pages, and what changed and what went shows', async () => {
    expect(await sync('botilbud')).toMatchObject({ served: 45, stored: 30, notEnrolled: 15, quarantined: 0 });
    const made = await bodies('botilbud');
    expect(made.filter(({ kind }) => kind === 'goal')).toHaveLength(15);
    expect(made.find(({ kind }) => kind === 'intervention')).toMatchObject({
      title: 'Skovly & Søn',
      legalBasis: ['§ 107'],
      period: { start: '2025-12-24' },
    });
    stays = stays.map((stay, n) => (n === 0 ? { ...stay, to: '31.01.2027' } : stay)).filter((_, n) => n !== 43);
    expect(await sync('botilbud')).toMatchObject({ changed: 1, removed: 2 });
  });
});

describe('XML in ISO-8859-1 with its errors inside 200', () => {
  it('is read in its pages, letters and all', async () => {
    expect(await sync('rusmiddel')).toMatchObject({ served: 61, stored: 41, quarantined: 0 });
    const made = await bodies('rusmiddel');
    expect(made[0]).toMatchObject({ kind: 'appointment', organiser: 'Lærke Øberg', start: '2026-07-14T08:30:00Z' });
    expect(made.at(-1)).toMatchObject({ title: 'Ambulant rådgivning på Åen', sensitivity: 'sensitive' });
  });

  it.each([
    ['busy', 'transient'],
    ['broken', 'source'],
    ['empty', 'source'],
  ] as const)('an answer that is %s fails the run and deletes nothing', async (kind, fault) => {
    const before = (await bodies('rusmiddel')).length;
    rusmiddel.fail(kind);
    await expect(sync('rusmiddel')).rejects.toMatchObject({ fault });
    rusmiddel.fail('none');
    expect(await bodies('rusmiddel')).toHaveLength(before);
  });

  it('and goes on when it answers again', async () => {
    courses = courses.slice(0, 59);
    expect(await sync('rusmiddel')).toMatchObject({ served: 59 });
    expect((await bodies('rusmiddel')).length).toBe(2 * 40);
  });
});

describe('a nightly CSV', () => {
  it('is read with its leading zeros put back and its decimal commas', async () => {
    expect(await sync('stoette')).toMatchObject({ served: 3, stored: 2 });
    expect(await bodies('stoette')).toMatchObject([{ hoursPerWeek: 2.5, title: 'Støtte-kontaktperson' }, {}]);
  });

  it('with a renamed column stops with the column’s name, and nothing is deleted', async () => {
    await dropStoette(folder, support('3,5'), { stamp: '20261121', renamed: true, at: new Date(Date.now() - 60_000) });
    await expect(sync('stoette')).rejects.toMatchObject({ message: 'The file lacks the column Personnr.' });
    expect(await bodies('stoette')).toMatchObject([{ hoursPerWeek: 2.5 }, { hoursPerWeek: 2.5 }]);
    await dropStoette(folder, support('3,5'), { stamp: '20261122' });
    expect(await sync('stoette')).toMatchObject({ changed: 2 });
  });
});
