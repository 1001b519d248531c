// Deliveries of an invented system for the conformance suite: XML and JSON lines that hold everything, CSV that holds
// what changed.
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { files } from '../../adapters/files/index.ts';
import type { Harness } from '../adapter.ts';

const canaries = { cpr: '1203701237', name: 'Kanariefugl', note: 'Hemmelig aftale' };
const count = 2_300;

const caseOf = (i: number): string =>
  `<Sag><SagId>s${i}</SagId><Borger><Cpr>${canaries.cpr}</Cpr><Navn>${canaries.name}</Navn></Borger></Sag>`;
const noteOf = (i: number): string => JSON.stringify({ id: i, sag: `s${i}`, tekst: canaries.note });
const changeOf = (i: number): string => `${i};ny;"${canaries.note}; ${i}"`;

const kinds = {
  sag: { pattern: 'sager*.xml', format: 'xml', record: 'Eksport/Sag', keyColumns: ['SagId'] },
  notat: { pattern: 'notater*.jsonl', format: 'jsonl', keyColumns: ['id'], after: ['sag'] },
  aftale: {
    pattern: 'aftaler*.csv',
    delivery: 'delta',
    keyColumns: ['nr'],
    fields: ['nr', 'handling', 'tekst'],
    deleted: { column: 'handling', in: ['slettet'] },
  },
};

const prepare = async (): Promise<Harness> => {
  const folder = await mkdtemp(join(tmpdir(), 'formats-'));
  let minutes = 0;
  const write = async (name: string, content: string): Promise<void> => {
    minutes += 1;
    const time = new Date(Date.now() - 7_200_000 + minutes * 60_000);
    await writeFile(join(folder, name), content);
    await utimes(join(folder, name), time, time);
  };
  const every = <T>(from: number, make: (index: number) => T): T[] =>
    Array.from({ length: count - from }, (_, index) => make(index + from));
  const writers: Record<keyof typeof kinds, (from: number) => Promise<void>> = {
    sag: (from) => write(`sager${from}.xml`, `<Eksport>${every(from, caseOf).join('')}</Eksport>`),
    notat: (from) => write(`notater${from}.jsonl`, `${every(from, noteOf).join('\n')}\n`),
    aftale: (from) =>
      write(
        `aftaler${from}.csv`,
        from === 0 ? `nr;handling;tekst\n${every(0, changeOf).join('\n')}\n` : 'nr;handling;tekst\n0;slettet;\n',
      ),
  };
  for (const writer of Object.values(writers)) await writer(0);
  const clear = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const config = { transport: 'folder', folder, settleSeconds: '0', kinds };
  const wrong = (kind: object) => ({ ...config, kinds: { ...kinds, sag: { ...kinds.sag, ...kind } } });
  return {
    config,
    badConfigs: [
      { config: wrong({ record: undefined }), path: 'kinds.sag.record' },
      { config: wrong({ keyColumns: [] }), path: 'kinds.sag.keyColumns' },
      { config: wrong({ deleted: { column: 'x', in: ['y'] } }), path: 'kinds.sag.deleted' },
      { config: wrong({ separator: ';' }), path: 'kinds.sag.separator' },
    ],
    expected: { sag: count, notat: count, aftale: count },
    canaries: Object.values(canaries),
    remove: async (kind) => {
      await writers[kind as keyof typeof kinds](1);
      return { sag: 's0', notat: '0', aftale: '0' }[kind];
    },
    urls: () => [],
    stop: clear,
    close: clear,
  };
};

export const fromFormats = { adapter: files, start: prepare };
