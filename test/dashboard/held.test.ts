// A real mass deletion in a real browser: the social system delivers a file with hardly anybody in it, the guard holds, the
// administrator sees what would go, approves once, and is told so the second time. What was done is found again.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeOn } from '../browser/axe.ts';
import { openBrowser } from '../browser/chromium.ts';
import { inspect, picture, visit } from '../browser/session.ts';
import { useDatabase } from '../postgres.ts';
import { startMunicipality, type TestMunicipality } from './municipality.ts';

const database = useDatabase();
let municipality: TestMunicipality;
let browser: Browser;
let stored: number;

const one = async (sql: string): Promise<number> => (await database.pool().query<{ n: number }>(sql)).rows[0]?.n ?? 0;
const ofKind = `from record where source = 'social' and source_kind = 'aktivitet'`;

/** The next night's file of one type, with its heading and two lines. */
const deliverHardlyAny = async (): Promise<void> => {
  const folder = join(process.env['SANDBOX_SENSUM_FOLDER'] ?? '', 'egevang');
  const file = (await readdir(folder)).find((name) => name.startsWith('SagsAktiviteter_')) ?? '';
  const [heading = '', first = '', second = ''] = (await readFile(join(folder, file), 'utf8')).split('\r\n');
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
  await writeFile(join(folder, `SagsAktiviteter_${tomorrow}.csv`), [heading, first, second, ''].join('\r\n'));
};

beforeAll(async () => {
  [municipality, browser] = await Promise.all([
    startMunicipality(database, { citizens: 80, enrolled: 40, pulled: false }),
    openBrowser(),
  ]);
  await municipality.pull('social');
  stored = await one(`select count(*)::int as n ${ofKind}`);
  await deliverHardlyAny();
  await municipality.pull('social');
}, 120_000);
afterAll(async () => {
  await browser.close();
  await municipality.close();
});

const at = (path: string): string => municipality.url + path;

it('is held: nothing has gone', async () => {
  expect(stored).toBeGreaterThan(21);
  expect(await one(`select count(*)::int as n ${ofKind}`)).toBe(stored);
  expect(await one(`select missing as n from held_deletion where state = 'held'`)).toBeGreaterThan(20);
});

describe.each(['da', 'en'] as const)('the pages (%s)', (language) => {
  it('show what waits, and what would go', async () => {
    const person = await visit(browser, municipality.url, 'administrator', language);
    const { page } = person;
    await inspect(person, at('/admin/deletions?source=social'), `deletions-${language}`);
    await page.locator('tbody .button').click();
    await page.waitForURL(/deletions\/\d+/);
    await inspect(person, page.url(), `deletion-${language}`);
    await person.context.close();
  }, 60_000);
});

describe('deciding', () => {
  it('is only looked at by who may not act', async () => {
    const { page, context } = await visit(browser, municipality.url, 'administrator-view');
    await page.goto(at('/admin/deletions/1'));
    expect(await page.locator('#preview').count()).toBe(1);
    expect(await page.locator('main form').count()).toBe(0);
    expect(await page.locator('h1').textContent()).toBe('Holdt sletning');
    expect(await page.locator('main').textContent()).toContain('Du kan se det, men ikke gøre noget ved det');
    await context.close();
  }, 30_000);

  it('is not done for more than was looked at: the page says so and keeps the reason', async () => {
    const person = await visit(browser, municipality.url, 'administrator');
    const { page } = person;
    await page.goto(at('/admin/deletions/1'));
    await database
      .pool()
      .query('update held_deletion set growth = growth + 1, last_found_at = now() + $1::interval', ['5 minutes']);
    await page.fill('#why', 'Leverandøren bekræfter');
    await page.locator('main form button').click();
    await page.waitForSelector('main .alert-warning');
    expect(person.faults.splice(0).length).toBeGreaterThan(0);
    expect(await page.inputValue('#why')).toBe('Leverandøren bekræfter');
    expect(await one(`select count(*)::int as n ${ofKind}`)).toBe(stored);
    expect(await axeOn(page)).toEqual([]);
    await picture(page, 'deletion-grown-da-1280');
    await person.context.close();
  }, 30_000);

  it('takes a reason, once; whoever comes second is told who was first', async () => {
    const first = await visit(browser, municipality.url, 'administrator');
    const second = await visit(browser, municipality.url, 'administrator', 'en');
    for (const { page } of [first, second]) {
      await page.goto(at('/admin/deletions'));
      await page.locator('tbody .button').click();
      await page.waitForURL(/deletions\/\d+/);
    }
    const missing = await one(`select missing as n from held_deletion where state = 'held'`);
    await first.page.locator('main form').evaluate((form) => form.setAttribute('novalidate', ''));
    await first.page.locator('main form button').click();
    await first.page.waitForSelector('.form-error-message');
    // A form that is sent back says so in the console: the browser's own words for 422.
    expect(first.faults.splice(0).length).toBeGreaterThan(0);
    expect(await one(`select count(*)::int as n ${ofKind}`)).toBe(stored);
    await first.page.fill('#why', 'Leverandøren bekræfter: sagerne er afsluttet');
    await first.page.locator('main form button').click();
    await first.page.waitForURL(/done=deletion.approved/);
    expect(await first.page.locator('[role=status]').first().textContent()).toContain('godkendt og udført');
    const facts = await first.page.locator('main .facts').innerText();
    expect(facts).toMatch(new RegExp(`Slettet\\s+${missing}\\s`));
    expect(facts).toContain('Leverandøren bekræfter: sagerne er afsluttet');
    expect(await one(`select count(*)::int as n ${ofKind}`)).toBe(stored - missing);
    await second.page.fill('#why', 'Me too');
    await second.page.locator('main form button').click();
    await second.page.waitForSelector('.alert-info');
    expect(await second.page.locator('.alert-info').textContent()).toMatch(/Approved by egevang-jedal/);
    expect(await one(`select count(*)::int as n from act where what = 'deletion.approve'`)).toBe(1);
    await inspect(second, second.page.url(), 'deletion-decided-en');
    await inspect(first, at('/admin/deletions'), 'deletions-decided-da');
    await first.context.close();
    await second.context.close();
  }, 60_000);
});

