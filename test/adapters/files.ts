// Deliveries for the conformance suite: seven files in two site folders, served from disk or over SFTP.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { files } from '../../adapters/files/index.ts';
import type { Harness } from '../adapter.ts';
import type { SensumData, SensumKind, SensumRow } from '../sandbox/sensum/data.ts';
import { writeSensumDrop } from '../sandbox/sensum/drop.ts';
import { sensumSettings } from '../sandbox/sensum/settings.ts';
import { startSensumSftp } from '../sandbox/sensum/sftp.ts';

const canaries = { cpr: '203701237', name: 'Kanariefugl', note: 'Hemmelig aftale' };

const list = <T>(length: number, make: (index: number) => T): T[] => Array.from({ length }, (_, index) => make(index));

const rows = (site: string): { [K in SensumKind]: SensumRow<K>[] } => ({
  borger: list(3, (i) => ({
    BorgerId: `${site}${i}`,
    CPR: `0${canaries.cpr}`,
    Fornavn: 'Åse',
    Efternavn: canaries.name,
  })),
  sag: list(4, (i) => ({ SagId: `${site}${i}`, BorgerId: `${site}${i % 3}`, SagNavn: canaries.note })),
  indsats: list(2_300, (i) => ({
    IndsatsId: `${site}${i}`,
    SagId: `${site}1`,
    VigtigeNotater: `${canaries.note};\n"${i}"`,
  })),
  maal: list(3, (i) => ({ MålId: `${site}${i}`, BorgerId: `${site}${i}`, MålNavn: 'Gå en tur hver dag' })),
  // Every third has the same goal and name as one before it.
  delmaal: list(9, (i) => ({ MålId: `${site}${i % 3}`, DelmålNavn: `Trin ${i % 2}`, StartDato: `0${i + 1}-01-2026` })),
  ydelse: list(3, (i) => ({ YdelseId: `${site}${i}`, BorgerId: `${site}0`, YdelseNavn: 'Bostøtte' })),
  aktivitet: list(3, (i) => ({ SagAktivitetId: `${site}${i}`, SagId: `${site}0`, AktivitetNavn: 'Samtale' })),
});

const hour = 3_600_000;

/** A drop on disk that can lose a record of a kind with the next delivery. */
const prepare = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'drop-'));
  const [north, south] = [rows('n'), rows('s')];
  await writeSensumDrop(join(folder, 'nord'), north, { stamp: '20261120', modified: new Date(Date.now() - 2 * hour) });
  await writeSensumDrop(join(folder, 'syd'), south, {
    stamp: '20261120',
    modified: new Date(Date.now() - 2 * hour),
    encoding: 'utf8',
    bom: true,
  });
  const expected = Object.fromEntries(Object.entries(north).map(([kind, own]) => [kind, own.length * 2]));
  const remove = async (kind: string): Promise<string | undefined> => {
    const own = kind as SensumKind;
    const key = own === 'delmaal' ? undefined : Object.values(north[own][0] ?? {})[0];
    const rest: Partial<SensumData> = { ...north, [own]: north[own].slice(1) };
    await writeSensumDrop(join(folder, 'nord'), rest, {
      stamp: '20261121',
      kinds: [own],
      modified: new Date(Date.now() - hour),
    });
    return key;
  };
  const clear = () => rm(folder, { recursive: true, force: true });
  return { folder, expected, remove, clear, canaries: Object.values(canaries), urls: () => [] };
};

export const fromFolder = {
  adapter: files,
  start: async (): Promise<Harness> => {
    const drop = await prepare();
    const config = sensumSettings({ transport: 'folder', folder: drop.folder, settleSeconds: '0' });
    return {
      ...drop,
      config,
      badConfigs: [
        { config: { ...config, folder: '' }, path: 'folder' },
        { config: { ...config, transport: 'ftp' }, path: 'transport' },
        { config: sensumSettings({ ...config, kinds: { sag: { encoding: 'utf-16' } } }), path: 'kinds.sag.encoding' },
        { config: { ...config, kinds: {} }, path: 'kinds' },
        { config: { ...config, settleSeconds: 'soon' }, path: 'settleSeconds' },
      ],
      stop: drop.clear,
      close: drop.clear,
    };
  },
};

export const fromSftp = {
  adapter: files,
  start: async (): Promise<Harness> => {
    const drop = await prepare();
    const stub = await startSensumSftp({ folder: drop.folder });
    const { port, username, password, hostKeySha256 } = stub;
    const config = sensumSettings({
      transport: 'sftp',
      host: '127.0.0.1',
      port: `${port}`,
      username,
      password,
      hostKeySha256,
      folder: '/',
      settleSeconds: '0',
    });
    return {
      ...drop,
      canaries: [...drop.canaries, password],
      config,
      badConfigs: [
        { config: { ...config, port: '0' }, path: 'port' },
        { config: { ...config, hostKeySha256: 'anything' }, path: 'hostKeySha256' },
      ],
      stop: stub.close,
      close: async () => {
        await stub.close();
        await drop.clear();
      },
    };
  },
};
