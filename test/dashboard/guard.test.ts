// Who may open which page, what a page tells the browser, and that a form counts only from a page of ours.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { useDatabase } from '../postgres.ts';
import { type Browser, locationOf, openBrowser, signInWith } from './browser-session.ts';
import { type SignInHub, startSignInHub } from './sign-in-hub.ts';

vi.mock('../../src/dashboard/routes.ts', async () => ({
  registerDashboard: (await import('./probe-pages.ts')).registerProbes,
}));

const database = useDatabase();
let hub: SignInHub;
const browsers = new Map<string, Browser>();
const as = async (person: string): Promise<Browser> => {
  const known = browsers.get(person);
  if (known !== undefined) return known;
  const browser = openBrowser(hub.url);
  if (person !== 'nobody') await signInWith(browser, person);
  browsers.set(person, browser);
  return browser;
};
beforeAll(async () => {
  hub = await startSignInHub(database.pool());
});
afterAll(() => hub.close());

const csrfOf = async (browser: Browser): Promise<string> =>
  ((await (await browser.get('/probe/anybody')).json()) as { csrf: string }).csrf;

describe('a page opens', () => {
  const pages = ['anybody', 'signed-in', 'view', 'operate', 'dpo'] as const;
  it.each([
    ['nobody', [200, 302, 302, 302, 302]],
    ['citizen', [200, 200, 403, 403, 403]],
    ['network-person', [200, 200, 403, 403, 403]],
    ['nurse-health', [200, 200, 403, 403, 403]],
    ['private-provider', [200, 200, 403, 403, 403]],
    ['administrator-view', [200, 200, 200, 403, 403]],
    ['administrator', [200, 200, 200, 200, 403]],
    ['dpo', [200, 200, 200, 403, 200]],
  ] as const)('to %s: anybody, signed in, view, operate, dpo → %j', async (person, expected) => {
    const browser = await as(person);
    const statuses = await Promise.all(pages.map(async (page) => (await browser.get(`/probe/${page}`)).status));
    expect(statuses).toEqual(expected);
  });

  it('after signing in: a page leads there, a part of a page says where to go, a form is refused', async () => {
    const nobody = openBrowser(hub.url);
    expect(locationOf(await nobody.get('/probe/view?state=late'))).toBe('/sign-in?to=%2Fprobe%2Fview%3Fstate%3Dlate');
    const part = await nobody.get('/probe/view', {
      'hx-request': 'true',
      'hx-current-url': `${hub.url}/admin?kind=plan`,
    });
    expect([part.status, part.headers.get('hx-redirect')]).toEqual([401, '/sign-in?to=%2Fadmin%3Fkind%3Dplan']);
    const foreign = await nobody.get('/probe/view', {
      'hx-request': 'true',
      'hx-current-url': 'https://elsewhere.example/admin',
    });
    expect(foreign.headers.get('hx-redirect')).toBe('/sign-in?to=%2F');
    expect((await nobody.post('/probe/act', {})).status).toBe(401);
  });

  it('as a page, not as a problem: also where there is none', async () => {
    const refused = await (await as('citizen')).get('/probe/view');
    expect(refused.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const unknown = await (await as('citizen')).get('/there-is-no-such-page');
    expect([unknown.status, unknown.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    expect(unknown.headers.get('content-security-policy')).toContain("style-src 'self'");
    for (const [path, accept] of [
      ['/there-is-no-such-page', 'application/json'],
      ['/v1/there-is-none', 'text/html'],
    ] as const) {
      const problem = await fetch(hub.url + path, { headers: { accept } });
      expect(problem.headers.get('content-type')).toContain('application/problem+json');
    }
  });
});

describe('a page tells the browser', () => {
  it('to keep nothing, to load from here alone, and to lend nothing of the device', async () => {
    const { headers } = await (await as('administrator')).get('/probe/view');
    expect(headers.get('cache-control')).toBe('no-store');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      `form-action 'self' ${hub.provider.url}`,
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(headers.get('permissions-policy')).toContain('camera=()');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    const nobody = await (await as('nobody')).get('/probe/anybody');
    expect(nobody.headers.get('content-security-policy')).toContain("form-action 'self';");
  });

  it('while the feed says what it always said', async () => {
    const { headers } = await fetch(`${hub.url}/v1/sources`);
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none';style-src 'unsafe-inline';frame-ancestors 'none'",
    );
  });
});

describe('a form', () => {
  it('does what it says from a page of this session', async () => {
    const browser = await as('administrator');
    const done = await browser.post('/probe/act', { _csrf: await csrfOf(browser), why: 'Prøve' });
    expect([done.status, ((await done.json()) as { body: { why: string } }).body.why]).toEqual([200, 'Prøve']);
    // As htmx sends it: in a header.
    const quick = await browser.post('/probe/act', { why: 'x' }, { 'csrf-token': await csrfOf(browser) });
    expect(quick.status).toBe(200);
  });

  it('counts as ours by what the browser says of it; by its origin where a browser says nothing', async () => {
    const browser = await as('administrator');
    const form = { _csrf: await csrfOf(browser) };
    expect((await browser.post('/probe/act', form, { origin: 'null' })).status).toBe(200);
    expect((await browser.post('/probe/act', form, { 'sec-fetch-site': '' })).status).toBe(200);
  });

  it.each([
    ['without a token', {}, {}],
    ['with a made-up token', { _csrf: 'abcdefgh-abcdefghijklmnopqrstuv' }, {}],
    ['from another site', 'own', { 'sec-fetch-site': 'cross-site' }],
    ['from another host of the same domain', 'own', { 'sec-fetch-site': 'same-site' }],
    ['from another origin, by an old browser', 'own', { 'sec-fetch-site': '', origin: 'https://elsewhere.example' }],
    ['from a page without origin', 'own', { 'sec-fetch-site': '', origin: 'null' }],
  ] as const)('%s does nothing', async (_, form, headers) => {
    const browser = await as('administrator');
    const given: Readonly<Record<string, string>> = form === 'own' ? { _csrf: await csrfOf(browser) } : form;
    expect((await browser.post('/probe/act', given, headers)).status).toBe(403);
  });

  it('with the token of another session does nothing', async () => {
    const [mine, other] = [openBrowser(hub.url), await as('administrator')];
    await signInWith(mine, 'administrator');
    const token = await csrfOf(mine);
    const secret = mine.cookies.get('samspil-csrf');
    if (secret === undefined) throw new Error('no secret for forms');
    // Even with the other browser's secret planted beside it.
    const planted = openBrowser(hub.url);
    for (const [name, cookie] of other.cookies) planted.cookies.set(name, cookie);
    planted.cookies.set('samspil-csrf', secret);
    expect((await planted.post('/probe/act', { _csrf: token })).status).toBe(403);
  });

  it('of another sort, or too large, is not read', async () => {
    const browser = await as('administrator');
    const { status } = await browser.post('/probe/act', { a: 'b' }, { 'content-type': 'application/json' });
    expect(status).toBe(415);
    expect((await browser.post('/probe/act', { a: 'x'.repeat(70_000) })).status).toBe(413);
  });

  it('is nothing the feed takes', async () => {
    const answer = await fetch(`${hub.url}/v1/citizens/lookup`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await hub.issuer.sign({ ...(await import('../feed/fixture.ts')).personaNamed('nurse-health') })}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'a=b',
    });
    expect(answer.status).toBe(415);
  });
});

