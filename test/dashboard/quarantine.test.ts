// The quarantine in a real browser: a mapping that reads a date wrongly sets records aside; one is looked at, with a reason
// that the citizen reads; one is given up; the mapping is mended, and the rest is tried again and followed to its end.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkSource } from '../../src/jobs/worker.ts';
import { composeSource, type Running, shippedMappings } from '../../src/main.ts';
import { startWorkerRole } from '../../src/work.ts';
import { openBrowser } from '../browser/chromium.ts';
import { inspect, picture, visit } from '../browser/session.ts';
import { useDatabase } from '../postgres.ts';
import { startMunicipality, type TestMunicipality } from './municipality.ts';

const database = useDatabase();
let municipality: TestMunicipality;
let browser: Browser;
let draft: string;
let deployed: WorkSource;
let worker: Running | undefined;

/** The aids' mapping as somebody got it wrong: the source writes Danish dates. */
const wrongMapping = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'samspil-draft-'));
  await cp(shippedMappings, folder, { recursive: true });
  for (const file of ['udlaan.yaml', 'udlaan.returned.yaml']) {
    const path = join(folder, 'hjaelpemidler', file);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('from: Udlaant, as: dk-date', 'from: Udlaant, as: iso-date, else: reject'));
  }
  return folder;
};

const deploy = (work: WorkSource): void => {
  (municipality.hub.sources as Map<string, WorkSource>).set('aids', work);
};

beforeAll(async () => {
  [municipality, browser] = await Promise.all([startMunicipality(database, { pulled: false }), openBrowser()]);
  draft = await wrongMapping();
  const { hub } = municipality;
  const config = hub.config.sources['aids'];
  deployed = hub.sources.get('aids') as WorkSource;
  if (config === undefined) throw new Error('no source aids');
  deploy(composeSource('aids', config, { ...hub, mappingFolders: [draft] }));
  await municipality.pull('aids');
}, 120_000);
afterAll(async () => {
  await worker?.close();
  await browser.close();
  await municipality.close();
  await rm(draft, { recursive: true, force: true });
});

const at = (path: string): string => municipality.url + path;
const count = async (where: string): Promise<number> =>
  (await database.pool().query<{ n: number }>(`select count(*)::int as n from ${where}`)).rows[0]?.n ?? 0;

describe('what waits', () => {
  it('stays on the page when the count cannot be had', async () => {
    const { page, context } = await visit(browser, municipality.url, 'administrator');
    await page.route('**/admin/quarantine?judge=yes', (route) =>
      route.fulfill({ status: 503, contentType: 'text/html', body: '<h1>503</h1>' }),
    );
    const failed = page.waitForResponse((one) => one.status() === 503);
    await page.goto(at('/admin/quarantine'));
    await failed;
    await page.waitForFunction(() => document.querySelector('.htmx-request') === null);
    expect(await page.locator('#groups tbody tr').count()).toBe(1);
    expect(await page.locator('#groups a', { hasText: 'Vis tallene' }).count()).toBe(1);
    await context.close();
  }, 30_000);

  it('is there without script, too, the count a link away', async () => {
    const person = await visit(browser, municipality.url, 'administrator');
    const context = await browser.newContext({ javaScriptEnabled: false });
    await context.addCookies(await person.context.cookies());
    const page = await context.newPage();
    await page.goto(at('/admin/quarantine'));
    await picture(page, 'quarantine-no-script');
    expect(await page.locator('#groups').textContent()).toContain('Prøver, hvor mange');
    await page.locator('#groups a', { hasText: 'Vis tallene' }).click();
    expect(await page.locator('#groups td.number').last().textContent()).toMatch(/0 af \d+/);
    await context.close();
    await person.context.close();
  }, 30_000);

  it.each(['da', 'en'] as const)(
    'is told by cause, with what would pass now counted after the page is there (%s)',
    async (language) => {
      const person = await visit(browser, municipality.url, 'administrator', language);
      const { page } = person;
      await inspect(person, at('/admin/quarantine'), `quarantine-${language}`);
      await page.waitForSelector('#groups:not([aria-busy])');
      await picture(page, `quarantine-${language}-judged`);
      const waiting = await count(`quarantine where state = 'open'`);
      expect(waiting).toBeGreaterThan(3);
      expect(await page.locator('#groups td.number').first().textContent()).toBe(String(waiting));
      expect(await page.locator('#groups td.number').last().textContent()).toMatch(
        language === 'da' ? `0 af ${waiting}` : `0 of ${waiting}`,
      );
      await page.locator('#groups tbody a').first().click();
      await page.waitForSelector('#passing:not([aria-busy])');
      await inspect(person, page.url(), `quarantine-records-${language}`);
      await page.locator('tbody a').first().click();
      await inspect(person, page.url(), `quarantine-record-${language}`);
      expect(await page.locator('pre.record').count()).toBe(0);
      await page.locator('.buttons a').last().click();
      await inspect(person, page.url(), `quarantine-discard-${language}`);
      await person.context.close();
    },
    90_000,
  );

  it('is told in full where much waits', async () => {
    await database.pool().query(
      `insert into quarantine (source, kind, key_hash, code, path, mapping_version, expires_at)
       select 'health', 'Observation', sha256(n::text::bytea), 'participants.each.role.display' || n % 14 || '/too-long',
         'participants.each.role.display' || n % 14, '3', now() + interval '20 days' from generate_series(1, 12345) n`,
    );
    const person = await visit(browser, municipality.url, 'administrator');
    const { page } = person;
    await inspect(person, at('/admin/quarantine?judge=yes'), 'quarantine-full');
    expect(await page.locator('#groups > p').textContent()).toMatch(/12\.3\d\d oplysninger venter/);
    await page.locator('tbody a', { hasText: 'Teksten er for lang' }).first().click();
    await page.waitForURL(/records/);
    await page.locator('.pager a', { hasText: 'Næste' }).click();
    await page.waitForURL(/after=/);
    await inspect(person, page.url(), 'quarantine-records-full');
    await page.goto(at('/admin/quarantine'));
    await page.locator('#groups tbody a', { hasText: 'Teksten er for lang' }).first().click();
    await page.locator('tbody a').first().click();
    await page.waitForURL(/quarantine\/\d+/);
    expect(await page.locator('.empty').textContent()).toContain('Indholdet er ikke gemt');
    await person.context.close();
    await database.pool().query(`delete from quarantine where source = 'health'`);
  }, 60_000);

  it('says that nothing waits for a cause that is gone', async () => {
    const { page, context } = await visit(browser, municipality.url, 'administrator');
    await page.goto(at('/admin/quarantine/records?source=aids&kind=udlaan&code=title/missing&path=title'));
    expect(await page.locator('[role=status]').first().textContent()).toContain('ikke i karantæne mere');
    await page.goto(at('/admin/quarantine?source=health'));
    expect(await page.locator('.empty').textContent()).toContain('ikke noget i karantæne her');
    await context.close();
  }, 30_000);
});

