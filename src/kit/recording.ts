// A folder of recorded fixtures: `<kind>.jsonl` for mappings, `http.json` for playing the source back, `recording.json`
// for what is needed to do so. Scrubbed in memory; nothing of anybody is ever written, and never over other files.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { RawRecord } from '../adapter/contract.ts';
import { HubError } from '../errors.ts';
import type { Exchange } from './traffic.ts';

const recordingFile = z.strictObject({
  source: z.string(),
  adapter: z.string(),
  /** Folder of its mappings. */
  mappings: z.string(),
  recordedAt: z.iso.datetime(),
  kinds: z.array(z.string()),
  limit: z.number(),
  /** Scrubbed, for kinds that are asked for citizen by citizen. */
  citizens: z.array(z.string()),
  /** The source's own `config`, without its secrets. */
  config: z.record(z.string(), z.unknown()),
});
export type RecordingHead = z.infer<typeof recordingFile>;

export interface Recording {
  readonly head: RecordingHead;
  /** Empty for sources that are no HTTP. */
  readonly http: readonly Exchange[];
  readonly kinds: ReadonlyMap<string, readonly RawRecord[]>;
}

const refuse = (message: string, hint: string, cause?: unknown): HubError =>
  new HubError({ code: 'config/invalid', fault: 'config', message, hint, cause });

/** An empty folder, or one that is made. @throws HubError before anything is asked of the source */
export const requireEmptyFolder = (folder: string): void => {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw refuse(`${folder} is not empty.`, 'Name a new folder: a recording is never written over another one.');
};

/** As nock reads it (`nock.define`): headers as names and values in one list. */
const toNock = ({ responseHeaders, ...exchange }: Exchange): object => ({
  ...exchange,
  rawHeaders: Object.entries(responseHeaders).flat(),
});
const fromNock = ({
  rawHeaders,
  ...exchange
}: Omit<Exchange, 'responseHeaders'> & { rawHeaders: string[] }): Exchange => ({
  ...exchange,
  responseHeaders: Object.fromEntries(
    rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? '']] : [])),
  ),
});

const linesOf = (records: readonly RawRecord[]): string =>
  records.map(({ key, body }) => `${JSON.stringify({ key, body })}\n`).join('');

/** @param left finds what must not be there; a last look at every text before it is written */
export const writeRecording = (folder: string, recording: Recording, left: (text: string) => boolean): void => {
  const files = new Map<string, string>([
    ['recording.json', `${JSON.stringify(recording.head, null, 2)}\n`],
    ...[...recording.kinds].map(([kind, records]): [string, string] => [`${kind}.jsonl`, linesOf(records)]),
  ]);
  if (recording.http.length > 0) files.set('http.json', `${JSON.stringify(recording.http.map(toNock), null, 1)}\n`);
  for (const [name, text] of files)
    if (left(text))
      throw new HubError({
        code: 'bug/unexpected',
        fault: 'bug',
        message: `Something of a person or a secret would have been left in ${name}; nothing was written.`,
        hint: 'Please report it with the shape of the record, not the record.',
      });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(folder, name), text, { flag: 'wx' });
};

const readJson = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw refuse(`${path}: cannot be read as JSON.`, 'Is this the folder that `samspil source record` wrote?', cause);
  }
};

export const readRecording = (folder: string): Recording => {
  const parsed = recordingFile.safeParse(readJson(join(folder, 'recording.json')));
  if (!parsed.success) throw refuse(`${folder}/recording.json is not one of ours.`, 'Record the source again.');
  const http = join(folder, 'http.json');
  const head = parsed.data;
  return {
    head,
    http: existsSync(http) ? (readJson(http) as Parameters<typeof fromNock>[0][]).map(fromNock) : [],
    kinds: new Map(
      head.kinds.map((kind) => [
        kind,
        readFileSync(join(folder, `${kind}.jsonl`), 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as RawRecord),
      ]),
    ),
  };
};
