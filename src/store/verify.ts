// Proof of the access log: walks the chain in constant memory and reports every entry altered, removed or inserted.
// Retention's cut is accepted only at the signed anchor; a cut tail shows against the signed head, or against a link
// that somebody noted down earlier (`expect`), or that the file outside the database holds (`outside`).
import type { AnchorFile } from './anchor-file.ts';
import type { KeyRing } from './crypto.ts';
import { type Db, type Pool, transaction } from './db.ts';
import { beforeFirst, type Link, readMark } from './log-anchor.ts';
import { canonicalText, entryColumns, entryMac, type StoredEntry, sealHash } from './log-entry.ts';
import { type SealStatus, sealStatus } from './seal.ts';

export type Finding =
  /** The entry or its seal differs from what was sealed. */
  | { readonly type: 'altered'; readonly number?: number; readonly entry?: string }
  /** Sealed once, gone now (one entry, or a range of the chain). */
  | { readonly type: 'removed'; readonly number?: number; readonly to?: number; readonly entry?: string }
  /** Never written by the hub: no valid keyed hash, or outside both chain and queue. */
  | { readonly type: 'inserted'; readonly number?: number; readonly entry: string }
  /** Head or anchor is missing, or not signed with this hub's key. */
  | { readonly type: 'forged'; readonly mark: 'head' | 'anchor' }
  /** A line of the anchor file is not signed with this hub's key, or does not follow the one before. */
  | { readonly type: 'forged'; readonly mark: 'file'; readonly line: number };

export interface Verification extends SealStatus {
  readonly ok: boolean;
  /** At most `maxFindings`; `more` says that there were others. */
  readonly findings: readonly Finding[];
  readonly more: boolean;
  /** The chain's end: note it down, and give it as `expect` next time. */
  readonly head: { readonly number: number; readonly hash: string };
}

type Row = { [K in keyof StoredEntry]: StoredEntry[K] | null } & {
  readonly number: number;
  readonly entry_id: string;
  readonly hash: Buffer;
  readonly mac: Buffer | null;
};

const pageSize = 2_000;

interface Walk {
  /** Possible hashes of the link before: as stored and as computed, so that one false link is one finding. */
  readonly previous: readonly Buffer[];
  readonly number: number;
}

const checkLink = (keys: KeyRing, row: Row, walk: Walk, report: (finding: Finding) => void): Walk => {
  const gap = row.number !== walk.number + 1;
  if (gap) report({ type: 'removed', number: walk.number + 1, to: row.number - 1 });
  if (row.id === null) {
    report({ type: 'removed', number: row.number, entry: row.entry_id });
    return { previous: [row.hash], number: row.number };
  }
  const canonical = canonicalText(row as StoredEntry);
  const mac = row.mac ?? Buffer.alloc(0);
  const computed = walk.previous.map((previous) => sealHash(keys, previous, row.number, mac, canonical));
  // Behind a gap nothing is known of the link before; the entry itself must still be one of ours.
  const chained = gap || computed.some((hash) => hash.equals(row.hash));
  const genuine = mac.equals(entryMac(keys, canonical));
  if (!genuine) report({ type: chained && !gap ? 'inserted' : 'altered', number: row.number, entry: row.entry_id });
  else if (!chained) report({ type: 'altered', number: row.number, entry: row.entry_id });
  return { previous: chained ? [row.hash] : [row.hash, ...computed], number: row.number };
};

async function* chainRows(db: Db, after: number): AsyncGenerator<Row> {
  for (let last = after; ; ) {
    const { rows } = await db.query<Row>(
      `select s.number, s.entry_id, s.hash, e.mac, ${entryColumns}
       from log_seal s left join access_log e on e.id = s.entry_id where s.number > $1 order by s.number limit $2`,
      [last, pageSize],
    );
    yield* rows;
    const end = rows.at(-1);
    if (end === undefined) return;
    last = end.number;
  }
}

/** Entries outside the chain: waiting ones must carry a valid keyed hash, others must not exist. */
async function* unchained(db: Db, anchor: number): AsyncGenerator<StoredEntry & { mac: Buffer; waiting: boolean }> {
  for (let last = '00000000-0000-0000-0000-000000000000'; ; ) {
    const { rows } = await db.query<StoredEntry & { mac: Buffer; waiting: boolean }>(
      `select e.mac, exists (select from log_unsealed q where q.entry_id = e.id) as waiting, ${entryColumns}
       from access_log e where e.id > $1 and not exists (select from log_seal s where s.entry_id = e.id and s.number > $3)
       order by e.id limit $2`,
      [last, pageSize, anchor],
    );
    yield* rows;
    const end = rows.at(-1);
    if (end === undefined) return;
    last = end.id;
  }
}

