// The countdown: which days are told, once each, and where the dates come from.
import { expect, test } from 'vitest';
import { authority, hubCert, serverCert, serverKey } from '../adapter/tls.fixture.ts';
import { createLogger } from '../log.ts';
import { createExpiryWatch, expiriesOf, soonestInWords } from './expiry.ts';

const now = new Date('2026-11-21T12:00:00Z');
const inDays = (days: number): Date => new Date(now.getTime() + days * 86_400_000);

const watch = () => {
  const lines: { event: string; what: string; days: number; level: number }[] = [];
  const log = createLogger({ destination: { write: (line) => void lines.push(JSON.parse(line)) } });
  return { lines, ...createExpiryWatch(log) };
};

test('is told at 30, 14, 7 and 1 days and when it has ended, once each', () => {
  const { lines, look } = watch();
  const sources = [{ name: 'nexus', expiries: [{ what: 'clientSecret', at: inDays(40) }] }];
  for (let hour = 0; hour < 45 * 24; hour += 1) look(sources, new Date(now.getTime() + hour * 3_600_000));
  expect(lines.map(({ event, days }) => [event, days])).toEqual([
    ['credential.ends', 30],
    ['credential.ends', 14],
    ['credential.ends', 7],
    ['credential.ends', 1],
    ['credential.ended', -1],
  ]);
});

test('a process that starts late tells it at once; a new date is quiet again', () => {
  const { lines, look } = watch();
  look([{ name: 'nexus', expiries: [{ what: 'clientSecret', at: inDays(3) }] }], now);
  expect(lines).toMatchObject([{ event: 'credential.ends', what: 'clientSecret', days: 3 }]);
  look([{ name: 'nexus', expiries: [{ what: 'clientSecret', at: inDays(400) }] }], now);
  expect(lines).toHaveLength(1);
});

test('dates of secrets are Copenhagen days; the soonest comes first', () => {
  const expiries = expiriesOf({ expires: { apiKey: '2027-03-01', clientSecret: '2026-12-03' }, tls: undefined });
  expect(expiries).toEqual([
    { what: 'clientSecret', at: new Date('2026-12-02T23:00:00Z') },
    { what: 'apiKey', at: new Date('2027-02-28T23:00:00Z') },
  ]);
  expect(soonestInWords(expiries, now)).toBe('clientSecret: 11 days');
  expect(soonestInWords(expiries, new Date('2027-01-01'))).toBe('clientSecret: ended');
  expect(soonestInWords([], now)).toBeUndefined();
});

test('certificates tell their own end, of several the first', () => {
  const expiries = expiriesOf({
    expires: {},
    tls: { cert: hubCert, key: serverKey, ca: `${serverCert}\n${authority}` },
  });
  expect(expiries).toEqual([
    { what: 'tls.ca', at: new Date('2126-10-28T23:21:56Z') },
    { what: 'tls.cert', at: new Date('2126-10-28T23:21:57Z') },
  ]);
  expect(soonestInWords(expiries, new Date('2126-10-08T00:00:00Z'))).toBe('tls.ca: 20 days');
  const unreadable = '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----';
  expect(expiriesOf({ expires: {}, tls: { ca: unreadable } })).toEqual([]);
});
