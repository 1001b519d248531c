// Messages that do not arrive: tried again under the same id, given up in the end, seen meanwhile as an alert of their own;
// a server that refuses one address, all, or does not answer stops neither the others nor the worker.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startAlerts } from '../../src/jobs/alerts.ts';
import { createMailer } from '../../src/mail/send.ts';
import { listNotices } from '../../src/store/alert-notices.ts';
import { openAlerts } from '../../src/store/alerts.ts';
import { useDatabase } from '../postgres.ts';
import { ok, status } from '../webhooks/receiver.ts';
import { type AlertBench, configure, createBench, emptied, reachable, startMailServer, startPlaces } from './bench.ts';

const database = useDatabase();
let places: Awaited<ReturnType<typeof startPlaces>>;
beforeAll(async () => {
  places = await startPlaces();
});
afterAll(() => places.close());
beforeEach(async () => {
  await emptied(database.pool());
  places.mail.got.length = 0;
  places.mail.refuse = 0;
  places.receiver.got.length = 0;
  places.receiver.answer = ok;
});

const [second, minute, hour] = [1000, 60_000, 3_600_000];
const unsealed = { subject: 'log', said: { since: '2026-11-22T11:58:00Z' } };
const letter = { subject: 'x', paragraphs: ['y'], footer: 'z', language: 'en' };

const opened = async (): Promise<AlertBench> => {
  const config = configure(reachable(places.mail, places.receiver));
  const bench = createBench(database.pool(), config, { rules: ['log-unsealed'] });
  bench.wrong.set('log-unsealed', [unsealed]);
  await bench.round();
  return bench;
};
const ids = () => new Set(places.mail.got.map(({ headers }) => headers.get('message-id')));

describe('a message that is not taken', () => {
  it('is tried again under the same id until it is, and what follows it waits for it', async () => {
    places.mail.refuse = 451;
    places.receiver.answer = status(503);
    const bench = await opened();
    expect(await bench.send()).toBe(3);
    bench.wrong.clear();
    bench.pass(minute);
    await bench.round();
    bench.pass(minute);
    await bench.round();
    places.mail.refuse = 0;
    places.receiver.answer = ok;
    expect(await bench.send()).toBe(6);
    const ofOne = places.mail.got.filter(({ to }) => to === 'vagt@kommune.example');
    expect(ofOne.map(({ headers }) => headers.get('subject'))).toEqual([
      '[Samspil] Kritisk: Adgangsloggen bliver ikke forseglet',
      expect.stringContaining('Adgangsloggen'),
    ]);
    expect(ids().size).toBe(4);
    const hooks = places.receiver.got.map(({ headers }) => headers['webhook-id']);
    expect([hooks.length, new Set(hooks).size, hooks[0]]).toEqual([3, 2, hooks[1]]);
    expect((await listNotices(database.pool(), { limit: 20 })).map(({ state }) => state)).toEqual(
      Array.from({ length: 6 }, () => 'delivered'),
    );
  });

  it('is given up after three days, says so, and the next one is tried as if nothing had been', async () => {
    places.mail.refuse = 550;
    const bench = await opened();
    for (let n = 0; n < 12; n += 1) {
      await bench.send();
      bench.pass(24 * hour);
    }
    const notices = await listNotices(database.pool(), { limit: 20 });
    expect(notices.filter(({ place }) => place !== 'webhook')).toMatchObject([
      { state: 'failed', attempts: 10, outcome: 'refused' },
      { state: 'failed', attempts: 10, outcome: 'refused' },
    ]);
    expect(bench.lines.filter((line) => line.includes('alert.not-told'))).toHaveLength(20);
    expect(bench.lines.join('')).not.toMatch(/kommune|"no"/);
    places.mail.refuse = 0;
    bench.wrong.clear();
    await bench.round();
    bench.pass(hour);
    await bench.round();
    await bench.send();
    expect(places.mail.got).toHaveLength(2);
  });

  it('is an alert of its own, which a contact’s other place hears of', async () => {
    places.mail.refuse = 550;
    const bench = await opened();
    await bench.send();
    bench.pass(6 * second);
    await bench.send();
    const { rules: _, ...own } = bench.deps;
    await bench.round(own);
    const found = await openAlerts(database.pool(), bench.now());
    expect(found.map(({ rule, said }) => [rule, said['channel'], said['outcome']])).toEqual(
      [
        ['notice-undelivered', 'mail', 'refused'],
        ['notice-undelivered', 'mail', 'refused'],
        ['log-unsealed', undefined, undefined],
      ].sort((a, b) => (a[0] === 'log-unsealed' ? -1 : b[0] === 'log-unsealed' ? 1 : 0)),
    );
    await bench.send();
    expect(places.receiver.got.some(({ body }) => body.includes('notice-undelivered'))).toBe(true);
    places.mail.refuse = 0;
    bench.pass(10 * minute);
    await bench.send();
    await bench.round(own);
    expect((await openAlerts(database.pool(), bench.now())).map(({ rule }) => rule)).not.toContain(
      'notice-undelivered',
    );
  });

  it('to somebody who was taken out of the configuration is dropped', async () => {
    const bench = await opened();
    const config = configure({ contacts: {} });
    await bench.send({ ...bench.deps, config });
    expect((await listNotices(database.pool(), { limit: 9 })).map(({ state }) => state)).toEqual([
      'dropped',
      'dropped',
      'dropped',
    ]);
  });
});

describe('a mail server', () => {
  const server = (port: number, more: object = {}) =>
    createMailer({ host: '127.0.0.1', port, from: 'a@kommune.example', tls: 'none', ...more }, { timeoutMs: 300 });

  it('is told apart: refused, not there, silent, without TLS, and by whom it knows the password of', async () => {
    const guarded = await startMailServer('hub', 'right');
    const silent = await import('node:net').then(
      ({ createServer }) =>
        new Promise<import('node:net').Server>((resolve) => {
          const made = createServer(() => undefined).listen(0, '127.0.0.1', () => resolve(made));
        }),
    );
    const send = async (port: number, more: object = {}) =>
      (await server(port, more).send({ id: 'i', to: 'b@kommune.example', letter })).name;
    try {
      expect(await send(places.mail.port)).toBe('delivered');
      expect(await send(1)).toBe('unreachable');
      expect(await send((silent.address() as import('node:net').AddressInfo).port)).toBe('timeout');
      expect(await send(places.mail.port, { tls: 'starttls' })).toBe('tls');
      expect(await send(guarded.port, { user: 'hub', password: 'wrong' })).toBe('refused');
      expect(await send(guarded.port, { user: 'hub', password: 'right' })).toBe('delivered');
    } finally {
      await guarded.close();
      silent.close();
    }
  });

  it('that does not answer stops neither rounds nor the worker', async () => {
    const config = configure({
      ...reachable(places.mail, places.receiver),
      smtp: { host: '127.0.0.1', port: '1', from: 'samspil@kommune.example', tls: 'none' },
    });
    const bench = createBench(database.pool(), config, { rules: ['log-unsealed'] });
    bench.wrong.set('log-unsealed', [unsealed]);
    const running = startAlerts(bench.deps);
    await vi.waitFor(() => expect(bench.lines.join('')).toContain('alert.opened'), { timeout: 5000 });
    await running.close();
    const again = startAlerts(bench.deps);
    await vi.waitFor(() => expect(places.receiver.got).toHaveLength(1), { timeout: 5000 });
    await again.close();
    expect(bench.lines.join('')).toContain('"outcome":"unreachable"');
  });
});
