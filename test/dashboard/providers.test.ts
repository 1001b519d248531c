// Providers as municipalities have them: a hub with an address of its own behind TLS, a client that signs for itself, a
// provider that is not there when it is needed.
import { exportJWK, exportPKCS8, generateKeyPair } from 'jose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { useDatabase } from '../postgres.ts';
import { choose, locationOf, openBrowser, signInWith } from './browser-session.ts';
import { type SignInHub, type SignInHubOptions, startSignInHub } from './sign-in-hub.ts';

vi.mock('../../src/dashboard/routes.ts', async () => ({
  registerDashboard: (await import('./probe-pages.ts')).registerProbes,
}));

const database = useDatabase();
const open: { close(): Promise<void> }[] = [];
const start = async (options: SignInHubOptions = {}): Promise<SignInHub> => {
  const hub = await startSignInHub(database.pool(), options);
  open.push(hub);
  return hub;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close().catch(() => undefined)));
});

describe('behind TLS', () => {
  const origin = 'https://samspil.egevang.example';
  const cookiesOf = (headers: Record<string, unknown>): readonly string[] => [headers['set-cookie']].flat().map(String);

  it('cookies are this host’s alone and travel encrypted, and addresses are the public ones', async () => {
    const hub = await start({ settings: { publicUrl: origin }, provider: { origin } });
    // The proxy's own name for the hub is in Host: it counts for nothing.
    const begun = await hub.app.inject({ url: '/sign-in?to=/probe/view', headers: { host: 'inside:8080' } });
    const [attempt = ''] = cookiesOf(begun.headers);
    expect(attempt).toMatch(/^__Host-samspil-in-.*; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    const authorize = String(begun.headers.location);
    expect(new URL(authorize).searchParams.get('redirect_uri')).toBe(`${origin}/sign-in/callback`);
    const back = new URL(await choose(authorize, 'administrator'));
    const done = await hub.app.inject({
      url: back.pathname + back.search,
      headers: { host: 'inside:8080', cookie: attempt.split(';')[0] ?? '' },
    });
    expect([done.statusCode, done.headers.location]).toEqual([303, '/probe/view']);
    const session = cookiesOf(done.headers).find((line) => line.startsWith('__Host-samspil='));
    expect(session).toMatch(/; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    const page = await hub.app.inject({ url: '/probe/operate', headers: { cookie: session?.split(';')[0] ?? '' } });
    const [secret = ''] = cookiesOf(page.headers);
    expect(secret).toMatch(/^__Host-samspil-csrf=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    const act = (from: string) =>
      hub.app.inject({
        method: 'POST',
        url: '/probe/act',
        headers: {
          origin: from,
          'content-type': 'application/x-www-form-urlencoded',
          cookie: [session, secret].map((line) => line?.split(';')[0]).join('; '),
          'csrf-token': (page.json() as { csrf: string }).csrf,
        },
        payload: 'a=b',
      });
    expect((await act(origin)).statusCode).toBe(200);
    expect((await act('https://egevang.example')).statusCode).toBe(403);
  });
});

describe('a client that signs for itself', () => {
  it('gets tokens with the right key, and with another none', async () => {
    const pair = () => generateKeyPair('ES256', { extractable: true });
    const [mine, other] = [await pair(), await pair()];
    for (const [key, status] of [
      [mine, 303],
      [other, 503],
    ] as const) {
      const hub = await start({
        client: { privateKey: await exportPKCS8(key.privateKey), keyAlgorithm: 'ES256' },
        provider: { clientKey: await exportJWK(mine.publicKey) },
      });
      const browser = openBrowser(hub.url);
      const back = new URL(await choose(locationOf(await browser.get('/sign-in')), 'dpo'));
      expect((await browser.get(back.pathname + back.search)).status).toBe(status);
    }
  });
});

describe('a provider that is not there', () => {
  it('is asked again: who comes meanwhile is told to wait, who is signed in goes on', async () => {
    const first = await start();
    const port = Number(new URL(first.provider.url).port);
    await first.provider.close();
    const browser = openBrowser(first.url);
    const refused = await browser.get('/sign-in');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    const back = await start({ provider: { port } });
    expect((await browser.get('/sign-in')).status).toBe(302);
    await back.close();
  });

  it('does not end sessions whose token still holds', async () => {
    const hub = await start({ lifetimeSeconds: 600 });
    const browser = openBrowser(hub.url);
    await signInWith(browser, 'administrator');
    await hub.provider.close();
    hub.ahead = 9.5 * 60_000;
    expect((await browser.get('/probe/operate')).status).toBe(200);
    hub.ahead = 11 * 60_000;
    expect((await browser.get('/probe/operate')).status).toBe(503);
  });

  it('does not keep anybody from signing out', async () => {
    const hub = await start();
    const browser = openBrowser(hub.url);
    await signInWith(browser, 'administrator');
    const { csrf } = (await (await browser.get('/probe/operate')).json()) as { csrf: string };
    await hub.provider.close();
    expect((await browser.post('/sign-out', { _csrf: csrf })).status).toBe(303);
    expect((await browser.get('/probe/operate')).status).toBe(302);
  });
});

it('without a provider there are pages for anybody only', async () => {
  const hub = await start({ settings: { signIn: undefined } });
  const browser = openBrowser(hub.url);
  expect((await browser.get('/probe/anybody')).status).toBe(200);
  expect((await browser.get('/probe/view')).status).toBe(403);
  expect((await browser.get('/sign-in')).status).toBe(404);
});
