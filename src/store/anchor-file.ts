// A file outside the database that says, line by line, how far the chain had come and with which hash. Lines are only ever
// added, each signed and naming the one before: who rewrites the database, even with the hub's own key, must rewrite the
// file too.
import { timingSafeEqual } from 'node:crypto';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { HubError } from '../errors.ts';
import type { KeyRing } from './crypto.ts';
import { type Db, type Pool, transaction } from './db.ts';
import { readMark } from './log-anchor.ts';

const anchorLine = z.object({
  number: z.int().positive(),
  hash: z.hex().length(64),
  /** When the entry of that number was written; null when it was gone before it was sealed. */
  entryAt: z.iso.datetime().nullable(),
  at: z.iso.datetime(),
  /** The signature of the line before; empty in the first. */
  before: z.string(),
  signature: z.hex().length(64),
});
export type AnchorLine = z.infer<typeof anchorLine>;

const sign = (keys: KeyRing, line: Omit<AnchorLine, 'signature'>): string =>
  keys
    .hash('log', `anchor line ${JSON.stringify([line.number, line.hash, line.entryAt, line.at, line.before])}`)
    .toString('hex');

const parse = (text: string): AnchorLine | undefined => {
  try {
    return anchorLine.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

const unusable = (cause: unknown): HubError =>
  new HubError({
    code: 'config/invalid',
    fault: 'config',
    message: 'The anchor file of the access log cannot be used.',
    hint: 'Check `log.anchorFile`: the account the hub runs as must be able to read it and add to it.',
    cause,
  });

export interface AnchorFile {
  readonly lines: readonly AnchorLine[];
  /** Line numbers that are not ours, or do not follow the line before. */
  readonly forged: readonly number[];
}

/** Half a line, as a crash may leave it, is passed over: the line after it follows the last whole one. */
export const readAnchorFile = async (path: string, keys: KeyRing): Promise<AnchorFile> => {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw unusable(cause);
  });
  const lines: AnchorLine[] = [];
  const forged: number[] = [];
  for (const [index, one] of text.split('\n').entries()) {
    const line = parse(one);
    if (line === undefined) continue;
    const genuine = timingSafeEqual(Buffer.from(line.signature, 'hex'), Buffer.from(sign(keys, line), 'hex'));
    const last = lines.at(-1);
    const follows = last === undefined || (line.before === last.signature && line.number > last.number);
    if (!genuine || !follows) forged.push(index + 1);
    if (genuine) lines.push(line);
  }
  return { lines, forged };
};

const lastLine = async (file: FileHandle): Promise<AnchorLine | undefined> => {
  const { size } = await file.stat();
  const tail = Buffer.alloc(Math.min(size, 4096));
  await file.read(tail, 0, tail.length, size - tail.length);
  return tail
    .toString('utf8')
    .split('\n')
    .map(parse)
    .findLast((line) => line !== undefined);
};

/** Does the chain still hold what the line says of it? What retention has cut cannot be asked any more. */
const stands = async (tx: Db, keys: KeyRing, line: AnchorLine): Promise<boolean> => {
  const cut = await readMark(tx, keys, 'anchor');
  if (typeof cut === 'object' && line.number <= cut.number) return true;
  const { rows } = await tx.query<{ hash: Buffer }>('select hash from log_seal where number = $1', [line.number]);
  return rows[0]?.hash.toString('hex') === line.hash;
};

/** `broken`: the chain no longer holds what the file says of it. */
export type Anchored = 'added' | 'not-due' | 'broken';

/** Adds a line when the last is `everyMs` old and there is more to say; always looks whether the last still stands. */
export const anchorChain = async (pool: Pool, keys: KeyRing, path: string, everyMs: number): Promise<Anchored> =>
  transaction(pool, async (tx) => {
    const { rows: lock } = await tx.query<{ ok: boolean }>('select pg_try_advisory_xact_lock(7265745) as ok');
    if (lock[0]?.ok !== true) return 'not-due';
    const file = await open(path, 'a+', 0o600).catch((cause: unknown) => {
      throw unusable(cause);
    });
    try {
      const last = await lastLine(file);
      const state = last === undefined || (await stands(tx, keys, last)) ? 'not-due' : 'broken';
      if (last !== undefined && Math.abs(Date.now() - Date.parse(last.at)) < everyMs) return state;
      const { rows } = await tx.query<{ number: number; hash: Buffer; at: Date | null }>(
        `select s.number, s.hash, e.at from log_seal s left join access_log e on e.id = s.entry_id
         order by s.number desc limit 1`,
      );
      const end = rows[0];
      if (end === undefined || end.number <= (last?.number ?? 0)) return state;
      const said = {
        number: end.number,
        hash: end.hash.toString('hex'),
        entryAt: end.at?.toISOString() ?? null,
        at: new Date().toISOString(),
        before: last?.signature ?? '',
      };
      const { size } = await file.stat();
      // After half a line ours begins on its own.
      const begins = size === 0 || (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0] === 10 ? '' : '\n';
      await file.appendFile(`${begins}${JSON.stringify({ ...said, signature: sign(keys, said) })}\n`);
      await file.sync();
      return state === 'broken' ? state : 'added';
    } catch (error) {
      throw (error as { syscall?: unknown }).syscall === undefined ? error : unusable(error);
    } finally {
      await file.close();
    }
  });
