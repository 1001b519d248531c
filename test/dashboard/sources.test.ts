// The pages of sources and runs in a real browser, in both languages and at both widths.
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listRuns } from '../../src/store/runs.ts';
import { openBrowser } from '../browser/chromium.ts';
import { inspect, type Visit, visit } from '../browser/session.ts';
import { useDatabase } from '../postgres.ts';
import { momentumCredentials } from '../sandbox/momentum/server.ts';
import { startMunicipality, type TestMunicipality } from './municipality.ts';

const database = useDatabase();
let municipality: TestMunicipality;
let browser: Browser;
let url: string;
beforeAll(async () => {
  [municipality, browser] = await Promise.all([startMunicipality(database), openBrowser()]);
  url = municipality.url;
}, 120_000);
afterAll(async () => {
  await browser.close();
  await municipality.close();
});

const open: Visit[] = [];
afterEach(async () => {
  for (const { context } of open.splice(0)) await context.close();
});
const as = async (person: string, language: 'da' | 'en'): Promise<Visit> => {
  const at = await visit(browser, url, person, language);
  open.push(at);
  return at;
};
const momentum = '/admin/sources/employment';

describe.each(['da', 'en'] as const)('every page (%s)', (language) => {
  it('of a source, its kinds and what can be done to it', async () => {
    const at = await as('administrator', language);
    await inspect(at, `${url}${momentum}`, `source-${language}`);
    const shown = await at.page.content();
    expect(shown).toContain('clientSecret');
    expect(shown).not.toContain(momentumCredentials.clientSecret);
    expect(shown).not.toContain(momentumCredentials.apiKey);
    const kind = municipality.hub.sources.get('employment')?.source.kinds[0]?.name ?? '';
    await inspect(at, `${url}${momentum}/kinds/${kind}`, `source-kind-${language}`);
    await inspect(at, `${url}${momentum}/reload`, `source-reload-${language}`);
    await inspect(at, `${url}${momentum}/rebuild`, `source-rebuild-${language}`);
    await inspect(at, `${url}${momentum}/pause`, `source-pause-${language}`);
  }, 90_000);

  it('of runs and of one run', async () => {
    const at = await as('administrator', language);
    await inspect(at, `${url}/admin/runs`, `runs-${language}`);
    await inspect(
      at,
      `${url}/admin/runs?source=employment&state=failed&from=2020-01-01&to=2020-01-02`,
      `runs-none-${language}`,
    );
    const run = (await listRuns(database.pool(), { source: 'employment', kind: 'plan', limit: 1 }))[0];
    await inspect(at, `${url}/admin/runs/${run?.id}`, `run-${language}`);
  }, 90_000);
});
