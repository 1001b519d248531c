// An alert from its beginning to its end, as those hear of it who are to: by mail and by webhook, once each; and who hears
// nothing, because they said so, because it is night, or because it was over before anybody was told.

import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listActs } from '../../src/store/acts.ts';
import { acknowledgeAlert, alertHistory, openAlerts, snoozeAlert } from '../../src/store/alerts.ts';
import { useDatabase } from '../postgres.ts';
import { configure, createBench, emptied, reachable, secret, startPlaces } from './bench.ts';

const database = useDatabase();
let places: Awaited<ReturnType<typeof startPlaces>>;
beforeAll(async () => {
  places = await startPlaces();
});
afterAll(() => places.close());
beforeEach(async () => {
  await emptied(database.pool());
  places.mail.got.length = 0;
  places.receiver.got.length = 0;
});

const [second, minute, hour] = [1000, 60_000, 3_600_000];
const open = (more: object = {}, at?: string) =>
  createBench(database.pool(), configure({ ...reachable(places.mail, places.receiver), ...more }), {
    rules: ['source-late', 'log-unsealed', 'emergency-access', 'credential-ends'],
    ...(at === undefined ? {} : { at: new Date(at) }),
  });
const late = {
  subject: 'momentum',
  source: 'momentum',
  said: { source: 'Momentum <b>', syncedAt: '2026-11-22T02:12:00Z' },
};
const subjects = () => places.mail.got.map(({ to, headers }) => `${to}: ${headers.get('subject')}`).sort();
const bodies = () =>
  places.receiver.got.map((got) => JSON.parse(got.body) as { type: string; id: string; data: Record<string, unknown> });

describe('an alert', () => {
  it('opens once when it has held, resolves once when it is gone for good, and tells both once', async () => {
    const bench = open();
    bench.wrong.set('source-late', [late]);
    await bench.round();
    bench.pass(119 * second);
    await bench.round();
    expect(await openAlerts(database.pool(), bench.now())).toEqual([]);
    bench.pass(second);
    await bench.round();
    await bench.round();
    expect(await bench.send()).toBe(3);
    expect(await openAlerts(database.pool(), bench.now())).toMatchObject([
      { rule: 'source-late', subject: 'momentum', source: 'momentum', severity: 'warning', openedAt: bench.now() },
    ]);
    expect(subjects()).toEqual([
      expect.stringContaining('leder@kommune.example: [Samspil] Advarsel: Momentum'),
      expect.stringContaining('vagt@kommune.example: [Samspil] Advarsel: Momentum'),
    ]);
    const [mail] = places.mail.got;
    expect(mail?.text).toContain('https://samspil.example/admin/alerts/');
    expect(mail?.text).toContain('Kilden blev sidst hentet helt 22. nov. 2026, 03.12.');
    expect(mail?.text).toContain('Momentum &lt;b&gt; er forsinket</h1>');
    expect(mail?.headers.get('auto-submitted')).toBe('auto-generated');

    // Gone, and back before it is believed: one and the same episode.
    bench.wrong.clear();
    bench.pass(minute);
    await bench.round();
    bench.wrong.set('source-late', [late]);
    bench.pass(30 * second);
    await bench.round();
    bench.wrong.clear();
    bench.pass(minute);
    await bench.round();
    bench.pass(119 * second);
    await bench.round();
    expect(await openAlerts(database.pool(), bench.now())).toHaveLength(1);
    expect(await bench.send()).toBe(0);
    bench.pass(second);
    await bench.round();
    await bench.round();
    expect(await openAlerts(database.pool(), bench.now())).toEqual([]);
    expect(await bench.send()).toBe(3);
    expect(places.mail.got).toHaveLength(4);
    const toOne = places.mail.got.filter(({ to }) => to === 'vagt@kommune.example');
    expect(toOne[1]?.headers.get('subject')).toContain('L=C3=B8st');
    expect(toOne[1]?.headers.get('in-reply-to')).toBe(toOne[0]?.headers.get('message-id'));
    expect(bodies().map(({ type }) => type)).toEqual(['dk.samspil.alert.opened', 'dk.samspil.alert.resolved']);
    const [first] = places.receiver.got;
    const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = first?.headers ?? {};
    const signed = new Webhook(secret).sign(String(id), new Date(Number(at) * 1000), first?.body ?? '');
    expect(signature).toBe(signed);
    expect(id).toBe(bodies()[0]?.id);
    expect(bodies()[0]?.data).toMatchObject({ rule: 'source-late', source: 'momentum', severity: 'warning' });
    expect(bench.lines.filter((line) => line.includes('alert.opened'))).toHaveLength(1);
    expect(bench.lines.join('')).not.toContain('kommune.example');
  });

  it('is told in the language and of the things a contact is there for', async () => {
    const bench = open();
    bench.wrong.set('emergency-access', [{ subject: '2026-11-22', said: { day: '2026-11-22', count: 1 } }]);
    await bench.round();
    bench.wrong.set('emergency-access', [{ subject: '2026-11-22', step: 2, said: { day: '2026-11-22', count: 2 } }]);
    await bench.round();
    bench.wrong.clear();
    await bench.round();
    await bench.send();
    expect(subjects()).toEqual([
      'dpo@kommune.example: [Samspil] Warning: Emergency access was taken on 22 Nov 2026',
      'dpo@kommune.example: [Samspil] Worse: Emergency access was taken 2 times on 22 Nov 2026',
    ]);
    expect(places.receiver.got).toEqual([]);
  });

  it('that grows worse is told again, also at night when it has become critical', async () => {
    const bench = open({ quiet: ['22:00-06:00'] }, '2026-11-22T12:00:00Z');
    const ends = (days: number, step: number) => ({
      subject: 'momentum/tls.cert',
      said: { source: 'Momentum', what: 'tls.cert', at: '2026-12-01T00:00:00Z', days },
      step,
      ...(days <= 7 ? { severity: 'critical' as const } : {}),
    });
    const steps: string[] = [];
    for (const [days, step] of [
      [30, 1],
      [29, 1],
      [14, 2],
      [7, 3],
    ] as const) {
      // The last of them after ten in the evening.
      if (days === 7) bench.pass(11 * hour);
      bench.wrong.set('credential-ends', [ends(days, step)]);
      await bench.round();
      await bench.send();
      steps.push(`${days}: ${places.receiver.got.length}`);
    }
    expect(steps).toEqual(['30: 1', '29: 1', '14: 2', '7: 3']);
    expect((await openAlerts(database.pool(), bench.now()))[0]).toMatchObject({ severity: 'critical', step: 3 });
  });
});

