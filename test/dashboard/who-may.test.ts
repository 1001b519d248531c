// Every page there is, attacked as it stands: each says who may open it, nothing is done but by who may act, from a page of
// ours; and an address made up by somebody is a page that is not there, never a fault.
import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DashboardContext } from '../../src/dashboard/context.ts';
import { registerDashboard } from '../../src/dashboard/routes.ts';
import { useDatabase } from '../postgres.ts';
import { type Browser, openBrowser, signInWith } from './browser-session.ts';
import { startMunicipality, type TestMunicipality } from './municipality.ts';

interface Route {
  readonly method: string;
  readonly url: string;
  readonly page: string | undefined;
}

const database = useDatabase();
let municipality: TestMunicipality;
const routes: Route[] = [];
const browsers = new Map<string, Browser>();

const as = async (person: string): Promise<Browser> => {
  const known = browsers.get(person) ?? openBrowser(municipality.url);
  if (!browsers.has(person)) await signInWith(known, person);
  browsers.set(person, known);
  return known;
};
/** What nobody's page links to. */
const odd = new URLSearchParams({
  ...{ done: 'constructor', after: '__proto__', who: 'person:"><script>', area: 'constructor', month: '1' },
  ...{ queue: '__proto__', source: 'constructor', kind: 'toString', what: 'constructor', from: '9999-99-99' },
}).toString();

const tokenOf = async (browser: Browser): Promise<string> =>
  /name="_csrf" value="([^"]+)"/.exec(await (await browser.get('/citizens')).text())?.[1] ?? '';

/** An address of the route: the showcase citizen, and otherwise ids of nothing. */
const addressOf = ({ url }: Route): string =>
  url
    .replace(/:id\(\^\\d[^)]*\)/, '7')
    .replace(/citizens\/:id(\([^)]*\))?/, `citizens/${municipality.showcase}`)
    .replace(':source', 'momentum')
    .replace(/:file\([^)]*\)/, 'constructor')
    .replace(/:\w+(\([^)]*\))?/g, '00000000-0000-4000-8000-000000000000');

beforeAll(async () => {
  municipality = await startMunicipality(database, {
    configure: (config) => ({ ...config, rateLimitPerMinute: 9999 }),
  });
  const app = fastify();
  app.addHook('onRoute', ({ method, url, config }) => {
    for (const one of [method].flat()) if (one !== 'HEAD') routes.push({ method: one, url, page: config?.page });
  });
  const { hub } = municipality;
  const nothing = { contacts: [], registered: [], units: [], enrolmentBases: [], emergencyRoles: [], quiet: [] };
  await registerDashboard(app, {
    ...hub,
    sources: [],
    municipality: { code: '999', name: 'Egevang' },
    practice: nothing,
    consumers: nothing,
    alerts: nothing,
    steering: {},
  } as unknown as DashboardContext);
  await app.ready();
}, 120_000);
afterAll(() => municipality.close());

describe('every page', () => {
  it('says who may open it; one that does something with the hub is for who may act', () => {
    expect(routes.length).toBeGreaterThan(100);
    expect(routes.filter(({ page, url }) => page === undefined && !/^\/assets\/|\/static\//.test(url))).toEqual([]);
    const open = routes.filter(({ url, page }) => url.startsWith('/admin') && !/^(view|operate|dpo)$/.test(page ?? ''));
    expect(open.filter(({ url }) => !/\/static\//.test(url))).toEqual([]);
    const acts = routes.filter(
      ({ method, url, page }) => method !== 'GET' && url.startsWith('/admin') && page === 'view',
    );
    expect(acts).toEqual([]);
  });

  it.each(['citizen', 'caseworker-social', 'administrator-view', 'administrator', 'dpo'])(
    'is closed to others (%s)',
    async (person) => {
      const browser = await as(person);
      const may = { 'administrator-view': ['view'], administrator: ['view', 'operate'], dpo: ['view', 'dpo'] }[person];
      const _csrf = await tokenOf(browser);
      for (const route of routes.filter(({ url }) => url.startsWith('/admin') && !/[*]/.test(url))) {
        if (may?.includes(route.page ?? '')) continue;
        const address = addressOf(route);
        const answer = route.method === 'GET' ? await browser.get(address) : await browser.post(address, { _csrf });
        expect([route.method, address, answer.status]).toEqual([
          route.method,
          address,
          route.page === undefined ? 404 : 403,
        ]);
      }
    },
    60_000,
  );

  it('does nothing without its token, or from elsewhere', async () => {
    for (const person of ['citizen', 'administrator', 'dpo']) {
      const browser = await as(person);
      const _csrf = await tokenOf(browser);
      for (const route of routes.filter(({ method }) => method === 'POST')) {
        const address = addressOf(route);
        const [bare, foreign] = [
          await browser.post(address, { why: 'x' }),
          await browser.post(address, { _csrf, why: 'x' }, { 'sec-fetch-site': 'cross-site' }),
        ];
        expect([address, bare.status, foreign.status]).toEqual([address, 403, 403]);
      }
    }
  }, 60_000);

  it('takes what somebody makes up: no page ends in a fault', async () => {
    for (const person of ['citizen', 'caseworker-social', 'administrator', 'dpo']) {
      const browser = await as(person);
      const _csrf = await tokenOf(browser);
      const made = { _csrf, kind: '__proto__', act: 'constructor', citizen: 'x' };
      // The live figures do not end.
      for (const route of routes.filter(({ url }) => !/[*]|^\/admin\/live$/.test(url))) {
        const address = `${addressOf(route)}?${odd}`;
        const answer = route.method === 'GET' ? await browser.get(address) : await browser.post(address, made);
        const scripts = (await answer.text()).replace(/<script (src|id)=/g, '').match(/<script/g);
        expect([route.method, address, answer.status < 500, scripts]).toEqual([route.method, address, true, null]);
      }
    }
  }, 120_000);

  it('made-up parts of a download are not there', async () => {
    const browser = await as('citizen');
    for (const file of ['constructor', 'nothing']) {
      const answer = await browser.get(`/my/download/${file}.json`);
      expect([file, answer.status]).toEqual([file, 404]);
    }
  });

  it('an id that is none is not there', async () => {
    const administrator = await as('administrator');
    for (const path of ['/admin/runs', '/admin/quarantine/replays', '/admin/alerts'])
      expect([path, (await administrator.get(`${path}/${'-'.repeat(36)}`)).status]).toEqual([path, 404]);
  });
});
