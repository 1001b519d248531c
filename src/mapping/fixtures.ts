// Recorded source records: `<folder>/<kind>.jsonl`, or `<folder>/<system>/<kind>.jsonl`, one `{"key", "body"}` per line.
// What is wrong with a line is told by its file and number, never by its text.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { HubError } from '../errors.ts';

export interface Fixture {
  readonly key: string;
  readonly body: unknown;
}
/** By source kind. */
export type Fixtures = ReadonlyMap<string, readonly Fixture[]>;

const fixtureLine = z.object({ key: z.string(), body: z.unknown() });

const wrong = (message: string, hint: string, cause?: unknown): HubError =>
  new HubError({ code: 'config/invalid', fault: 'config', message, hint, cause });

const howTo = 'Each line is one record: {"key": "…", "body": {…}}. `samspil source record` writes such files.';

const readLine = (line: string, place: string): Fixture => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw wrong(`${place}: not valid JSON.`, howTo, cause);
  }
  const parsed = fixtureLine.safeParse(value);
  if (!parsed.success) throw wrong(`${place}: not a recorded record.`, howTo);
  return { key: parsed.data.key, body: parsed.data.body };
};

const readKind = (path: string): readonly Fixture[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line, at) => (line.trim() === '' ? [] : [readLine(line, `${path}:${at + 1}`)]));

/** The records of one system. @throws HubError `config/invalid` when there is no folder, or none of its files is ours. */
export const readFixtures = (folder: string, system: string): Fixtures => {
  const own = join(folder, system);
  const from = existsSync(own) ? own : folder;
  if (!existsSync(from)) throw wrong(`${folder}: there is no such folder.`, howTo);
  const names = readdirSync(from)
    .filter((name) => name.endsWith('.jsonl'))
    .sort();
  if (names.length === 0) throw wrong(`${from}: there are no recorded records (<kind>.jsonl).`, howTo);
  return new Map(names.map((name) => [name.slice(0, -'.jsonl'.length), readKind(join(from, name))]));
};
