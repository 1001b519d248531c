// The log for those it is for: the file a citizen keeps, the officer's search, and what somebody who represents a citizen
// in one thing is not told of the rest.
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { sealBatch } from '../../src/store/seal.ts';
import { useDatabase } from '../postgres.ts';
import { createHub, type Hub, type Person, personaNamed } from './fixture.ts';

const database = useDatabase();
const keys = createKeyRing(newKeyMaterial());
let hub: Hub;
let maja: Person;
let bo: Person;
const sister = '0303703333';
const staff = personaNamed('caseworker-social').person;

beforeAll(async () => {
  hub = await createHub(database.pool(), { keys, accessLog: createAccessLog(database.pool(), keys) });
  for (const unit of ['jobcenter', 'social', 'sundhed']) await hub.world.unit(unit, null);
  maja = await hub.world.person('0102703333');
  bo = await hub.world.person('0202703333');
  for (const citizens of [[maja], [bo]]) {
    await hub.world.record({ citizens, kind: 'goal', ownerUnit: 'jobcenter' });
    await hub.world.record({ citizens, domain: 'social', source: 'sensum', ownerUnit: 'social' });
    for (const who of ['caseworker-social', 'caseworker-employment'] as const)
      expect((await hub.ask(who, `/v1/citizens/${citizens[0]?.id}/plan`)).statusCode).toBe(200);
  }
  while ((await sealBatch(database.pool(), keys)) > 0);
});

const own = () => ({ citizen: maja.id, cpr: maja.cpr });
const logOf = (rest = '') => `/v1/citizens/${maja.id}/access-log${rest}`;
const search = async (query: string) => {
  const answer = await hub.ask('dpo', `/v1/access-log?${query}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
};

describe('the export', () => {
  it('holds what the pages hold, masked for the citizen, in both forms', async () => {
    const pages = (await hub.ask('citizen', logOf('?limit=1000'), own())).json().entries;
    const file = await hub.ask('citizen', logOf('/export'), own());
    expect(file.headers['content-disposition']).toContain('access-log.json');
    expect(file.headers['cache-control']).toContain('no-store');
    expect(file.json().entries.slice(1)).toEqual(pages);
    expect(file.body).not.toMatch(new RegExp(`${staff}|"number"|correlation`));
    const csv = await hub.ask('citizen', logOf('/export?format=csv'), own());
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    const rows = parse(csv.body, { columns: true }) as readonly Record<string, string>[];
    expect(rows.slice(2).map((row) => [row['at'], row['text']])).toEqual(
      pages.map((entry: { at: string; text: string }) => [entry.at, entry.text]),
    );
    expect(csv.body).toMatch(/^at,text,[^\n]*\r\n/);
    expect(csv.body).not.toContain(staff);
  });

  it('names staff for the DPO, and is logged itself', async () => {
    const csv = await hub.ask('dpo', logOf('/export?format=csv'));
    expect(csv.body).toContain(staff);
    const { entries } = await search(`citizen=${maja.id}&person=${personaNamed('dpo').person}`);
    expect(entries[0]).toMatchObject({ endpoint: 'GET /v1/citizens/:id/access-log/export', citizen: maja.id });
  });

  it('on screen it can be narrowed to days, an organisation and others than the citizen', async () => {
    const entries = async (query: string): Promise<readonly { kind: string; organisation?: string }[]> =>
      (await hub.ask('citizen', logOf(`?limit=1000${query}`), own())).json().entries;
    const all = await entries('');
    const others = await entries('&others=true');
    expect(others).toEqual(all.slice(-all.length).filter(({ kind }) => kind !== 'citizen'));
    const of = others.find(({ organisation }) => organisation !== undefined)?.organisation ?? 'none';
    const narrowed = await entries(`&organisation=${of}`);
    expect([narrowed.length > 0, new Set(narrowed.map((one) => one.organisation))]).toEqual([true, new Set([of])]);
    expect([await entries('&to=2020-01-01'), (await entries('&from=2020-01-01')).length > 0]).toEqual([[], true]);
    expect((await hub.ask('citizen', logOf('?others=some'), own())).statusCode).toBe(400);
  });

  it('goes on over many pages, and what looks like a formula is text', async () => {
    const log = createAccessLog(database.pool(), keys);
    const evil = '=HYPERLINK("https://x.example")';
    await log.write(
      Array.from({ length: 2_345 }, (_, n) => ({
        actor: { kind: 'professional', person: 'p', role: n === 0 ? evil : 'r' },
        purpose: 'coordinated-plan',
        endpoint: 'GET /v1/citizens/:id/plan',
        citizen: bo.id,
        records: [],
        decision: 'allowed' as const,
        bases: [],
        correlation: `many ${n}`,
      })),
    );
    const rows = parse((await hub.ask('dpo', `/v1/citizens/${bo.id}/access-log/export?format=csv`)).body, {
      columns: true,
    }) as readonly Record<string, string>[];
    const many = rows.filter((row) => row['correlation']?.startsWith('many'));
    expect(new Set(many.map((row) => row['correlation'])).size).toBe(2_345);
    expect(rows.find((row) => row['correlation'] === 'many 0')?.['role']).toBe(`'${evil}`);
    const json = (await hub.ask('dpo', `/v1/citizens/${bo.id}/access-log/export?format=json`)).json().entries;
    expect(json.length).toBe(rows.length + 1);
  });

  it('is as shut as the log itself', async () => {
    const scope = { claims: { scope: 'log.read' } };
    expect((await hub.ask('caseworker-employment', logOf('/export'), scope)).statusCode).toBe(403);
    expect((await hub.ask('nurse-health', logOf('/export'), scope)).statusCode).toBe(404);
    expect((await hub.ask('dpo', logOf('/export?format=pdf'))).statusCode).toBe(400);
  });
});