describe('limits', () => {
  it('guessing sessions is slowed down', async () => {
    const guess = async (n: number): Promise<number> =>
      (
        await hub.app.inject({
          url: '/probe/anybody',
          remoteAddress: '192.0.2.7',
          cookies: { samspil: String(n).padStart(43, 'A') },
        })
      ).statusCode;
    const statuses = await Promise.all(Array.from({ length: 620 }, (_, n) => guess(n)));
    expect(statuses.filter((status) => status === 429)).toHaveLength(20);
    expect((await (await as('administrator')).get('/probe/anybody')).status).toBe(200);
  });

  it('a cookie of a session that is over goes', async () => {
    const browser = openBrowser(hub.url);
    browser.cookies.set('samspil', { value: 'B'.repeat(43), attributes: '' });
    await browser.get('/probe/anybody');
    expect(browser.cookies.has('samspil')).toBe(false);
  });

  it('are each person’s own, not those of the address they share', async () => {
    const small = await startSignInHub(database.pool(), { rateLimitPerMinute: 12 });
    try {
      const [one, two] = [openBrowser(small.url), openBrowser(small.url)];
      await signInWith(one, 'nurse-health');
      await signInWith(two, 'dpo');
      const many = async (browser: Browser): Promise<readonly number[]> =>
        Promise.all(Array.from({ length: 14 }, async () => (await browser.get('/probe/signed-in')).status));
      expect((await many(one)).filter((status) => status === 429)).toHaveLength(2);
      expect((await many(two)).filter((status) => status === 429)).toHaveLength(2);
    } finally {
      await small.close();
    }
  });
});
