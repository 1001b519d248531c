// What a configured SOAP source is asked, what its answers and faults mean, and what a contract refuses.
import { afterEach, describe, expect, test } from 'vitest';
import type { Page, Source } from '../../src/adapter/contract.ts';
import { createHttp } from '../../src/adapter/http.ts';
import { contract, envelope, type Server, serveSoap } from '../../src/adapter/soap.fixture.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import { createLogger } from '../../src/log.ts';
import { soap } from './index.ts';
import { inputOf } from './input.ts';

let server: Server | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});
const serve = async (body = ''): Promise<Server> => {
  server = await serveSoap();
  server.answer = { body: envelope(body) };
  return server;
};
const sag = (more: object = {}) => ({
  sag: { list: { operation: 'HentSager' }, records: 'HentSagerSvar.Sag', key: 'Id', ...more },
});
const since = { operation: 'HentSager', input: { Status: ['1'], Periode: { Fra: '{since}' } } };
const open = (kinds: object, more: object = {}, clock: Clock = systemClock): Promise<Source> => {
  const config = soap.config.parse({ wsdl: contract(), endpoint: server?.endpoint, kinds, ...more });
  const http = createHttp({ hosts: soap.hosts(config) });
  return soap.open(config, { http, log: createLogger({ level: 'silent' }), clock });
};
const pull = async (source: Source, after: unknown = null): Promise<Page<unknown>[]> => {
  const pages: Page<unknown>[] = [];
  const options = { after: after as never, signal: AbortSignal.timeout(5000) };
  for await (const page of source.pull['sag']?.(options) ?? []) pages.push(page);
  return pages;
};
const clockAt = (text: string): Clock => ({ now: () => new Date(text) });
const rows = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, n) => `<Sag><Id>${from + n}</Id></Sag>`).join('');

describe('an input', () => {
  test('leaves out what has nothing to say, and nothing else', () => {
    const template = { A: '{since}', B: { C: '{since}', D: [] }, E: { '@k': 'v', F: 'x{max}' }, G: '', H: '{uuid}' };
    expect(inputOf(template, { since: undefined, max: 5 })).toEqual({ E: { '@k': 'v', F: 'x5' }, G: '', H: '{uuid}' });
  });

  test('asks for changes from where the last pull began, less the overlap, as the source writes time', async () => {
    const { asked } = await serve('<HentSagerSvar/>');
    const kinds = sag({ list: since, changedSince: { format: 'dk-date', overlapSeconds: '600' } });
    const source = await open(kinds, {}, clockAt('2026-12-24T00:05:00+01:00'));
    const [first] = await pull(source);
    expect(asked[0]?.body).not.toContain('Periode');
    await pull(source, first?.checkpoint);
    expect(asked[1]?.body).toMatch(/Fra>23-12-2026</);
  });

  test('may name a first time for sources that must be told one', async () => {
    const { asked } = await serve('<HentSagerSvar/>');
    await pull(await open(sag({ list: since, changedSince: { initial: '01-01-1900' } })));
    expect(asked[0]?.body).toMatch(/Fra>01-01-1900</);
  });
});

describe('an answer', () => {
  test('of thousands is read as it comes, and again from its beginning after it broke off', async () => {
    const service = await serve(`<HentSagerSvar>${rows(0, 2500)}<IAlt>2500</IAlt></HentSagerSvar>`);
    const source = await open(sag({ paging: { style: 'none', total: 'HentSagerSvar.IAlt' } }));
    const pages = await pull(source);
    expect(pages.map(({ records, total }) => [records.length, total])).toEqual([
      [1000, undefined],
      [1000, undefined],
      [500, 2500],
    ]);
    const again = await pull(source, pages[1]?.checkpoint);
    expect(again.flatMap(({ records }) => records)).toHaveLength(2500);
    expect(again.map(({ begins }) => begins)).toEqual([true, undefined, undefined]);
    service.answer = { body: envelope(`<HentSagerSvar>${rows(0, 1500)}`).slice(0, -40) };
    await expect(pull(source)).rejects.toMatchObject({ code: 'source/bad-answer' });
  });

  test.each([
    ['98', 'source/unavailable', 'transient'],
    ['3', 'source/unauthorised', 'config'],
    ['5', 'source/bad-answer', 'source'],
  ])('that says 200 and error %s is none', async (code, expected, fault) => {
    await serve(`<HentSagerSvar>${rows(0, 3)}<Kode>${code}</Kode></HentSagerSvar>`);
    const errors = { path: 'HentSagerSvar.Kode', ok: ['0'], retry: ['98'], unauthorised: ['3'], none: ['17'] };
    await expect(pull(await open(sag({ errors })))).rejects.toMatchObject({ code: expected, fault });
  });

  test('may say that there is nothing, by a code or by a fault', async () => {
    const service = await serve('<HentSagerSvar><Kode>17</Kode></HentSagerSvar>');
    const errors = { path: 'HentSagerSvar.Kode', ok: ['0'], none: ['17'] };
    const source = await open(sag({ errors, faults: { path: 'Fejl.Nr', none: ['404'], forbidden: ['403'] } }));
    expect((await pull(source)).map(({ records }) => records)).toEqual([[]]);
    const fault = (nr: string): string =>
      envelope(`<s:Fault><faultcode>s:Client</faultcode><detail><Fejl><Nr>${nr}</Nr></Fejl></detail></s:Fault>`);
    service.answer = { status: 500, body: fault('404') };
    expect((await pull(source)).map(({ records }) => records)).toEqual([[]]);
    service.answer = { status: 500, body: fault('403') };
    await expect(pull(source)).rejects.toMatchObject({ code: 'source/forbidden' });
    service.answer = { status: 500, body: fault('1') };
    await expect(pull(source)).rejects.toMatchObject({ code: 'source/bad-request' });
  });

  test('without its element, or empty, is not an empty list', async () => {
    const service = await serve('<AndetSvar><Sag/></AndetSvar>');
    const source = await open(sag());
    await expect(pull(source)).rejects.toMatchObject({ code: 'source/bad-answer' });
    service.answer = { body: '' };
    await expect(pull(source)).rejects.toMatchObject({ code: 'source/bad-answer' });
  });
});

describe('a contract', () => {
  test.each([
    ['an operation', sag({ list: { operation: 'Hent' } }), 'kinds.sag.list.operation'],
    ['an element', sag({ list: { operation: 'HentSager', input: { Stat: 'x' } } }), 'kinds.sag.list.input'],
    ['a probe', sag(), 'probe.operation'],
  ])('without %s of the configuration refuses it by name', async (what, kinds, path) => {
    await serve();
    const probe = what === 'a probe' ? { probe: { operation: 'Ping' } } : {};
    const thrown = await open(kinds, probe).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'config/invalid', fault: 'config' });
    expect((thrown as Error).message.startsWith(path)).toBe(true);
  });

  test('is probed without an operation by asking whether somebody is there', async () => {
    const service = await serve();
    const source = await open(sag());
    service.answer = { status: 405, body: '' };
    expect(await source.probe(AbortSignal.timeout(5000))).toMatchObject({ up: true });
    service.answer = { status: 401, body: '' };
    expect(await source.probe(AbortSignal.timeout(5000))).toMatchObject({ up: false, code: 'source/unauthorised' });
  });

  test('says who asks when it is probed, as with every question', async () => {
    const service = await serve();
    const source = await open(sag(), { auth: { type: 'basic', username: 'hub', password: 'x' } });
    await source.probe(AbortSignal.timeout(5000));
    expect(service.asked.at(-1)?.headers.authorization).toBe('Basic aHViOng=');
  });
});
