// Log entries for a SIEM: the shape of OTLP/JSON, nobody's number or name in it, each entry at least once over failures of
// the collector and restarts.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/log.ts';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import type { LogEntry } from '../../src/store/log-entry.ts';
import { sealedAfter, sendLog, startLogSender } from '../../src/store/log-export.ts';
import { otlpOf } from '../../src/store/log-otlp.ts';
import { sealBatch } from '../../src/store/seal.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();
const keys = createKeyRing(newKeyMaterial());

const write = async (count: number, more: Partial<LogEntry> = {}): Promise<void> => {
  await createAccessLog(database.pool(), keys).write(
    Array.from({ length: count }, () => ({
      actor: { kind: 'professional', person: 'kombit:42', role: 'nurse', unit: 'u1' },
      purpose: 'coordinated-plan',
      endpoint: 'GET /v1/citizens/:id/plan',
      citizen: randomUUID(),
      records: [randomUUID()],
      decision: 'allowed' as const,
      bases: ['6 consent:x:1'],
      correlation: randomUUID(),
      ...more,
    })),
  );
  while ((await sealBatch(database.pool(), keys)) > 0);
};

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}
interface Request {
  readonly resourceLogs: readonly {
    readonly scopeLogs: readonly { readonly logRecords: readonly { readonly attributes: readonly Attribute[] }[] }[];
  }[];
}
const idsOf = (request: Request): readonly string[] =>
  request.resourceLogs
    .flatMap((one) => one.scopeLogs.flatMap((scope) => scope.logRecords))
    .map((record) => record.attributes.find(({ key }) => key === 'log.record.uid')?.value.stringValue ?? '');

let got: { readonly ids: readonly string[]; readonly key: string | undefined }[] = [];
let answer = 200;
let endpoint = '';
const server = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk) => {
    text += chunk;
  });
  request.on('end', () => {
    if (answer === 200) got.push({ ids: idsOf(JSON.parse(text)), key: request.headers['x-key']?.toString() });
    response.statusCode = answer;
    response.end('{}');
  });
});

beforeEach(async () => {
  got = [];
  answer = 200;
  await database.pool().query(`delete from hub_setting where name = 'log.sent'`);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/logs`;
});
afterEach(() => new Promise((done) => server.close(done)));
const target = () => ({ endpoint, headers: { 'x-key': 'secret' }, everyMs: 10 });
const stored = async (): Promise<readonly string[]> =>
  (await sealedAfter(database.pool(), 0, 10_000)).map((entry) => entry.id);

describe('an entry', () => {
  it('is an OTLP/JSON log record', async () => {
    await write(1, { emergency: true });
    const [entry] = (await sealedAfter(database.pool(), 0, 10_000)).slice(-1);
    if (entry === undefined) throw new Error('it was written');
    const observed = new Date('2026-11-22T10:00:00Z');
    const request = JSON.parse(JSON.stringify(otlpOf([entry], '0999', observed)));
    expect(request.resourceLogs[0].resource.attributes).toContainEqual({
      key: 'service.name',
      value: { stringValue: 'samspil' },
    });
    const record = request.resourceLogs[0].scopeLogs[0].logRecords[0];
    expect(record).toMatchObject({
      timeUnixNano: `${entry.at.getTime()}000000`,
      observedTimeUnixNano: '1795341600000000000',
      severityNumber: 13,
      body: { stringValue: 'GET /v1/citizens/:id/plan allowed' },
    });
    const value = (key: string) => record.attributes.find((one: Attribute) => one.key === key)?.value;
    expect(value('user.id')).toEqual({ stringValue: 'kombit:42' });
    expect(value('samspil.citizen')).toEqual({ stringValue: entry.citizen_id });
    expect(value('samspil.log.number')).toEqual({ intValue: String(entry.number) });
    expect(value('samspil.emergency')).toEqual({ boolValue: true });
    expect(value('samspil.legal_bases')).toEqual({ arrayValue: { values: [{ stringValue: '6 consent:x:1' }] } });
    expect(value('samspil.consumer')).toBeUndefined();
  });

  it('names citizens by the hub’s id alone, and numbers not even as a hash', async () => {
    const own = randomUUID();
    await write(1, { actor: { kind: 'citizen', person: 'maja.madsen', citizen: own } });
    await write(1, { actor: { kind: 'representative', person: 'bo.madsen' }, numberHash: keys.hash('cpr', 'x') });
    const text = JSON.stringify(otlpOf(await sealedAfter(database.pool(), 0, 10_000), '0999', new Date()));
    expect(text).toContain(own);
    expect(text).not.toMatch(/madsen|number_hash/);
    expect(text).not.toContain(keys.hash('cpr', 'x').toString('hex'));
  });
});

describe('the sender', () => {
  it('sends all that is sealed, in order, and then only what is new', async () => {
    await write(1_203);
    const sender = startLogSender(database.pool(), {
      log: createLogger({ level: 'silent' }),
      target: target(),
      municipality: '0999',
    });
    const arrived = () => got.flatMap((one) => one.ids);
    const all = await stored();
    await expect.poll(() => arrived().length, { timeout: 5_000 }).toBe(all.length);
    await write(2);
    await expect.poll(() => arrived().length, { timeout: 5_000 }).toBe(all.length + 2);
    await sender.stop();
    expect(arrived()).toEqual(await stored());
    expect(got.every((one) => one.key === 'secret')).toBe(true);
  });

  it('sends again what the collector did not take', async () => {
    const signal = new AbortController().signal;
    answer = 503;
    await expect(sendLog(database.pool(), target(), '0999', signal)).rejects.toMatchObject({
      code: 'source/unavailable',
    });
    answer = 200;
    while ((await sendLog(database.pool(), target(), '0999', signal)) > 0);
    expect(got.flatMap((one) => one.ids)).toEqual(await stored());
    server.closeAllConnections();
  });
});
