// A caseworker's own tool, as foreign as can be: another origin, a policy without inline anything, the component's script
// from the hub with its digest. And a hub that listens, with a citizen whose plan is full of what a plan may hold.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { componentIntegrity, componentPath } from '../../src/dashboard/component/served.ts';
import type { Pool } from '../../src/store/db.ts';
import { config, createHub, type Hub, type Person, rememberingLog } from '../feed/fixture.ts';

export interface Host {
  readonly hub: Hub;
  readonly hubUrl: string;
  readonly origin: string;
  readonly log: ReturnType<typeof rememberingLog>;
  close(): Promise<void>;
}

const pageOf = (hubUrl: string): string => `<!doctype html>
<html lang="da"><head><meta charset="utf-8"><title>Fagsystemet</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script src="${hubUrl}${componentPath}" integrity="${componentIntegrity}" crossorigin="anonymous" defer></script></head>
<body><main><h1>Sag 2026-114</h1><samspil-plan></samspil-plan></main></body></html>`;

export const openHost = async (pool: Pool): Promise<Host> => {
  let hubUrl = '';
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader(
      'content-security-policy',
      `default-src 'none'; script-src ${hubUrl}; connect-src ${hubUrl}; base-uri 'none'`,
    );
    response.end(request.url === '/' ? pageOf(hubUrl) : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const log = rememberingLog();
  const hub = await createHub(pool, { accessLog: log, config: { ...config, corsOrigins: [origin] } });
  hubUrl = await hub.app.listen({ port: 0, host: '127.0.0.1' });
  return {
    hub,
    hubUrl,
    origin,
    log,
    async close() {
      await hub.app.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

export interface Shown {
  readonly citizen: string;
  readonly token: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly width?: number;
}

/** Opens the tool and gives the component its settings, the token by property. */
export const openTool = async (browser: Browser, host: Host, shown: Shown): Promise<Page> => {
  const page = await browser.newPage({
    viewport: { width: shown.width ?? 1280, height: 900 },
    // Not here: what is said must be Danish time all the same.
    timezoneId: 'America/New_York',
    locale: 'en-US',
    reducedMotion: 'reduce',
  });
  page.setDefaultTimeout(5_000);
  await page.goto(`${host.origin}/`);
  await page.evaluate(
    ({ citizen, token, attributes, hubUrl }) => {
      const component = document.querySelector('samspil-plan') as HTMLElement & { token: string };
      const all = { hub: hubUrl, citizen, purpose: 'coordinated-plan', ...attributes };
      for (const [name, value] of Object.entries(all)) component.setAttribute(name, value);
      component.token = token;
    },
    { citizen: shown.citizen, token: shown.token, attributes: shown.attributes, hubUrl: host.hubUrl },
  );
  return page;
};

/** A plan with something of everything, in two systems, one of which has never been fetched. */
export const fillPlan = async ({ hub }: Host, anna: Person): Promise<void> => {
  const { world } = hub;
  const add = (kind: string, fields: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    world.record({ kind, citizens: [anna], ownerUnit: 'jobcenter', fields, ...more });
  await world.record({
    kind: 'citizen',
    citizens: [anna],
    fields: { name: 'Anna Lindegaard', birthDate: '1970-02-01', protection: { name: false, address: false } },
  });
  await add('plan', { title: 'Min Plan' });
  const journalUrl = 'https://momentum.egevang.example/sag/114';
  const goal = await add('goal', {
    text: 'Jeg vil i praktik i et køkken',
    main: true,
    journalUrl,
    period: { start: '2026-02-01', end: '2027-01-31' },
    responsible: { unit: 'Jobcenter Egevang', person: 'Karin Holm' },
  });
  await add('goal', { text: 'Stå op kl. 8 hver dag', category: 'subGoal', status: 'completed' });
  const told = await add('statusEntry', {
    at: '2026-11-12',
    type: 'progress',
    text: 'Anna har været på besøg i kantinen.',
  });
  await world.link(told, 'about', goal);
  const effort = { title: 'Mentor', provider: 'Fonden Broen', hoursPerWeek: 2.5, followUpAt: '2026-12-15' };
  await add('intervention', { ...effort, period: { start: '2026-02-01', end: '2027-01-31' }, journalUrl });
  await add('intervention', { ...effort, period: { start: '2026-03-01' } }, { source: 'sensum', domain: 'social' });
  await add('contact', {
    role: { code: 'caseworker', display: 'Sagsbehandler' },
    professional: true,
    name: 'Karin Holm',
    unit: 'Jobcenter Egevang',
    phone: '70 20 30 40',
    email: 'kaho@egevang.example',
  });
  const soon = (days: number, hour: number): string =>
    `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)}T${String(hour).padStart(2, '0')}:00:00Z`;
  await add('appointment', {
    title: 'Netværksmøde',
    start: soon(7, 9),
    end: soon(7, 10),
    location: 'Rådhuset, lokale 2',
    format: 'inPerson',
    participants: [{ name: 'Karin Holm', role: 'Sagsbehandler' }],
  });
  await world.synced('momentum', 'task', new Date());
  await world.synced('sensum', 'task', new Date(Date.now() - 86_400_000));
};
