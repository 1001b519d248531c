// What is done at the terminal is found again by `samspil acts`, with whoever did it and why; alerts are listed, acknowledged,
// snoozed and tried out there.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { registerActs } from '../../src/commands/acts.ts';
import { registerAlerts } from '../../src/commands/alerts.ts';
import { registerSource } from '../../src/commands/source.ts';
import { registerStewardship } from '../../src/commands/stewardship.ts';
import { registerWebhooks } from '../../src/commands/webhooks.ts';
import { asHubError } from '../../src/errors.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { insertWebhook } from '../../src/store/webhooks.ts';
import { newSecret } from '../../src/webhook/secrets.ts';
import { useDatabase } from '../postgres.ts';
import { configure, createBench, reachable, startPlaces } from './bench.ts';

const database = useDatabase();
let places: Awaited<ReturnType<typeof startPlaces>>;
let folder: string;
let webhook: string | undefined;

beforeAll(async () => {
  places = await startPlaces();
  folder = await mkdtemp(join(tmpdir(), 'samspil-acts-'));
  const material = newKeyMaterial();
  const configuration = {
    municipality: { code: '0999', name: 'Egevang' },
    enrolmentBases: [{ code: 'lab-40-3', title: 'LAB § 40 stk. 3' }],
    sources: {
      fhir: { adapter: 'fhir', title: 'Sundhed', domain: 'health', config: { baseUrl: 'http://127.0.0.1:1/fhir' } },
    },
    webhooks: { allowPrivate: ['127.0.0.1'], allowHttp: 'yes' },
    alerts: reachable(places.mail, places.receiver),
  };
  await writeFile(join(folder, 'keys.json'), JSON.stringify(material));
  await writeFile(join(folder, 'samspil.yaml'), stringify(configuration));
  for (const [name, value] of Object.entries({
    USER: 'ole',
    SAMSPIL_DATA_DIR: folder,
    SAMSPIL_KEYS_FILE: join(folder, 'keys.json'),
    SAMSPIL_CONFIG: join(folder, 'samspil.yaml'),
    DATABASE_URL: database.url(),
  }))
    process.env[name] = value;
  const given = { url: 'https://portal.example/x', host: 'portal.example', signature: 'hmac', actor: '{}' } as const;
  webhook = await insertWebhook(
    database.pool(),
    createKeyRing(material),
    { ...given, consumer: 'borgerportal', secret: newSecret('hmac') },
    5,
    new Date(),
  );
});
afterAll(async () => {
  await places.close();
  await rm(folder, { recursive: true });
});

/** As typed, in this process: starting one for each would take most of the time. */
const samspil = async (...args: readonly string[]): Promise<string> => {
  const program = new Command('samspil').option('--json').exitOverride();
  for (const register of [registerSource, registerStewardship, registerWebhooks, registerAlerts, registerActs])
    register(program);
  let out = '';
  const keep = (text: unknown): boolean => {
    out += String(text);
    return true;
  };
  const spies = [process.stdout, process.stderr].map((to) => vi.spyOn(to, 'write').mockImplementation(keep));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return process.exitCode === 1 ? `failed: ${out}` : out;
  } catch (thrown) {
    const { message, hint } = asHubError(thrown);
    return `failed: ${out}${message} ${hint}`;
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = undefined;
  }
};
const rows = async (...args: readonly string[]) =>
  JSON.parse((await samspil('--json', ...args)).replace(/Older ones.*/, '')) as Record<string, unknown>[];

it('every act at the terminal is found again', async () => {
  const pool = database.pool();
  const { rows: held } = await pool.query<{ id: number }>(
    `insert into held_deletion (source, kind, stored, missing) values ('fhir', 'Goal', 10, 9) returning id`,
  );
  const { rows: drift } = await pool.query<{ id: number }>(
    `insert into drift (source, kind, type, name, did) values ('fhir', 'Goal', 'unknown-code', 'status', 'hold') returning id`,
  );
  const out = [
    await samspil('source', 'pause', 'fhir', '--reason', 'the vendor upgrades'),
    await samspil('deletions', 'approve', String(held[0]?.id), '--reason', 'they merged two systems'),
    await samspil('drift', 'accept', String(drift[0]?.id), '--reason', 'a new code'),
    await samspil('webhooks', 'rotate', webhook ?? ''),
    await samspil('source', 'notices', 'fhir', '--retry'),
    await samspil('source', 'resume', 'fhir', '--reason', 'it is upgraded'),
  ];
  expect(out.filter((text) => text.startsWith('failed'))).toEqual([]);
  // What did not happen is not told.
  expect(await samspil('deletions', 'approve', String(held[0]?.id))).toContain('not held');
  const acts = await rows('acts');
  expect(acts.map(({ what }) => what).toSorted()).toEqual([
    'deletion.approve',
    'drift.accept',
    'notice.retry',
    'source.pause',
    'source.resume',
    'webhook.rotate',
  ]);
  expect(acts.every(({ person, role }) => person === 'ole' && role === 'command line')).toBe(true);
  expect(await rows('acts', '--what', 'source', '--limit', '1')).toMatchObject([
    { what: 'source.resume', subject: 'fhir', source: 'fhir', outcome: 'done' },
  ]);
  expect(await rows('acts', '--source', 'fhir', '--what', 'drift.accept')).toMatchObject([
    { why: 'a new code', detail: { kind: 'Goal', type: 'unknown-code', resumed: true } },
  ]);
  expect(await samspil('acts', '--on', webhook ?? '')).toContain('consumer=borgerportal');
});

