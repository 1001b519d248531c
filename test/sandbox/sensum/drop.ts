// Writes a delivery the way the vendor's nightly job does: one CSV per type with a date in its name, `;`, CRLF, CPR
// without its leading zero, and the final name only once the file is whole.
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type SensumData, type SensumKind, sensumColumns } from './data.ts';

const fileStems = {
  borger: 'Borger',
  sag: 'Sager',
  indsats: 'Indsatser',
  maal: 'Mål',
  delmaal: 'Delmål',
  ydelse: 'Ydelse',
  aktivitet: 'SagsAktiviteter',
} as const satisfies Record<SensumKind, string>;

export const sensumFileName = (kind: SensumKind, stamp: string): string => `${fileStems[kind]}_${stamp}.csv`;

export interface DropOptions {
  /** In the file names: `20261121`. Default: today. */
  readonly stamp?: string;
  /** Default: all. */
  readonly kinds?: readonly SensumKind[];
  /** Sets the files' time, for instance to long ago so that no reader waits for them to settle. Default: now. */
  readonly modified?: Date;
  /** Removes earlier files of the types written. Default false. */
  readonly replace?: boolean;
  readonly encoding?: 'utf8' | 'latin1';
  readonly bom?: boolean;
}

const cellText = (value: string): string => (/[";\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

const line = (kind: SensumKind, row: Readonly<Record<string, string | undefined>>): string =>
  sensumColumns[kind]
    .map((column) => {
      const value = row[column] ?? '';
      return cellText(column === 'CPR' ? value.replace(/^0/, '') : value);
    })
    .join(';');

const BLOCK = 500;

function* blocks(kind: SensumKind, rows: Iterable<object>, options: DropOptions): Generator<Buffer> {
  const encode = (text: string): Buffer => Buffer.from(text, options.encoding ?? 'utf8');
  yield encode(`${options.bom === true ? '\ufeff' : ''}${sensumColumns[kind].join(';')}\r\n`);
  let text = '';
  let count = 0;
  for (const row of rows) {
    text += `${line(kind, row as Record<string, string | undefined>)}\r\n`;
    count += 1;
    if (count % BLOCK !== 0) continue;
    yield encode(text);
    text = '';
  }
  if (text !== '') yield encode(text);
}

const today = (): string => new Date().toISOString().slice(0, 10).replaceAll('-', '');

/** Writes one site's delivery into `folder` (made if missing). @returns the paths written, by type */
export const writeSensumDrop = async (
  folder: string,
  data: Partial<SensumData>,
  options: DropOptions = {},
): Promise<Partial<Record<SensumKind, string>>> => {
  await mkdir(folder, { recursive: true });
  const written: Partial<Record<SensumKind, string>> = {};
  for (const kind of options.kinds ?? (Object.keys(fileStems) as SensumKind[])) {
    const rows = data[kind];
    if (rows === undefined) continue;
    const name = sensumFileName(kind, options.stamp ?? today());
    const path = join(folder, name);
    const unfinished = `${path}.uploading`;
    await pipeline(Readable.from(blocks(kind, rows, options)), createWriteStream(unfinished));
    if (options.modified !== undefined) await utimes(unfinished, options.modified, options.modified);
    await rename(unfinished, path);
    written[kind] = path;
    if (options.replace !== true) continue;
    for (const other of await readdir(folder))
      if (other !== name && other.startsWith(`${fileStems[kind]}_`)) await rm(join(folder, other));
  }
  return written;
};