describe('the officer’s search', () => {
  it('finds by everything it can be asked for, and by all of it together', async () => {
    const found = await search(`person=${staff}`);
    expect(found.entries).toHaveLength(2);
    expect(found.entries.map((entry: { citizen: string }) => entry.citizen)).toEqual([bo.id, maja.id]);
    expect(found.entries[0]).toMatchObject({ unit: 'social', decision: 'partly', number: expect.any(Number) });
    const { role, organisation, at } = found.entries[0];
    const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Copenhagen' }).format(new Date(at));
    const all = `person=${staff}&role=${role}&organisation=${organisation}&citizen=${bo.id}&from=${day}&to=${day}&decision=partly&emergency=false&endpoint=GET%20/v1/citizens/:id/plan`;
    expect((await search(all)).entries).toHaveLength(1);
    for (const [one, other] of [
      [`role=${role}`, 'role=x'],
      [`organisation=${organisation}`, 'organisation=x'],
      ['decision=partly', 'decision=denied'],
      ['emergency=false', 'emergency=true'],
      [`from=${day}`, 'from=2999-01-01'],
      [`to=${day}`, 'to=2000-01-01'],
      ['endpoint=GET', 'endpoint=POST'],
    ] as const)
      expect((await search(all.replace(one, other))).entries, other).toEqual([]);
    expect((await search(`${all}&consumer=borgerportal`)).entries).toEqual([]);
  });

  it('comes in pages without losing or repeating an entry', async () => {
    const seen: string[] = [];
    let after = '';
    for (let page = 0; page < 10; page += 1) {
      const body = await search(`person=p&limit=700${after}`);
      seen.push(...body.entries.map((entry: { id: string }) => entry.id));
      if (!body.more) break;
      after = `&after=${body.next}`;
    }
    expect(seen).toHaveLength(2_345);
    expect(new Set(seen).size).toBe(2_345);
  });

  it('finds look-ups that showed nothing under the citizen they were about', async () => {
    const lookup = { method: 'POST', url: '/v1/citizens/lookup', payload: { cpr: maja.cpr } } as const;
    expect((await hub.ask('nurse-health', lookup)).statusCode).toBe(404);
    const { entries } = await search(`citizen=${maja.id}&decision=denied`);
    expect(entries[0]).toMatchObject({ citizen: maja.id, endpoint: 'POST /v1/citizens/lookup' });
  });

  it('finds what belongs to one answer, from a day on', async () => {
    const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    const [one] = (await search(`person=${staff}`)).entries;
    const { entries } = await search(`correlation=${one.correlation}&from=${day}&purpose=${one.purpose}`);
    expect(entries.map(({ id }: { id: string }) => id)).toEqual([one.id]);
    expect((await search(`correlation=${one.correlation}&from=${day}&purpose=other`)).entries).toEqual([]);
    expect((await hub.ask('dpo', `/v1/access-log?correlation=${one.correlation}`)).statusCode).toBe(400);
  });

  it('opens an entry: what its records were, and nothing of what is in them', async () => {
    const listed = (await search(`person=${staff}&citizen=${maja.id}&endpoint=GET /v1/citizens/:id/plan`)).entries;
    const { occasion, ...one } = listed[0];
    expect(occasion).toBe(one.id);
    const answer = await hub.ask('dpo', `/v1/access-log/${one.id}`);
    expect(answer.statusCode).toBe(200);
    const { entry, records } = answer.json();
    expect(entry).toEqual(one);
    expect(records).toEqual([{ id: one.records[0], kind: 'plan', domain: 'social', source: 'sensum', held: true }]);
    expect(answer.body).not.toContain('Min Plan');
    const [last] = (await hub.ask('dpo', logOf('?limit=1'))).json().entries;
    expect(last).toMatchObject({ endpoint: 'GET /v1/access-log/:entry', kind: 'dpo' });
    expect((await hub.ask('dpo', `/v1/access-log/${maja.id}`)).statusCode).toBe(404);
    const scope = { claims: { scope: 'log.read' } };
    expect((await hub.ask('caseworker-social', `/v1/access-log/${one.id}`, scope)).statusCode).toBe(403);
    expect((await hub.ask('citizen', `/v1/access-log/${one.id}`, own())).statusCode).toBe(403);
  });

  it('tells who has asked about a citizen, once each', async () => {
    const answer = await hub.ask('dpo', logOf('/readers'));
    const { readers, more } = answer.json();
    expect(more).toBe(false);
    expect(new Set(readers.map(({ person }: { person: string }) => person)).size).toBe(readers.length);
    expect(readers.find(({ person }: { person: string }) => person === staff)).toMatchObject({
      kind: 'professional',
      unit: 'social',
      times: 1,
      answered: 1,
      emergency: false,
    });
    const lasts = readers.map(({ last }: { last: string }) => last);
    expect(lasts).toEqual([...lasts].sort().reverse());
    expect((await hub.ask('dpo', logOf('/readers?to=2020-01-01'))).json()).toEqual({ readers: [], more: false });
    expect((await hub.ask('dpo', logOf('/readers?limit=1'))).json().more).toBe(true);
    const plans = (await hub.ask('dpo', logOf('/readers?endpoint=GET /v1/citizens/:id/plan'))).json().readers;
    expect(plans.map(({ kind }: { kind: string }) => kind)).toEqual(['professional', 'professional']);
    expect((await hub.ask('dpo', logOf('/readers?endpoint='))).statusCode).toBe(400);
    expect((await hub.ask('citizen', logOf('/readers'), own())).statusCode).toBe(403);
  });

  it('lets the DPO find any citizen by number, logged, and nobody else by the scope of the log', async () => {
    const request = { method: 'POST', url: '/v1/citizens/lookup', payload: { cpr: maja.cpr } } as const;
    const found = await hub.ask('dpo', request);
    expect([found.statusCode, found.json()]).toEqual([200, { id: maja.id }]);
    expect((await search(`citizen=${maja.id}&endpoint=POST`)).entries[0]).toMatchObject({ kind: 'dpo' });
    const unknown = { ...request, payload: { cpr: '0909703333' } };
    expect((await hub.ask('dpo', unknown)).statusCode).toBe(404);
    const scope = { claims: { scope: 'log.read' } };
    expect((await hub.ask('caseworker-social', request, scope)).statusCode).toBe(403);
  });

  it('is told to each citizen it named', async () => {
    await search(`person=${staff}`);
    for (const { id } of [maja, bo]) {
      const [last] = (await hub.ask('dpo', `/v1/citizens/${id}/access-log?limit=1`)).json().entries;
      expect(last).toMatchObject({ endpoint: 'GET /v1/access-log', kind: 'dpo' });
    }
    const mine = (await hub.ask('citizen', logOf('?limit=1000'), own())).json().entries;
    expect(mine.some((entry: { text: string }) => /Databeskyttelsesrådgiveren læste loggen/.test(entry.text))).toBe(
      true,
    );
  });

  it('is for the DPO alone, and refuses what it does not understand', async () => {
    const scope = { claims: { scope: 'log.read' } };
    expect((await hub.ask('caseworker-social', '/v1/access-log', scope)).statusCode).toBe(403);
    expect((await hub.ask('citizen', '/v1/access-log', own())).statusCode).toBe(403);
    for (const query of [
      'persn=x',
      'citizen=x',
      'from=i+morgen',
      'decision=maybe',
      'emergency=yes',
      'after=x',
      'after=9-x',
    ])
      expect((await hub.ask('dpo', `/v1/access-log?${query}`)).statusCode, query).toBe(400);
  });
});

