// An invented fagsystem: support persons, as a fixed nightly CSV file. One night a column is called something else.
import { mkdir, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Support {
  readonly number: string;
  /** Without its leading zero where it has one, as a spreadsheet leaves it. */
  readonly cpr: string;
  readonly service: string;
  /** Hours a week with a decimal comma. */
  readonly hours: string;
  /** dd/MM/yyyy */
  readonly from: string;
  readonly to: string;
  readonly person: string;
}

const quoted = (text: string): string => (/[;"\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Writes `Støttepersoner_<stamp>.csv` in Windows-1252, `;` between fields, as the night of that stamp wrote it. */
export const dropStoette = async (
  folder: string,
  rows: readonly Support[],
  options: { readonly stamp: string; readonly renamed?: boolean; readonly at?: Date },
): Promise<string> => {
  await mkdir(folder, { recursive: true });
  const head = [
    'Løbenr',
    options.renamed === true ? 'CPR-nummer' : 'Personnr',
    'Ydelse',
    'Timer pr. uge',
    'Fra',
    'Til',
    'Støtteperson',
  ];
  const lines = rows.map((row) => [row.number, row.cpr, row.service, row.hours, row.from, row.to, row.person]);
  const text = [head, ...lines].map((fields) => fields.map(quoted).join(';')).join('\r\n');
  const path = join(folder, `Støttepersoner_${options.stamp}.csv`);
  await writeFile(`${path}.part`, Buffer.from(`${text}\r\n`, 'latin1'));
  await rename(`${path}.part`, path);
  if (options.at !== undefined) await utimes(path, options.at, options.at);
  return path;
};
