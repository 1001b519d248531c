// `samspil explain` and `samspil consents import` as typed: what a reader could see on a date is what the feed showed them
// then; a reason is needed, and is in the log that the citizen reads; what is imported opens nothing.
import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAccessLog } from '../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../src/store/crypto.ts';
import { createHub, type Hub, type Person, personaNamed } from './feed/fixture.ts';
import { useDatabase } from './postgres.ts';

const database = useDatabase();
const social = personaNamed('caseworker-social');
let hub: Hub;
let maja: Person;
let env: NodeJS.ProcessEnv;

const configuration = `municipality: { code: "0999", name: Egevang }
enrolmentBases: [{ code: lab-40-3, title: LAB § 40 stk. 3 }]
sources: {}
`;

beforeAll(async () => {
  const material = newKeyMaterial();
  const keys = createKeyRing(material);
  const folder = await mkdtemp(join(tmpdir(), 'samspil-explain-'));
  await writeFile(join(folder, 'keys.json'), JSON.stringify(material));
  await writeFile(join(folder, 'samspil.yaml'), configuration);
  env = {
    ...process.env,
    SAMSPIL_DATA_DIR: folder,
    SAMSPIL_KEYS_FILE: join(folder, 'keys.json'),
    SAMSPIL_CONFIG: join(folder, 'samspil.yaml'),
    DATABASE_URL: database.url(),
  };
  hub = await createHub(database.pool(), { keys, accessLog: createAccessLog(database.pool(), keys) });
  for (const unit of ['jobcenter', 'social']) await hub.world.unit(unit, null);
  maja = await hub.world.person('0102703333');
  await hub.world.record({ citizens: [maja], kind: 'goal', ownerUnit: 'jobcenter' });
  await hub.world.record({ citizens: [maja], kind: 'plan', domain: 'social', source: 'sensum', ownerUnit: 'social' });
});

const samspil = async (...args: readonly string[]): Promise<{ out: string; failed: boolean }> => {
  const asked = promisify(execFile)(process.execPath, [join(import.meta.dirname, '../src/cli.ts'), ...args], { env });
  return asked.then(
    ({ stdout }) => ({ out: stdout, failed: false }),
    (error: { stderr: string }) => ({ out: error.stderr, failed: true }),
  );
};
const ask = (...more: readonly string[]) =>
  samspil('explain', '--citizen', maja.id, '--reader', social.person, '--sector', 'public', ...more);
const shown = async (): Promise<readonly string[]> => {
  const plan = (await hub.ask('caseworker-social', `/v1/citizens/${maja.id}/plan`)).json();
  return [...plan.plans, ...plan.goals].map(({ id }: { id: string }) => id).sort();
};

describe('samspil explain', () => {
  it('tells for each instant what the reader was shown then', { timeout: 60_000 }, async () => {
    const say = async (url: string, payload: object) =>
      (await hub.ask('citizen', { method: 'POST', url, payload }, { citizen: maja.id })).json();
    const moments: { at: Date; seen: readonly string[] }[] = [];
    const note = async () => moments.push({ seen: await shown(), at: new Date() });
    await note();
    const { id } = await say(`/v1/citizens/${maja.id}/consents`, { decision: 'grant', recipient: 'unit:social' });
    await note();
    await say(`/v1/consents/${id}/withdraw`, {});
    await note();
    expect(moments.map(({ seen }) => seen.length)).toEqual([1, 2, 1]);
    const told = moments.map(async ({ at, seen }) => {
      const { out } = await ask('--at', at.toISOString(), '--reason', 'Klage 12', '--json');
      const { decisions } = JSON.parse(out) as { decisions: { show: string; recordId: string }[] };
      const content = decisions.filter(({ show }) => show === 'content').map(({ recordId }) => recordId);
      expect(content.sort()).toEqual(seen);
    });
    await Promise.all(told);
    const table = (await ask('--reason', 'Klage 12')).out;
    expect(table).toContain('Oplysningen hører til læserens egen enhed.');
    expect(table).toContain('hidden');
    expect(table.split('\n')[0]).toMatch(/^shown +domain +kind +source +record +rule +why$/);
  });

  it('needs a reason and a known reader, and the citizen reads that it was asked', { timeout: 60_000 }, async () => {
    const [unasked, nobody, badly] = await Promise.all([
      ask(),
      samspil('explain', '--citizen', maja.id, '--reader', 'nobody', '--reason', 'x'),
      ask('--at', 'yesterday', '--reason', 'x'),
      ask('--at', '2026-01-01', '--reason', 'Klage 13'),
    ]);
    expect(unasked.out).toContain('--reason');
    expect([nobody.failed, nobody.out]).toEqual([true, expect.stringContaining('--role')]);
    expect(badly.failed).toBe(true);
    const log = await hub.ask('citizen', `/v1/citizens/${maja.id}/access-log?limit=1000`, { citizen: maja.id });
    expect(log.body).toContain('Klage 13');
  });
});

describe('samspil consents import', () => {
  it('reads CSV: grants wait for the citizen, refusals hold, and errors say neither number nor value', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'samspil-import-')), 'samtykker.csv');
    const head = 'cpr;reference;decision;recipient;domains;evidence';
    const rows = [`${maja.cpr};S-1;grant;unit:social;employment;SBSIP 4711`, '0902703333;S-2;grant;unit:social;;'];
    await writeFile(file, `${[head, ...rows, `${maja.cpr};S-3;refuse;unit:social;social;`].join('\n')}\n`);
    const before = await shown();
    const { out } = await samspil('consents', 'import', file, '--source', 'sbsip', '--json');
    expect(JSON.parse(out)).toEqual([{ rows: 3, proposed: 1, refused: 1, revoked: 0, known: 0, 'not enrolled': 1 }]);
    expect(await shown()).toEqual(before);
    const waiting = await hub.ask('citizen', `/v1/citizens/${maja.id}/consent-proposals`, { citizen: maja.id });
    expect(waiting.json().proposals).toMatchObject([{ source: 'sbsip', domains: ['employment'] }]);
    await writeFile(file, `${head}\n${maja.cpr};S-4;grant;everybody;;\n`);
    const bad = await samspil('consents', 'import', file, '--source', 'sbsip');
    expect([bad.failed, bad.out]).toEqual([true, expect.stringContaining('Row 1, recipient')]);
    expect(bad.out).not.toMatch(/everybody|\d{6}/);
  }, 60_000);
});