it('somebody who represents in one thing is told of nothing outside it, and in everything of all', async () => {
  const asSister = { cpr: sister, claims: { kind: 'representative' } };
  const give = async (domains?: readonly string[]) => {
    const payload = { type: 'powerOfAttorney', cpr: sister, ...(domains === undefined ? {} : { domains }) };
    const url = `/v1/citizens/${maja.id}/representations`;
    expect((await hub.ask('citizen', { method: 'POST', url, payload }, own())).statusCode).toBe(201);
  };
  await give(['social']);
  for (const address of [logOf('?limit=1000'), logOf('/export')]) {
    const { entries } = (await hub.ask('citizen', address, asSister)).json();
    const units = new Set(entries.map((entry: { unit?: string }) => entry.unit));
    expect([units.has('social'), units.has('jobcenter'), units.has('sundhed')]).toEqual([true, false, false]);
    expect(entries.every((entry: { bases: readonly string[] }) => entry.bases.length === 0)).toBe(true);
  }
  await give();
  const { entries } = (await hub.ask('citizen', logOf('?limit=1000'), asSister)).json();
  expect(
    entries.some(
      (entry: { unit?: string; bases: readonly string[] }) => entry.unit === 'jobcenter' && entry.bases.length > 0,
    ),
  ).toBe(true);
});
