// The marks of the canary: a number, a name and a text that occur nowhere else, for somebody enrolled and for somebody
// who is not, and the search for them in any form they could have been written down in.
import { execFile } from 'node:child_process';
import type { Pool } from '../../src/store/db.ts';

export const enrolled = {
  cpr: '0703771234',
  given: 'Kanariefugla',
  family: 'Xylofonsen',
  text: 'kanarietekst',
} as const;
export const stranger = {
  cpr: '0804781234',
  given: 'Fremmedfugla',
  family: 'Marimbasen',
  text: 'fremmedtekst',
} as const;

const formsOf = (text: string): readonly string[] => [
  text.toLowerCase(),
  Buffer.from(text, 'utf8').toString('hex'),
  Buffer.from(text, 'utf8').toString('base64').slice(0, -3).toLowerCase(),
];
const numberForms = (cpr: string): readonly string[] => [
  ...formsOf(cpr),
  cpr.slice(1),
  `${cpr.slice(0, 6)}-${cpr.slice(6)}`,
];

export type Mark = 'number' | 'name' | 'text';
const forms: Readonly<Record<Mark, readonly string[]>> = {
  number: [...numberForms(enrolled.cpr), ...numberForms(stranger.cpr)],
  name: [enrolled.given, enrolled.family, stranger.given, stranger.family].flatMap(formsOf),
  text: [enrolled.text, stranger.text].flatMap(formsOf),
};

/** Which marks a text holds. */
export const marksIn = (text: string): readonly Mark[] => {
  const lower = text.toLowerCase();
  return (Object.keys(forms) as Mark[]).filter((mark) => forms[mark].some((form) => lower.includes(form)));
};

export interface Sighting {
  readonly place: string;
  readonly marks: readonly Mark[];
  readonly excerpt: string;
}

export const look = (place: string, text: string): readonly Sighting[] => {
  const marks = marksIn(text);
  return marks.length === 0 ? [] : [{ place, marks, excerpt: text.slice(0, 600) }];
};

/** Every row of every table of every schema of the hub, as text. @returns sightings, and the tables searched with their rows. */
export const searchDatabase = async (
  pool: Pool,
): Promise<{ readonly sightings: readonly Sighting[]; readonly searched: ReadonlyMap<string, number> }> => {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_' order by 1`,
  );
  const sightings: Sighting[] = [];
  const searched = new Map<string, number>();
  for (const { name } of tables) {
    const { rows } = await pool.query<{ line: string }>(`select t::text as line from ${name} t`);
    searched.set(name, rows.length);
    for (const { line } of rows) sightings.push(...look(name, line));
  }
  return { sightings, searched };
};

/** What may stand in no file as bytes. */
export const secretBytes = [
  ...numberForms(enrolled.cpr),
  ...numberForms(stranger.cpr),
  enrolled.family,
  stranger.family,
  stranger.text,
];

/** Files below a folder that hold one of these as bytes. */
export const searchDisk = (folder: string, wanted: readonly string[]): Promise<readonly string[]> => {
  const patterns = wanted.flatMap((form) => ['-e', form]);
  return new Promise((resolve, reject) => {
    // 1: nothing found.
    execFile('grep', ['-rlaF', ...patterns, folder], { maxBuffer: 1e7 }, (error, stdout) =>
      error !== null && error.code !== 1 ? reject(error) : resolve(stdout.split('\n').filter((line) => line !== '')),
    );
  });
};