describe('a record', () => {
  const first = async (): Promise<{ readonly id: number; readonly home: string }> => {
    const { rows } = await database.pool().query<{ id: number; home: string }>(
      `select id, homes[1] as home from quarantine q where state = 'open'
         order by not exists (select from identity i where i.home_id = any(q.homes) and i.citizen_id = $1), id limit 1`,
      [municipality.showcase],
    );
    return rows[0] ?? { id: 0, home: '' };
  };

  it('shows what it says to who has said why, and the citizen reads that in the log', async () => {
    const { id, home } = await first();
    const person = await visit(browser, municipality.url, 'administrator');
    const { page } = person;
    await page.goto(at(`/admin/quarantine/${id}`));
    expect(await page.content()).not.toContain('Hjaelpemiddel&quot;');
    await page.fill('#why', 'Fejlen med datoer, sag 4711');
    const answer = page.waitForResponse((one) => one.request().method() === 'POST');
    await page.locator('form button', { hasText: 'Se indholdet' }).click();
    expect((await answer).headers()['cache-control']).toBe('no-store');
    const lines = page.locator('pre.record');
    expect(await lines.textContent()).toContain('"Hjaelpemiddel"');
    expect(await lines.locator('mark').allTextContents()).toEqual([
      expect.stringMatching(/"Udlaant": "\d\d-\d\d-\d{4}"/),
    ]);
    await picture(page, 'quarantine-looked-1280');
    const { rows } = await database.pool().query<{ bases: string[]; person: string; citizen_id: string }>(
      `select l.bases, l.person, l.citizen_id from access_log l join identity i on i.citizen_id = l.citizen_id
       where i.home_id = $1 and l.endpoint = 'POST /admin/quarantine/:id'`,
      [home],
    );
    expect(rows).toEqual([
      { bases: ['reason: Fejlen med datoer, sag 4711'], person: 'egevang-jedal', citizen_id: expect.any(String) },
    ]);
    expect(await count(`act where what = 'quarantine.inspect' and subject = '${id}' and why like '%4711'`)).toBe(1);
    const citizen = await visit(browser, municipality.url, 'citizen');
    await citizen.page.goto(at('/my/looked'));
    expect(await citizen.page.locator('main').textContent()).toContain('Så en oplysning om dig for at rette en fejl');
    await citizen.context.close();
    // Read again it is asked again.
    await page.goto(at(`/admin/quarantine/${id}`));
    expect(await lines.count()).toBe(0);
    await person.context.close();
  }, 30_000);

  it('shows nothing without a reason, and to nobody who only looks on', async () => {
    const { id } = await first();
    const before = await count('access_log');
    const person = await visit(browser, municipality.url, 'administrator');
    await person.page.goto(at(`/admin/quarantine/${id}`));
    await person.page.locator('main form').evaluate((form) => form.setAttribute('novalidate', ''));
    await person.page.locator('form button', { hasText: 'Se indholdet' }).click();
    expect(await person.page.locator('.form-error-message').textContent()).toContain('Udfyld');
    expect(await person.page.locator('#why').evaluate((field) => document.activeElement === field)).toBe(true);
    await person.context.close();
    const onlooker = await visit(browser, municipality.url, 'administrator-view');
    await onlooker.page.goto(at(`/admin/quarantine/${id}`));
    expect(await onlooker.page.locator('main form').count()).toBe(0);
    const answer = await onlooker.page.request.post(at(`/admin/quarantine/${id}`), {
      form: { why: 'nysgerrig' },
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    expect(answer.status()).toBe(403);
    await onlooker.context.close();
    expect(await count('access_log')).toBe(before);
  }, 30_000);

  it('is given up as far as it was shown: what comes after the preview stays', async () => {
    const add = async (key: string): Promise<void> => {
      await database.pool().query(
        `insert into quarantine (source, kind, key_hash, code, path, mapping_version, expires_at)
         values ('health', 'Observation', sha256($1::bytea), 'late/too-long', 'late', '3', now() + interval '20 days')`,
        [key],
      );
    };
    await add('first');
    const { page, context } = await visit(browser, municipality.url, 'administrator');
    await page.goto(at('/admin/quarantine/discard?source=health&kind=Observation&code=late%2Ftoo-long&path=late'));
    await page.fill('#why', ' ');
    await page.locator('main form button').click();
    await page.locator('#why-error').waitFor();
    await add('second');
    await page.fill('#why', 'Prøvedata');
    await page.locator('main form button').click();
    await page.waitForURL(/done=/);
    const gone = `with gone as (delete from quarantine where path = 'late' returning id, state) select state from gone order by id`;
    expect((await database.pool().query(gone)).rows).toEqual([{ state: 'discarded' }, { state: 'open' }]);
    await context.close();
  }, 30_000);

  it('is given up in two steps, with a reason', async () => {
    const { id } = await first();
    const person = await visit(browser, municipality.url, 'administrator');
    const { page } = person;
    await page.goto(at(`/admin/quarantine/${id}`));
    await page.locator('a', { hasText: 'Opgiv oplysningen' }).click();
    await page.waitForURL(/discard/);
    await page.fill('#why', 'Oprettet ved en fejl');
    await page.locator('main form button').click();
    expect(await page.locator('[role=status]').first().textContent()).toContain('opgivet');
    const { rows } = await database
      .pool()
      .query<{ state: string; kept: boolean; reason: string }>(
        'select state, cipher is not null as kept, reason from quarantine where id = $1',
        [id],
      );
    expect(rows).toEqual([{ state: 'discarded', kept: false, reason: 'Oprettet ved en fejl' }]);
    expect(await count(`act where what = 'quarantine.discard' and subject = '${id}'`)).toBe(1);
    await person.context.close();
  }, 30_000);
});

describe('tried again', () => {
  it('is stopped before anybody has begun', async () => {
    const { page, context } = await visit(browser, municipality.url, 'administrator');
    await page.goto(at('/admin/quarantine?judge=yes'));
    await page.locator('#groups form button').click();
    await page.waitForURL(/replays/);
    await page.locator('button', { hasText: 'Stop' }).click();
    await page.waitForSelector('#replay [role=status]');
    expect(await page.locator('#replay').textContent()).toContain('Stoppet');
    await context.close();
  }, 30_000);

  it('is stored once the mapping is right; the page follows it by itself', async () => {
    const waiting = await count(`quarantine where state = 'open'`);
    deploy(deployed);
    const person = await visit(browser, municipality.url, 'administrator');
    const { page } = person;
    await page.goto(at('/admin/quarantine?judge=yes'));
    // What was counted before is believed for a minute, unless somebody has done something since.
    expect(await page.locator('#groups td.number').last().textContent()).toContain(`${waiting} af ${waiting}`);
    await page.locator('#groups tbody a').first().click();
    await page.locator('button', { hasText: 'igen' }).click();
    await page.waitForURL(/replays/);
    const address = page.url();
    await inspect(person, address, 'quarantine-replay-queued');
    expect(await page.locator('#replay').textContent()).toContain('Venter på tur');
    worker = await startWorkerRole(municipality.hub, { sliceMs: 2000 });
    await page.waitForSelector('#replay [role=status]', { timeout: 30_000 });
    expect(page.url()).toBe(address);
    expect(await page.locator('#replay').textContent()).toContain(`${waiting} af ${waiting} er gemt. 0 kan stadig`);
    await inspect(person, address, 'quarantine-replay-done');
    expect(await count(`quarantine where state = 'open' and source = 'aids'`)).toBe(0);
    expect(await count(`act where what = 'quarantine.replay'`)).toBe(2);
    await page.goto(at('/admin/quarantine?source=aids'));
    expect(await page.locator('.empty').count()).toBe(1);
    await picture(page, 'quarantine-empty-1280');
    await person.context.close();
  }, 90_000);
});