const markOr = async (
  db: Db,
  keys: KeyRing,
  mark: 'head' | 'anchor',
  report: (finding: Finding) => void,
): Promise<Link> => {
  const found = await readMark(db, keys, mark);
  if (found === 'forged') report({ type: 'forged', mark });
  return typeof found === 'object' ? found : beforeFirst;
};

export interface VerifyOptions {
  /** A link noted down earlier; the chain must still contain it. */
  readonly expect?: Link;
  /** What the file outside the database says of the chain. */
  readonly outside?: AnchorFile;
  /** How long entries are kept: what is younger must not have been cut. */
  readonly keepMs?: number;
  readonly maxFindings?: number;
  /** Told now and then: so many links have been followed. */
  readonly progress?: (links: number) => void;
  /** Breaks it off. */
  readonly signal?: AbortSignal;
}

/** Retention takes what is old: a beginning cut behind a line about a young entry was cut by somebody else. */
const checkCut = (anchor: Link, options: VerifyOptions, report: (finding: Finding) => void): void => {
  const keptSince = Date.now() - (options.keepMs ?? 0);
  for (const line of options.outside?.lines ?? []) {
    if (line.number > anchor.number) break;
    const young = options.keepMs !== undefined && line.entryAt !== null && Date.parse(line.entryAt) > keptSince;
    if (young) report({ type: 'removed', number: line.number });
    if (line.number === anchor.number && line.hash !== anchor.hash.toString('hex'))
      report({ type: 'altered', number: line.number });
  }
};

const walkLog = async (db: Db, keys: KeyRing, options: VerifyOptions): Promise<Verification> => {
  const findings: Finding[] = [];
  let more = false;
  const report = (finding: Finding): void => {
    if (findings.length < (options.maxFindings ?? 1_000)) findings.push(finding);
    else more = true;
  };
  const anchor = await markOr(db, keys, 'anchor', report);
  const head = await markOr(db, keys, 'head', report);
  for (const line of options.outside?.forged ?? []) report({ type: 'forged', mark: 'file', line });
  checkCut(anchor, options, report);
  const expected = new Map(options.outside?.lines.map(({ number, hash }) => [number, hash]));
  if (options.expect !== undefined) expected.set(options.expect.number, options.expect.hash.toString('hex'));
  let walk: Walk = { previous: [anchor.hash], number: anchor.number };
  let end: Link = anchor;
  let links = 0;
  for await (const row of chainRows(db, anchor.number)) {
    links += 1;
    if (links % pageSize === 0) {
      options.signal?.throwIfAborted();
      options.progress?.(links);
    }
    walk = checkLink(keys, row, walk, report);
    end = { number: row.number, hash: row.hash };
    const noted = expected.get(row.number);
    if (noted !== undefined && noted !== row.hash.toString('hex'))
      report({ type: 'altered', number: row.number, entry: row.entry_id });
  }
  const known = [...expected.keys()].reduce((most, number) => Math.max(most, number), head.number);
  if (known > end.number) report({ type: 'removed', number: end.number + 1, to: known });
  else if (head.number < end.number || !head.hash.equals(end.hash)) report({ type: 'forged', mark: 'head' });
  options.progress?.(links);
  for await (const entry of unchained(db, anchor.number)) {
    options.signal?.throwIfAborted();
    const genuine = entry.mac.equals(entryMac(keys, canonicalText(entry)));
    if (!entry.waiting) report({ type: 'inserted', entry: entry.id });
    else if (!genuine) report({ type: 'altered', entry: entry.id });
  }
  const { rows: lost } = await db.query<{ entry: string }>(
    `select q.entry_id as entry from log_unsealed q where not exists (select from access_log e where e.id = q.entry_id) limit 1000`,
  );
  for (const { entry } of lost) report({ type: 'removed', entry });
  const status = await sealStatus(db);
  return {
    ...status,
    ok: findings.length === 0,
    findings,
    more,
    head: { number: end.number, hash: end.hash.toString('hex') },
  };
};

/** Verifies the whole log as it is at one instant, while writers and the sealer go on. */
export const verifyLog = async (pool: Pool, keys: KeyRing, options: VerifyOptions = {}): Promise<Verification> =>
  transaction(pool, async (tx) => {
    await tx.query('set transaction isolation level repeatable read read only');
    return walkLog(tx, keys, options);
  });
