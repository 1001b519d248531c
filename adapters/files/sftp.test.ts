// The same pulls over a real SFTP server: log-in, pinned key, resuming in the middle, silence and broken lines.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Page } from '../../src/adapter/contract.ts';
import { systemClock } from '../../src/clock.ts';
import { createLogger } from '../../src/log.ts';
import { writeSensumDrop } from '../../test/sandbox/sensum/drop.ts';
import { sensumSettings } from '../../test/sandbox/sensum/settings.ts';
import { type SftpStub, startSensumSftp } from '../../test/sandbox/sensum/sftp.ts';
import { files } from './index.ts';
import type { FilesCheckpoint } from './records.ts';

let folder: string;
let stub: SftpStub;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sftp-'));
  const maal = Array.from({ length: 4_200 }, (_, i) => ({
    MålId: `${i}`,
    BorgerId: '1',
    MålNavn: `Gå en tur\nved åen ${i}`,
  }));
  await writeSensumDrop(join(folder, 'nord'), { maal }, { modified: new Date(Date.now() - 3_600_000) });
  stub = await startSensumSftp({ folder });
});
afterAll(async () => {
  await stub.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => stub.faults.set('none'));

const open = (config: object = {}) => {
  const { port, username, password, hostKeySha256 } = stub;
  const given = {
    transport: 'sftp',
    host: '127.0.0.1',
    port,
    username,
    password,
    hostKeySha256,
    folder: '/',
    settleSeconds: 0,
    ...config,
  };
  const refuse = () => Promise.reject(new Error('no HTTP here'));
  const http = { request: refuse, stream: refuse };
  const log = createLogger({ destination: { write: () => undefined } });
  return files.open(files.config.parse(sensumSettings(given)), { http, log, clock: systemClock });
};
const pull = async (after: FilesCheckpoint | null = null, config: object = {}) => {
  const pages: Page<FilesCheckpoint>[] = [];
  const source = await open(config);
  const reading = source.pull['maal']?.({ after, signal: new AbortController().signal });
  for await (const page of reading as AsyncIterable<Page<FilesCheckpoint>>) pages.push(page);
  return pages;
};
const keys = (pages: readonly Page<FilesCheckpoint>[]) =>
  pages.flatMap((page) => page.records.map((record) => record.key));

describe('a pull over SFTP', () => {
  it('reads every row with a password or a key, and goes on from a checkpoint', async () => {
    const whole = await pull();
    expect(keys(whole)).toHaveLength(4_200);
    expect(whole.at(-1)?.checkpoint.done).toBe(true);
    const rest = await pull(whole[1]?.checkpoint, { password: undefined, privateKey: stub.privateKey });
    expect(keys(rest)).toEqual(keys(whole.slice(2)));
    expect(await pull(whole.at(-1)?.checkpoint)).toMatchObject([{ unchanged: true }]);
  });

  it('refuses a server whose key is not the pinned one, before it says who it is', async () => {
    const wrong = { hostKeySha256: `SHA256:${'A'.repeat(43)}` };
    await expect(pull(null, wrong)).rejects.toMatchObject({
      code: 'source/unauthorised',
      message: expect.stringContaining('pinned'),
    });
    const source = await open(wrong);
    expect(await source.probe(new AbortController().signal)).toMatchObject({ up: false, code: 'source/unauthorised' });
  });

  it('tells wrong credentials, a missing folder and a dead server apart', async () => {
    await expect(pull(null, { password: 'wrong' })).rejects.toMatchObject({
      code: 'source/unauthorised',
      fault: 'config',
    });
    await expect(pull(null, { folder: '/away' })).rejects.toMatchObject({ code: 'source/not-found', fault: 'source' });
    await expect(pull(null, { port: 1 })).rejects.toMatchObject({ code: 'source/unreachable', fault: 'transient' });
    stub.faults.set('down');
    await expect(pull()).rejects.toMatchObject({ code: 'source/unreachable', fault: 'transient' });
  });

  it('gives up on a silent server and on a line that breaks in the middle', async () => {
    stub.faults.set('timeout');
    await expect(pull(null, { timeoutSeconds: 1 })).rejects.toMatchObject({
      code: 'source/timeout',
      fault: 'transient',
    });
    stub.faults.set('cut');
    await expect(pull(null, { timeoutSeconds: 2 })).rejects.toMatchObject({ fault: 'transient' });
  });

  it('ends within one page when aborted', async () => {
    const abort = new AbortController();
    const source = await open();
    const reading = source.pull['maal']?.({ after: null, signal: abort.signal })[
      Symbol.asyncIterator
    ]() as AsyncIterator<unknown>;
    await reading.next();
    abort.abort();
    await expect(reading.next()).rejects.toMatchObject({ code: 'run/cancelled' });
  });

  it('is refused without any credentials, and marks secrets', () => {
    const given = { transport: 'sftp', host: 'h', username: 'u', hostKeySha256: stub.hostKeySha256, folder: '/' };
    const bare = sensumSettings(given);
    expect(files.config.safeParse(bare).success).toBe(false);
    expect(files.config.safeParse({ ...bare, password: 'x', hostKeySha256: 'none' }).success).toBe(false);
    expect(files.hosts(files.config.parse({ ...bare, password: 'x' }))).toEqual(['h:22']);
  });
});
