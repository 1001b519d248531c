// The sandbox's citizen portal as an administrator sees it: subscribed once, verified, up to date, silent when it is stopped,
// and at the same port after a restart.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { stopWebhook } from '../../src/jobs/webhook-acts.ts';
import { readProgress } from '../../src/store/consumer-view.ts';
import { deliveriesOf } from '../../src/store/webhook-outbox.ts';
import { listWebhooks } from '../../src/store/webhooks.ts';
import { useDatabase } from '../postgres.ts';
import { startPortal } from '../sandbox/portal.ts';
import { startMunicipality, type TestMunicipality } from './municipality.ts';

const database = useDatabase();
let municipality: TestMunicipality;
beforeAll(async () => {
  municipality = await startMunicipality(database, { citizens: 20, enrolled: 3, work: true });
}, 120_000);
afterAll(() => municipality.close());

const webhooks = () => listWebhooks(database.pool(), municipality.hub.keys);
const soon = { timeout: 20_000, interval: 200 };

it('subscribes once, answers the challenge, and is up to date after the first hint', async () => {
  await municipality.follow();
  await vi.waitFor(async () => expect((await webhooks()).map(({ state }) => state)).toEqual(['active']), soon);
  const [one] = await webhooks();
  await vi.waitFor(async () => {
    const hints = (await deliveriesOf(database.pool(), one?.id ?? '', { limit: 9 })).filter(
      ({ kind }) => kind === 'hint',
    );
    expect(hints.some(({ state }) => state === 'delivered')).toBe(true);
    const [progress] = await readProgress(database.pool(), 'borgerportal');
    expect(progress).toMatchObject({ started: true, behind: 0 });
  }, soon);
  await municipality.follow();
  expect((await webhooks()).map(({ id }) => id)).toEqual([one?.id]);

  // What an administrator stopped it does not start again.
  const [active] = await webhooks();
  if (active !== undefined)
    await stopWebhook(database.pool(), active, { at: new Date(), person: 'ole', role: 'operate', why: 'a try' });
  await municipality.follow();
  expect(await webhooks()).toMatchObject([{ id: one?.id, state: 'disabled', reason: 'operator' }]);
}, 60_000);

it('asks now and then although no hint comes, so that the hub knows how far it is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'samspil-portal-'));
  const asked: string[] = [];
  const hub = createServer((request, response) => {
    asked.push(request.url ?? '');
    const page = { entries: [], more: false, cursor: `c${asked.length}` };
    const body = request.url?.startsWith('/v1/changes') ? page : { subscriptions: [] };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
  const portal = await startPortal(folder, async () => '', 20);
  await portal.follow(`http://127.0.0.1:${(hub.address() as AddressInfo).port}`);
  const reads = () => asked.filter((path) => path.startsWith('/v1/changes'));
  await vi.waitFor(() => expect(reads().length).toBeGreaterThan(2), soon);
  // Each time with the cursor of the page before: that is what proves the page.
  expect(new Set(reads()).size).toBe(reads().length);
  await portal.close();
  hub.closeAllConnections();
  await new Promise((resolve) => hub.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

it('keeps its port, and takes another where somebody has it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'samspil-portal-'));
  const port = async () => (JSON.parse(await readFile(join(folder, 'portal.json'), 'utf8')) as { port: number }).port;
  const first = await startPortal(folder, async () => '');
  const at = await port();
  const beside = await startPortal(folder, async () => '');
  const other = await port();
  expect(other).not.toBe(at);
  await beside.close();
  await first.close();
  const again = await startPortal(folder, async () => '');
  expect(await port()).toBe(other);
  await again.close();
  await rm(folder, { recursive: true, force: true });
});