it('a pause is written down with its reason, or not made', async () => {
  for (const word of ['pause', 'resume']) {
    expect(await samspil('source', word, 'fhir')).toContain("required option '--reason <text>'");
    expect(await samspil('source', word, 'fhir', '--reason', '  ')).toContain('failed: Say why.');
    expect(await samspil('source', word, 'fhir', '--reason', 'x'.repeat(501))).toContain('failed: ');
  }
  const { rows: paused } = await database.pool().query('select 1 from sync_state where paused');
  expect(paused).toEqual([]);
});

it('a list of sources says what the overview says: what fails, and no next run of what is paused', async () => {
  const pool = database.pool();
  await pool.query('delete from sync_state');
  await pool.query(
    `insert into sync_state (source, kind, paused, load_complete, last_complete_at)
     values ('fhir', 'Goal', true, true, now()), ('fhir', 'CarePlan', false, true, now()), ('fhir', 'Condition', false, true, now() - interval '9 days')`,
  );
  await pool.query(
    `insert into schedule (source, kind, cron, next_at)
     select 'fhir', kind, '* * * * *', now() + interval '1 minute' from sync_state on conflict do nothing`,
  );
  await pool.query(
    `insert into run (id, source, kind, mode, trigger, state, queued_at, ended_at, error_code)
     values ($1, 'fhir', 'CarePlan', 'incremental', 'schedule', 'failed', now(), now(), 'source/unauthorised')`,
    [randomUUID()],
  );
  const list = await rows('source', 'list');
  const of = (name: string) => list.find(({ kind }) => kind === name);
  expect(of('Goal')).toMatchObject({ state: 'paused', 'next run': null, error: null });
  expect(of('CarePlan')).toMatchObject({ state: 'failing', error: 'source/unauthorised' });
  expect(of('CarePlan')?.['next run']).not.toBeNull();
  expect(of('Condition')).toMatchObject({ state: 'late' });
  await pool.query(
    `insert into breaker (source, state, failures, error_code) values ('fhir', 'open', 5, 'source/timeout')`,
  );
  expect((await rows('source', 'list')).find(({ kind }) => kind === 'CarePlan')).toMatchObject({
    state: 'breaker open',
    error: 'source/timeout',
  });
  for (const table of ['breaker', 'run', 'schedule', 'sync_state']) await pool.query(`delete from ${table}`);
});

it('alerts are listed, acknowledged, snoozed and tried out', async () => {
  const bench = createBench(database.pool(), configure({}), { rules: ['log-unsealed'] });
  bench.wrong.set('log-unsealed', [{ subject: 'log', said: { since: '2026-11-22T11:00:00Z' } }]);
  await bench.round();
  const [alert] = await rows('alerts');
  const id = String(alert?.['id']);
  expect(await samspil('alerts')).toContain('The access log is not being sealed');
  expect(await samspil('alerts', 'ack', id.slice(0, 8), '--reason', 'restarting web')).toContain('you know of it');
  expect(await samspil('alerts', 'ack', id, '--reason', 'again')).toContain('failed: ');
  expect(await samspil('alerts', 'snooze', id, '--for', '4h', '--reason', 'known')).toContain('nobody is told until');
  expect(await samspil('alerts', 'snooze', randomUUID(), '--for', '4h', '--reason', 'x')).toContain('failed: ');
  expect(await rows('alerts', 'history', '--rule', 'log-unsealed')).toMatchObject([
    { id, acknowledged: { by: 'ole', why: 'restarting web' }, snoozed: { by: 'ole', why: 'known' } },
  ]);
  expect(await rows('alerts', 'contacts')).toMatchObject([
    { contact: 'drift', mail: 2, webhook: `127.0.0.1:${places.receiver.port}`, language: 'da', digest: false },
    { contact: 'dpo', mail: 1, language: 'en', rules: ['emergency-access'] },
  ]);
  const tried = await rows('alerts', 'test', 'drift');
  expect(tried.map(({ by, outcome }) => `${by} ${outcome}`)).toEqual([
    'mail delivered',
    'mail delivered',
    'webhook delivered',
  ]);
  expect(places.mail.got.map(({ to }) => to)).toEqual(['vagt@kommune.example', 'leder@kommune.example']);
  places.mail.refuse = 550;
  expect(await samspil('alerts', 'test', 'dpo')).toMatch(/failed: [\s\S]*mail +dpo@kommune.example +refused/);
  expect(await samspil('alerts', 'test', 'nobody')).toContain('Contacts: drift, dpo.');
  expect((await rows('acts', '--what', 'alert')).map(({ what, outcome }) => `${what} ${outcome}`)).toEqual([
    'alert.test failed',
    'alert.test done',
    'alert.snooze done',
    'alert.acknowledge done',
  ]);
});
