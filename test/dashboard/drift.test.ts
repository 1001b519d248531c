// Changes in sources in a real browser: a file gets a column nobody knows and is noted; a kind whose fields have another
// type waits, is accepted with a reason and goes on; what was accepted stays to be read.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listActs } from '../../src/store/acts.ts';
import { countDrift, listDrift } from '../../src/store/drift.ts';
import { readSyncState, setPaused } from '../../src/store/sync-state.ts';
import { openBrowser } from '../browser/chromium.ts';
import { inspect, visit } from '../browser/session.ts';
import { useDatabase } from '../postgres.ts';
import { startMunicipality, type TestMunicipality } from './municipality.ts';

const database = useDatabase();
let municipality: TestMunicipality;
let browser: Browser;

/** Tomorrow's file of the cases, with a column more. */
const deliverColumn = async (): Promise<void> => {
  const folder = join(process.env['SANDBOX_SENSUM_FOLDER'] ?? '', 'egevang');
  const file = (await readdir(folder)).find((name) => name.startsWith('Sager_')) ?? '';
  const [heading = '', ...lines] = (await readFile(join(folder, file), 'utf8')).split('\r\n');
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
  const wider = lines.map((line) => (line === '' ? '' : `${line};GUL`));
  await writeFile(join(folder, `Sager_${tomorrow}.csv`), [`${heading};Farvekode`, ...wider].join('\r\n'));
};

beforeAll(async () => {
  [municipality, browser] = await Promise.all([startMunicipality(database, { pulled: false }), openBrowser()]);
  await municipality.pull('social');
  await deliverColumn();
  await municipality.pull('social');
  const pool = database.pool();
  // As if it had been loaded whole for two weeks.
  await pool.query(
    `insert into load_history (source, kind, load, served, ended_at)
     select 'social', 'indsats', -n, 26 - n % 4, now() - n * interval '1 day' from generate_series(1, 14) n`,
  );
  const change = { name: 'Oprettet', times: 12, was: 'text', became: 'number', did: 'hold' } as const;
  await countDrift(pool, 'social', 'indsats', [{ type: 'type-change', ...change }]);
  await setPaused(pool, 'social', ['indsats'], true);
  await countDrift(pool, 'health', 'Goal', [
    { type: 'unknown-code', name: 'status', times: 3, codes: ['paused', 'revoked-in-error', 'AFVENT'] },
    { type: 'vanished-field', name: 'category', times: 4, was: 'in 95 % of 4748 records', became: 'absent' },
    { type: 'zero-rows', name: 'complete load', times: 1, was: 'about 5100 records', became: '0 records', did: 'stop' },
  ]);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await municipality.close();
});

const at = (path: string): string => municipality.url + path;
const finding = async (type: string): Promise<number> =>
  (await listDrift(database.pool(), { all: true })).find((one) => one.type === type)?.id ?? 0;

it('finds the column that nobody knows', async () => {
  const found = await listDrift(database.pool(), { source: 'social', kind: 'sag' });
  expect(found).toMatchObject([{ type: 'unknown-field', name: 'Farvekode', did: 'note' }]);
});

describe.each(['da', 'en'] as const)('the pages (%s)', (language) => {
  it('show what waits first, and each beside what is known of its kind', async () => {
    const person = await visit(browser, municipality.url, 'administrator', language);
    const { page } = person;
    await inspect(person, at('/admin/drift'), `drift-${language}`);
    expect(await page.locator('tbody tr').count()).toBe(5);
    const said = language === 'da' ? /i 95\s?% af 4\.748 oplysninger → mangler/ : /in 95% of 4,748 records → missing/;
    expect(await page.locator('tbody').innerText()).toMatch(said);
    expect(await page.locator('tbody tr').last().textContent()).toContain('Farvekode');
    await inspect(person, at('/admin/drift?show=accepted'), `drift-accepted-none-${language}`);
    for (const type of ['unknown-field', 'type-change', 'unknown-code', 'zero-rows'])
      await inspect(person, at(`/admin/drift/${await finding(type)}`), `drift-${type}-${language}`);
    await person.context.close();
  }, 90_000);
});

describe('accepting', () => {
  it('is not for who only looks on', async () => {
    const { page, context } = await visit(browser, municipality.url, 'administrator-view');
    await page.goto(at(`/admin/drift/${await finding('type-change')}`));
    expect(await page.locator('main form').count()).toBe(0);
    await context.close();
  }, 30_000);

  it('takes a reason and lets the kind go on', async () => {
    const id = await finding('type-change');
    const person = await visit(browser, municipality.url, 'administrator');
    const { page } = person;
    await page.goto(at('/admin/drift?source=social'));
    await page.locator('tbody a', { hasText: 'Ny type' }).click();
    await page.waitForURL(/drift\/\d+/);
    expect(await page.locator('#accept ~ p').first().textContent()).toContain('Slagsen bliver hentet igen');
    await page.fill('#why', 'Leverandøren skriver tal fra version 9');
    await page.locator('main form button').click();
    await page.waitForURL(/done=drift.resumed/);
    expect((await readSyncState(database.pool(), 'social', 'indsats')).paused).toBe(false);
    const [act] = await listActs(database.pool(), { what: 'drift.accept', limit: 1 });
    expect(act).toMatchObject({
      person: 'egevang-jedal',
      subject: String(id),
      source: 'social',
      why: 'Leverandøren skriver tal fra version 9',
      detail: { kind: 'indsats', type: 'type-change', resumed: true },
    });
    await inspect(person, at('/admin/drift?show=accepted'), 'drift-accepted-da');
    expect(await page.locator('tbody').textContent()).toContain('egevang-jedal');
    await inspect(person, at(`/admin/drift/${id}`), 'drift-one-accepted-da');
    expect(await page.locator('main form').count()).toBe(0);
    await person.context.close();
  }, 60_000);
});
