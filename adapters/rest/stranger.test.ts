// A system that nothing in the hub knows (../../test/wiring/rusmiddel.ts): ISO-8859-1, Danish letters in names, errors
// inside 200 told by a code that is there only then, and a page smaller than the hub's own.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Course, type Rusmiddel, startRusmiddel } from '../../test/wiring/rusmiddel.ts';
import { pullOne } from './testing.fixture.ts';

const courses: Course[] = Array.from({ length: 61 }, (_, n) => ({
  number: `RM-${n}`,
  cpr: '010203-1234',
  name: 'Samtaleforløb på Åhuset & Ødegården',
  status: 'AKT',
  begun: '01-02-2026',
  meetings: [{ id: `S${n}`, at: '03-12-2026 10:00', minutes: 45, with: 'Bjørn Ågård', where: 'Rusmiddelcentret' }],
}));

let source: Rusmiddel;
beforeEach(async () => {
  source = await startRusmiddel(() => courses);
});
afterEach(() => source.close());

const configOf = (key: string) => ({
  baseUrl: source.url,
  auth: { type: 'apiKey', key, header: 'x-noegle' },
  format: 'xml',
  pageSize: '25',
  paging: { style: 'offset', offset: 'start', limit: 'antal', total: 'svar.antalIAlt' },
  errors: { path: 'svar.fejlkode', retry: ['90'], unauthorised: ['3'] },
  kinds: { ting: { list: { path: 'forloeb' }, records: 'svar.liste.forløb', key: '@nummer' } },
});

test('is read whole', async () => {
  const { keys, records } = await pullOne(configOf(source.key));
  expect(keys).toEqual(courses.map(({ number }) => number));
  expect(records[7]?.body).toMatchObject({
    behandling: 'Samtaleforløb på Åhuset & Ødegården',
    påbegyndt: '01-02-2026',
    samtaler: { samtale: { '@id': 'S7', behandler: 'Bjørn Ågård' } },
  });
});

test.each([
  ['busy', { code: 'source/unavailable', fault: 'transient' }],
  ['broken', { code: 'source/bad-answer', fault: 'source' }],
  ['empty', { code: 'source/bad-answer', fault: 'source' }],
] as const)('%s is a fault, never an empty list', async (kind, expected) => {
  source.fail(kind);
  await expect(pullOne(configOf(source.key))).rejects.toMatchObject(expected);
});

test('a wrong key is told as such', async () => {
  await expect(pullOne(configOf('forkert'))).rejects.toMatchObject({ code: 'source/unauthorised', fault: 'config' });
});