describe('nobody is told', () => {
  it('at night of what can wait: in the morning of what is still so, and never of what came and went', async () => {
    const bench = open(
      { quiet: ['22:00-06:00'], rules: { 'source-late': { for: '0s', clear: '0s' } } },
      '2026-11-22T22:00:00Z',
    );
    bench.wrong.set('source-late', [late, { ...late, subject: 'sensum' }]);
    bench.wrong.set('log-unsealed', [{ subject: 'log', said: { since: '2026-11-22T21:58:00Z' } }]);
    await bench.round();
    expect(await bench.send()).toBe(3);
    expect(bodies().map(({ data }) => data['rule'])).toEqual(['log-unsealed']);
    bench.wrong.set('source-late', [late]);
    bench.pass(hour);
    await bench.round();
    expect(await bench.send()).toBe(0);
    bench.pass(6 * hour);
    await bench.round();
    await bench.send();
    expect(bodies().map(({ data }) => `${data['rule']} ${data['subject']}`)).toEqual([
      'log-unsealed log',
      'source-late momentum',
    ]);
    const all = await alertHistory(database.pool(), { limit: 10, rule: 'source-late' }, bench.now());
    expect(all.map(({ subject, resolvedAt }) => `${subject} ${resolvedAt === null}`).sort()).toEqual([
      'momentum true',
      'sensum false',
    ]);
  });

  it('while it is snoozed, whatever comes and goes; who said so and why is found among the acts', async () => {
    const bench = open({ rules: { 'source-late': { for: '0s', clear: '0s' } } });
    const pool = database.pool();
    bench.wrong.set('source-late', [late]);
    await bench.round();
    await bench.send();
    const [alert] = await openAlerts(pool, bench.now());
    const word = { person: 'ole', role: 'operate', why: 'the vendor upgrades', now: bench.now() };
    const until = new Date(bench.now().getTime() + hour);
    expect(await acknowledgeAlert(pool, alert?.id ?? '', word)).toBe(true);
    expect(await acknowledgeAlert(pool, alert?.id ?? '', word)).toBe(false);
    expect(await snoozeAlert(pool, alert?.id ?? '', until, word)).toBe(true);
    expect(await openAlerts(pool, bench.now())).toMatchObject([
      { acknowledged: { by: 'ole', why: 'the vendor upgrades' }, snoozed: { until, by: 'ole' } },
    ]);
    places.receiver.got.length = 0;
    // It ends, which those hear who heard that it began; what begins now they do not.
    bench.wrong.clear();
    await bench.round();
    bench.wrong.set('source-late', [late]);
    bench.pass(minute);
    await bench.round();
    await bench.send();
    expect(bodies().map(({ type }) => type)).toEqual(['dk.samspil.alert.resolved']);
    bench.pass(hour);
    await bench.round();
    await bench.send();
    expect(bodies().map(({ type }) => type)).toEqual(['dk.samspil.alert.resolved', 'dk.samspil.alert.opened']);
    const acts = await listActs(pool, { what: 'alert', limit: 10 });
    expect(acts.map(({ what, person, source, why }) => [what, person, source, why])).toEqual([
      ['alert.snooze', 'ole', 'momentum', 'the vendor upgrades'],
      ['alert.acknowledge', 'ole', 'momentum', 'the vendor upgrades'],
    ]);
    expect(await snoozeAlert(pool, alert?.id ?? '', until, word)).toBe(false);
  });

  it('where no contact is named: it stands on the dashboard and in the log', async () => {
    const bench = createBench(database.pool(), configure({ rules: { 'log-unsealed': { to: [] } } }), {
      rules: ['log-unsealed'],
    });
    bench.wrong.set('log-unsealed', [{ subject: 'log', said: {} }]);
    await bench.round();
    expect(await bench.send()).toBe(0);
    expect(await openAlerts(database.pool(), bench.now())).toHaveLength(1);
    expect(bench.lines.join('')).toContain('"event":"alert.opened","rule":"log-unsealed","subject":"log"');
  });
});
