// An inbox with more threads than a page holds, as the conformance suite wants it: dropped in a folder, or on an SFTP
// server that lets files be moved.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fhirInbox } from '../../adapters/fhir-inbox/index.ts';
import { memoryInbox } from '../../adapters/fhir-inbox/look.ts';
import type { Harness } from '../adapter.ts';
import { id, kommune, ward } from '../inbox/threads.ts';
import { bundleOf, type Correspondence, type Stay } from '../sandbox/fhir-inbox/bundle.ts';
import { startSensumSftp } from '../sandbox/sensum/sftp.ts';

const canaries = ['0103881234', 'Kanariansen', 'Hemmelig korrespondance'] as const;
const citizen = { cpr: canaries[0], given: ['Kaja'], family: canaries[1] };
/** More than a page in the folder; over SFTP every file is several round trips. */
const many = { folder: 230, sftp: 25 } as const;
const talks = 12;

const stayOf = (n: number): Stay => ({
  kind: 'stay',
  episode: id(10_000 + n),
  citizen,
  receiver: kommune,
  notes: [
    {
      id: id(20_000 + n),
      activity: 'admit-inpatient',
      at: '2026-10-01T12:00:00Z',
      status: 'in-progress',
      start: '2026-10-01T12:00:00Z',
      ward,
    },
    {
      id: id(30_000 + n),
      activity: 'cancel-admit-inpatient',
      at: '2026-10-02T12:00:00Z',
      previous: id(20_000 + n),
      role: 'removal',
      status: 'entered-in-error',
      start: '2026-10-01T12:00:00Z',
      ward,
    },
  ],
});
const talkOf = (n: number): Correspondence => {
  const note = { from: ward, to: kommune, category: 'discharge', topic: canaries[2], text: canaries[2] };
  return {
    kind: 'care',
    identifier: id(40_000 + n),
    citizen,
    notes: [
      { ...note, id: id(50_000 + n), activity: 'new-message', at: '2026-10-01T12:00:00Z' },
      {
        ...note,
        id: id(60_000 + n),
        activity: 'retract-message',
        at: '2026-10-02T12:00:00Z',
        previous: id(50_000 + n),
        role: 'removal',
      },
    ],
  };
};

const prepare = async (stays: number) => {
  const folder = await mkdtemp(join(tmpdir(), 'samspil-inbox-'));
  const drop = (name: string, bundle: object): Promise<void> =>
    writeFile(join(folder, `${name}.json`), JSON.stringify(bundle));
  for (let n = 0; n < stays; n += 1) await drop(`stay-${n}`, bundleOf(stayOf(n), 0));
  for (let n = 0; n < talks; n += 1) await drop(`talk-${n}`, bundleOf(talkOf(n), 0));
  await writeFile(join(folder, 'unknown.json'), `{"resourceType":"Bundle","type":"message","id":"${canaries[1]}"}`);
  return {
    folder,
    inbox: memoryInbox(),
    expected: { hospitalStay: stays, careCommunication: talks },
    canaries,
    ahead: { hospitalStay: { position: 1e12 }, careCommunication: { position: 1e12 } },
    /** It is the source that withdraws: with one more message. */
    remove: async (kind: string): Promise<string> => {
      await drop('last', kind === 'hospitalStay' ? bundleOf(stayOf(3), 1) : bundleOf(talkOf(3), 1));
      return id((kind === 'hospitalStay' ? 10_000 : 40_000) + 3);
    },
    urls: () => [],
    clear: () => rm(folder, { recursive: true, force: true }),
  };
};

export const fromFolder = {
  adapter: fhirInbox,
  start: async (): Promise<Harness> => {
    const place = await prepare(many.folder);
    const config = { transport: 'folder', folder: place.folder, settleSeconds: '0' };
    return {
      ...place,
      config,
      badConfigs: [
        { config: { ...config, folder: '' }, path: 'folder' },
        { config: { ...config, transport: 'ftp' }, path: 'transport' },
        { config: { ...config, after: 'leave' }, path: 'acknowledge' },
        { config: { ...config, done: '../elsewhere' }, path: 'done' },
        { config: { ...config, settleSeconds: 'soon' }, path: 'settleSeconds' },
      ],
      stop: place.clear,
      close: place.clear,
    };
  },
};

export const fromSftp = {
  adapter: fhirInbox,
  start: async (): Promise<Harness> => {
    const place = await prepare(many.sftp);
    const stub = await startSensumSftp({ folder: place.folder, writable: true });
    const { port, username, password, hostKeySha256 } = stub;
    const config = {
      transport: 'sftp',
      host: '127.0.0.1',
      port: `${port}`,
      username,
      password,
      hostKeySha256,
      folder: '/',
      settleSeconds: '0',
    };
    return {
      ...place,
      canaries: [...place.canaries, password],
      config,
      badConfigs: [
        { config: { ...config, port: '0' }, path: 'port' },
        { config: { ...config, hostKeySha256: 'anything' }, path: 'hostKeySha256' },
      ],
      stop: stub.close,
      close: async () => {
        await stub.close();
        await place.clear();
      },
    };
  },
};
