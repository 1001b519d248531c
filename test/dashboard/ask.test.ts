// Pages ask the feed as whoever is signed in: the answer is the one the person would get, the log names them, and neither
// tokens nor cookies are in any line of ours.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../src/log.ts';
import { type Person, personaNamed, rememberingLog } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';
import { personaPeople } from '../sandbox/sign-in-people.ts';
import { type Browser, openBrowser, signInWith } from './browser-session.ts';
import { type SignInHub, startSignInHub } from './sign-in-hub.ts';

vi.mock('../../src/dashboard/routes.ts', async () => ({
  registerDashboard: (await import('./probe-pages.ts')).registerProbes,
}));

interface Answer {
  readonly status: number;
  readonly text: string;
}

const database = useDatabase();
const accessLog = rememberingLog();
const lines: string[] = [];
let hub: SignInHub;
let maja: Person;
let otto: Person;
beforeAll(async () => {
  hub = await startSignInHub(database.pool(), {
    accessLog,
    log: createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } }),
    people: () => personaPeople(async () => ({ cpr: maja.cpr })),
  });
  maja = await hub.world.person('0101904113');
  otto = await hub.world.person('0202854217');
  await hub.world.unit('egevang', null, 'organisation');
  await hub.world.unit('sundhed', 'egevang');
  await hub.world.record({ citizens: [maja], domain: 'health', ownerUnit: 'sundhed', fields: { title: 'Majas plan' } });
  await hub.world.record({ citizens: [maja], kind: 'goal', fields: { text: 'Komme ud at gå' } });
  await hub.world.record({ citizens: [otto], fields: { title: 'Ottos plan' } });
  await hub.world.say(maja, 'grant', `person:${personaNamed('network-person').person}`, { domains: ['employment'] });
});
afterAll(() => hub.close());

const signedIn = async (person: string): Promise<Browser> => {
  const browser = openBrowser(hub.url);
  await signInWith(browser, person);
  return browser;
};
const ask = async (browser: Browser, path: string): Promise<Answer> => {
  const answer = await browser.get(`/probe/ask?path=${encodeURIComponent(path)}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Answer;
};

describe('a page shows', () => {
  it('what the feed answers this person, and it is in the log under their name before the page has it', async () => {
    const nurse = await signedIn('nurse-health');
    accessLog.entries.length = 0;
    const { status, text } = await ask(nurse, `/v1/citizens/${maja.id}/plan`);
    expect(status).toBe(200);
    expect(text).toContain('Majas plan');
    expect(text).not.toContain('Komme ud at gå');
    expect(accessLog.entries).toHaveLength(1);
    expect(accessLog.entries[0]).toMatchObject({
      actor: { person: 'egevang-bewi', organisation: 'egevang' },
      purpose: 'coordinated-plan',
    });
  });

  it('asked from the viewer’s own address', async () => {
    const nurse = await signedIn('nurse-health');
    const inject = vi.spyOn(hub.app, 'inject');
    const cookie = nurse.cookieHeader();
    await hub.app.inject({ url: '/probe/ask?path=/v1/sources', remoteAddress: '192.0.2.9', headers: { cookie } });
    expect((inject.mock.calls as unknown[][]).at(-1)?.[0]).toMatchObject({
      url: '/v1/sources',
      remoteAddress: '192.0.2.9',
    });
    inject.mockRestore();
  });

  it('nothing when the log cannot be written', async () => {
    const nurse = await signedIn('nurse-health');
    accessLog.broken = new Error('disk full');
    const { status, text } = await ask(nurse, `/v1/citizens/${maja.id}/plan`);
    accessLog.broken = undefined;
    expect(status).toBeGreaterThanOrEqual(500);
    expect(text).not.toContain('Majas plan');
  });

  it('a citizen their own, found by the number they log in with, and nobody else’s', async () => {
    const browser = await signedIn('citizen');
    const shown = (await (await browser.get('/probe/signed-in')).json()) as { viewer: { actor: { citizen?: string } } };
    expect(shown.viewer.actor.citizen).toBe(maja.id);
    expect((await ask(browser, `/v1/citizens/${maja.id}/plan`)).text).toContain('Majas plan');
    expect((await ask(browser, `/v1/citizens/${otto.id}/plan`)).status).toBe(404);
  });

  it('somebody of the citizen’s own network what the citizen granted them by name', async () => {
    const browser = await signedIn('network-person');
    const { text } = await ask(browser, `/v1/citizens/${maja.id}/plan`);
    expect(text).toContain('Komme ud at gå');
    expect(text).not.toContain('Majas plan');
  });

  it('an administrator nothing of citizens', async () => {
    const browser = await signedIn('administrator');
    expect((await ask(browser, `/v1/citizens/${maja.id}/plan`)).status).toBe(403);
  });
});

describe('a page cannot', () => {
  it.each(['/probe/operate', 'http://elsewhere.example/v1/x', '/sign-out', '/v1\\..\\x', '//v1/x'])(
    'ask %s: it is not the feed',
    async (path) => {
      const browser = await signedIn('administrator');
      expect((await browser.get(`/probe/ask?path=${encodeURIComponent(path)}`)).status).toBe(500);
    },
  );
});

it('no line of ours holds a token, a cookie, a code or a name', async () => {
  const browser = await signedIn('nurse-health');
  const cookies = [...browser.cookies.values()].map(({ value }) => value);
  await ask(browser, `/v1/citizens/${maja.id}/plan`);
  await browser.get('/probe/operate');
  await browser.get('/sign-in/callback?code=secret-code-of-mine&state=xxxxxxxxxxxxxxxxxxxxxxxxxxx');
  expect(lines.length).toBeGreaterThan(10);
  const text = lines.join('\n');
  for (const secret of [
    ...cookies,
    'eyJ',
    'secret-code-of-mine',
    'Bente',
    'Winther',
    'sandbox-sign-in-secret',
    maja.cpr,
    maja.id,
  ])
    expect(text).not.toContain(secret);
});