describe('one that the source has taken back', () => {
  it.each([
    ['da', 'viste oplysningerne igen'],
    ['en', 'showed the records again'],
  ] as const)(
    'keeps its page, which says so (%s)',
    async (language, words) => {
      const { rows } = await database.pool().query<{ id: number }>(
        `insert into held_deletion (source, kind, stored, missing, state, decided_at, returned)
         values ('social', 'sag', 60, 40, 'overtaken', now(), 40) returning id`,
      );
      const person = await visit(browser, municipality.url, 'administrator', language);
      await inspect(person, at(`/admin/deletions/${rows[0]?.id}`), `deletion-lapsed-${language}`);
      expect(await person.page.locator('main .alert-info').textContent()).toContain(words);
      await person.context.close();
    },
    30_000,
  );
});

describe('the acts', () => {
  it.each(['da', 'en'] as const)(
    'tell it: who, what and why (%s)',
    async (language) => {
      const person = await visit(browser, municipality.url, 'administrator', language);
      const { page } = person;
      await inspect(person, at('/admin/acts?what=deletion&person=egevang-jedal'), `acts-${language}`);
      const rows = page.locator('tbody tr');
      expect(await rows.count()).toBe(1);
      expect(await rows.first().textContent()).toContain('Leverandøren bekræfter');
      await inspect(person, at('/admin/acts?from=2020-01-01&to=2020-01-02'), `acts-none-${language}`);
      await person.context.close();
    },
    60_000,
  );

  it('are found again by page, filter and day', async () => {
    await database.pool().query(
      `insert into act (at, person, role, what, subject, source, outcome, detail)
       select timestamptz '2026-03-28 22:30+00' + n * interval '1 minute', 'egevang-andre', 'administrator',
         'source.pause', 'social/sag', 'social', 'done', '{}' from generate_series(1, 120) n`,
    );
    const { page, context } = await visit(browser, municipality.url, 'administrator');
    await page.goto(at('/admin/acts?person=egevang-andre'));
    const rows = page.locator('tbody tr');
    const seen: number[] = [await rows.count()];
    for (let next = page.locator('.pager a', { hasText: 'Næste' }); (await next.count()) > 0; ) {
      const before = page.url();
      await next.click();
      await page.waitForURL((url) => url.toString() !== before);
      seen.push(await rows.count());
      next = page.locator('.pager a', { hasText: 'Næste' });
    }
    expect(seen).toEqual([50, 50, 20]);
    // Midnight in Copenhagen is at 23:00 UTC: 29 minutes of the 28th, the rest of the 29th.
    await page.goto(at('/admin/acts?person=egevang-andre&from=2026-03-28&to=2026-03-28'));
    expect(await rows.count()).toBe(29);
    await context.close();
  }, 30_000);
});
