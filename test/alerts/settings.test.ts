// The block `alerts`: what holds when nothing is said, what is refused, who is told; and the digest of the day.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { alerts, ruleNames } from '../../src/config/alerts.ts';
import { alertSettings } from '../../src/jobs/alert-settings.ts';
import { useDatabase } from '../postgres.ts';
import { configure, createBench, emptied, reachable, secret, startPlaces } from './bench.ts';

const mail = { smtp: { host: 'mail.example', from: 'samspil@kommune.example' } };

describe('the configuration', () => {
  it('has every rule on, and nobody to tell', () => {
    const settings = alertSettings(configure({}));
    expect(ruleNames.filter((rule) => !settings[rule].on || settings[rule].to.length > 0)).toEqual([]);
    expect(settings['log-unsealed']).toMatchObject({ severity: 'critical', threshold: 60, forMs: 0, clearMs: 60_000 });
  });

  it('tells every contact but the data-protection officer, who alone hears of emergency access', () => {
    const contacts = {
      drift: { mail: ['a@b.example'] },
      vagt: { mail: ['c@b.example'] },
      dpo: { mail: ['d@b.example'] },
    };
    const settings = alertSettings(
      configure({
        ...mail,
        contacts,
        rules: { 'source-late': { for: '5m', threshold: '2', to: ['vagt'] }, 'key-age': { on: 'no' } },
      }),
    );
    expect(settings['breaker-open'].to).toEqual(['drift', 'vagt']);
    expect(settings['emergency-access'].to).toEqual(['dpo']);
    expect(settings['source-late']).toMatchObject({ forMs: 300_000, clearMs: 120_000, threshold: 2, to: ['vagt'] });
    expect(settings['key-age'].on).toBe(false);
    expect(alertSettings(configure({ ...mail, contacts, to: ['dpo'] }))['breaker-open'].to).toEqual(['dpo']);
  });

  it.each([
    ['a rule nobody knows', { rules: { 'source-slow': {} } }, 'rules'],
    ['a contact nobody knows', { digest: { to: ['drift'] } }, 'is not among the contacts'],
    ['a contact without a place', { contacts: { drift: {} } }, 'mail or webhook'],
    ['mail without a server', { contacts: { drift: { mail: ['a@b.example'] } } }, 'need a server'],
    ['a password in the clear', { smtp: { ...mail.smtp, user: 'u', password: 'p', tls: 'none' } }, 'in the clear'],
    ['half a log-in', { smtp: { ...mail.smtp, user: 'u' } }, 'belong together'],
    ['a secret that is none', { contacts: { d: { webhook: { url: 'https://x.example', secret: 'x' } } } }, 'whsec_'],
    ['a time that is none', { digest: { at: '7' } }, 'a time of day'],
  ])('refuses %s', (_, given, said) => {
    const { error } = alerts.safeParse(given);
    expect(JSON.stringify(error?.issues)).toContain(said);
    expect(JSON.stringify(error?.issues)).not.toContain(secret);
  });
});

describe('the digest', () => {
  const database = useDatabase();
  let places: Awaited<ReturnType<typeof startPlaces>>;
  beforeAll(async () => {
    places = await startPlaces();
  });
  afterAll(() => places.close());
  beforeEach(async () => {
    await emptied(database.pool());
    places.mail.got.length = 0;
  });

  it('comes once a day at its time, whatever number of workers there is, and also when nothing is wrong', async () => {
    const config = configure({ ...reachable(places.mail, places.receiver), digest: { at: '07:30', to: ['dpo'] } });
    const bench = createBench(database.pool(), config, {
      rules: ['breaker-open', 'quarantine-large'],
      at: new Date('2026-11-22T06:29:00Z'),
    });
    await bench.round();
    expect(await bench.send()).toBe(0);
    bench.pass(60_000);
    await Promise.all([bench.round(), bench.round()]);
    await bench.round();
    expect(await bench.send()).toBe(1);
    expect(places.mail.got[0]?.headers.get('subject')).toBe('[Samspil] Status of the day: Nothing is wrong right now');
    expect(places.mail.got[0]?.text).toContain('The last day: 0 new, 0 resolved.');
    bench.wrong.set('quarantine-large', [
      { subject: 'momentum/case', source: 'momentum', said: { source: 'KMD Momentum', kind: 'case', records: 1200 } },
    ]);
    bench.pass(24 * 3_600_000);
    await bench.round();
    await bench.send();
    const [, second] = places.mail.got.filter(({ to }) => to === 'dpo@kommune.example');
    expect(second?.headers.get('subject')).toBe('[Samspil] Status of the day: 1 alert is open');
    expect(second?.text).toContain('• KMD Momentum: 1,200 records of case in quarantine (warning)');
    expect(second?.text).toContain('The last day: 1 new, 0 resolved.');
  });
});
