// A source looked at, recorded and played back: nothing of its people in any output or file, the very same records with
// the network locked, also by nock.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import nock from 'nock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { momentum } from '../../adapters/momentum/index.ts';
import type { Page } from '../../src/adapter/contract.ts';
import { createHttp } from '../../src/adapter/http.ts';
import { systemClock } from '../../src/clock.ts';
import { createLogger } from '../../src/log.ts';
import type { Harness } from '../adapter.ts';
import { fromFormats } from '../adapters/files-formats.ts';
import { momentumSubject } from '../adapters/momentum.ts';
import { openWorkplace, type Workplace } from './cli.ts';

let harness: Harness;
let place: Workplace;

beforeAll(async () => {
  harness = await momentumSubject.start();
  const budget = { requestsPerSecond: '1000' };
  const job = { adapter: 'momentum', title: 'Job', domain: 'employment', budget, config: harness.config };
  place = await openWorkplace({ job });
  await place.write('citizens.txt', `${harness.citizen?.cpr}\n`);
});
afterAll(async () => {
  await harness.close();
  await place.close();
});
const told = (text: string): readonly string[] => harness.canaries.filter((canary) => text.includes(canary));

describe('a source that is there', { timeout: 30_000 }, () => {
  it('is looked at without a database, and nothing of anybody is shown', async () => {
    const probe = await place.run('source', 'probe', 'job', '--json');
    expect(JSON.parse(probe.out)).toMatchObject([{ source: 'job', up: 'yes' }]);
    const look = await place.run('source', 'dry-run', 'job', '--limit', '20', '--json');
    expect(look.code).toBe(0);
    const reports = JSON.parse(look.out) as { kind: string; looked: number; more: boolean; personal: object }[];
    const citizen = reports.find((one) => one.kind === 'citizen');
    expect(citizen).toMatchObject({ looked: 20, more: true, hasMapping: true, subjects: { unreadable: 0 } });
    expect(citizen?.personal).toMatchObject({ cpr: 'cpr' });
    expect(told(look.out + look.err + probe.out)).toEqual([]);
    const people = await place.run('source', 'dry-run', 'job', '--kind', 'plan', '--citizen-file', '@citizens.txt');
    expect(people.out).toContain('for example');
    expect(told(people.out + people.err)).toEqual([]);
  });

  it('is recorded without the people in it, once', async () => {
    const recorded = await place.run(
      'source',
      'record',
      'job',
      '--out',
      '@fixtures',
      '--citizen-file',
      '@citizens.txt',
    );
    expect(recorded).toMatchObject({ code: 0 });
    expect(told(await place.everything('fixtures'))).toEqual([]);
    const again = await place.run('source', 'record', 'job', '--out', '@fixtures');
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('is not empty') });
  });
});

describe('a recording, when the source is gone', { timeout: 30_000 }, () => {
  beforeAll(() => harness.stop());

  it('plays back the very same records', async () => {
    const played = await place.run('source', 'test', '@fixtures', '--json');
    expect(played).toMatchObject({ code: 0 });
    const rows = JSON.parse(played.out) as { 'as recorded': string; records: number; 'plan records': number }[];
    expect(rows.map((row) => row['as recorded'])).toEqual(rows.map(() => 'yes'));
    expect(rows.reduce((sum, row) => sum + row['plan records'], 0)).toBeGreaterThan(5);
  });

  it('notices when the adapter gives something else', async () => {
    const file = join(place.folder, 'fixtures', 'plan.jsonl');
    const text = await readFile(file, 'utf8');
    await place.write('fixtures/plan.jsonl', text.replace('"id":', '"Id":'));
    expect(await place.run('source', 'test', '@fixtures')).toMatchObject({ code: 1 });
    await place.write('fixtures/plan.jsonl', text);
  });

  it('is what nock takes, with every connection refused', async () => {
    const read = async (name: string) => JSON.parse(await readFile(join(place.folder, 'fixtures', name), 'utf8'));
    const { config } = (await read('recording.json')) as { config: object };
    nock.disableNetConnect();
    nock.define((await read('http.json')) as nock.Definition[]);
    try {
      const settings = momentum.config.parse(config);
      const http = createHttp({ hosts: momentum.hosts(settings) });
      const source = await momentum.open(settings, {
        http,
        log: createLogger({ level: 'silent' }),
        clock: systemClock,
      });
      const [{ citizens }] = [(await read('recording.json')) as { citizens: string[] }];
      const pages: Page<unknown>[] = [];
      const asked = { cpr: citizens[0] ?? '', signal: AbortSignal.timeout(10_000) };
      for await (const page of source.byCitizen?.citizen?.(asked) ?? []) pages.push(page);
      expect(pages.flatMap((page) => page.records)).toHaveLength(1);
    } finally {
      nock.cleanAll();
      nock.enableNetConnect();
      nock.restore();
    }
  });
});

it('files are recorded as records', { timeout: 30_000 }, async () => {
  const drop = await fromFormats.start();
  const own = await openWorkplace(
    { drop: { adapter: 'files', mappings: 'sensum', title: 'D', domain: 'social', config: drop.config } },
    {},
  );
  try {
    expect(await own.run('source', 'record', 'drop', '--out', '@f', '--limit', '10')).toMatchObject({ code: 0 });
    const all = await own.everything('f');
    expect(drop.canaries.filter((canary) => all.includes(canary))).toEqual([]);
    expect(all).toContain('"key":"0"');
    expect(await own.run('source', 'test', '@f')).toMatchObject({ code: 0 });
  } finally {
    await drop.close();
    await own.close();
  }
});
