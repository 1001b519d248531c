// One citizen's plan in one round trip: the decision, the texts it shows, links with both ends shown, master data, and
// whether its first fetch has ended. The engine decides; this statement only fetches what it showed, as one text, because
// sixty rows of columns cost more to receive, and sorting them in SQL more than here.
import { hash as digest } from 'node:crypto';
import { HubError } from '../errors.ts';
import { bodyContext, strippedContext } from './bodies.ts';
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';
import type { MasterFields } from './master-data.ts';
import { betweenParts, betweenRecords, planSql } from './plan-sql.ts';

export interface PlanQuestion {
  /** The engine's eleven values of the actor, in its order. */
  readonly actor: readonly unknown[];
  readonly citizen: string;
  /** Only these kinds' records; absent = all. */
  readonly kinds?: readonly string[];
}

/** The shown records of one kind. */
export interface PlanList {
  readonly kind: string;
  readonly ids: readonly string[];
  /** JSON texts joined by commas. */
  readonly texts: string;
  /** Hash of ids, fingerprints of the texts and since when each is stale. */
  readonly hash: string;
}

export interface UsedRule {
  readonly rule: number;
  readonly basis: string | null;
}

export interface Stub {
  readonly domain: string;
  readonly source: string;
  readonly kind: string;
}

/** `syncedAt` null: some kind of the source has never completed. */
export interface SourceRow {
  readonly source: string;
  readonly syncedAt: Date | null;
}

export interface StoredPlan {
  /** Does the reader see any record, also of kinds not asked for? */
  readonly seesSome: boolean;
  /** Was anything hidden, shown as busy only, or shown as existing only? */
  readonly hiddenSome: boolean;
  /** Must master data be shown without what protection covers? Told only when `seesSome`. */
  readonly masterStripped: boolean;
  readonly lists: readonly PlanList[];
  readonly rules: readonly UsedRule[];
  readonly stubs: readonly Stub[];
  /** JSON texts joined by commas. */
  readonly links: string;
  /** The sources' citizen records, to be merged. */
  readonly master: readonly MasterFields[];
  readonly sources: readonly SourceRow[];
  /** Sources whose first fetch of this citizen has not ended. */
  readonly pending: ReadonlySet<string>;
}

interface Row {
  readonly yes: boolean | null;
  readonly hidden: boolean | null;
  readonly strip: boolean | null;
  readonly stubs: string | null;
  readonly records: string | null;
  readonly packed: Buffer | null;
  readonly links: string | null;
  readonly stale: string | null;
  readonly pending: readonly string[];
}

/** A record's text as stored: plain or encrypted, whole or without protected fields. */
export interface StoredText {
  readonly id: string;
  readonly text: string | null;
  readonly cipher: Buffer | null;
  readonly stripped: boolean;
  readonly staleSince: Date | null;
}

/** The text to send: decrypted where needed, with when it went stale. */
export const textOf = (keys: KeyRing, stored: StoredText): string => {
  const context = stored.stripped ? strippedContext(stored.id) : bodyContext(stored.id);
  const text = stored.cipher === null ? (stored.text ?? '') : keys.decrypt(stored.cipher, context);
  return stored.staleSince === null ? text : `${text.slice(0, -1)},"staleSince":"${stored.staleSince.toISOString()}"}`;
};

const headerBytes = 16 + 1 + 4;

const uuidAt = (packed: Buffer, at: number): string => {
  const hex = packed.toString('hex', at, at + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

type Secret = Pick<StoredText, 'cipher' | 'stripped'>;

/** Encrypted texts come as id, stripped?, length, ciphertext. */
const secretsOf = (packed: Buffer | null): ReadonlyMap<string, Secret> => {
  const secrets = new Map<string, Secret>();
  for (let at = 0; packed !== null && at < packed.length; ) {
    const start = at + headerBytes;
    const end = start + packed.readInt32BE(at + 17);
    secrets.set(uuidAt(packed, at), { cipher: packed.subarray(start, end), stripped: packed[at + 16] === 1 });
    at = end;
  }
  return secrets;
};

const staleOf = (said: string | null): ReadonlyMap<string, Date> =>
  new Map(said?.split(',').map((one) => [one.slice(0, 36), new Date(Number(one.slice(37)))]));

interface Shown {
  readonly id: string;
  /** Rule and basis. */
  readonly said: string;
  readonly text: string;
  /** Id, fingerprint of the text and since when it is stale: what a reader's tag is made of. */
  readonly mark: string;
}

const byId = (one: Shown, other: Shown): number => (one.id < other.id ? -1 : 1);

/** The shown records by kind, each kind in order of id. */
const shownOf = (keys: KeyRing, row: Row): ReadonlyMap<string, readonly Shown[]> => {
  const [secrets, stale] = [secretsOf(row.packed), staleOf(row.stale)];
  const plain = { cipher: null, stripped: false };
  const kinds = new Map<string, Shown[]>();
  for (const one of row.records?.split(betweenRecords) ?? []) {
    const [kind = '', id = '', said = '', hash, text = ''] = one.split(betweenParts);
    const staleSince = stale.get(id) ?? null;
    const shown = {
      id,
      said,
      text: textOf(keys, { id, text, staleSince, ...(secrets.get(id) ?? plain) }),
      mark: `${id}${hash}${staleSince?.getTime() ?? ''}`,
    };
    const list = kinds.get(kind);
    if (list === undefined) kinds.set(kind, [shown]);
    else list.push(shown);
  }
  for (const list of kinds.values()) list.sort(byId);
  return kinds;
};

const textsOf = (records: readonly Shown[]): string => records.map((record) => record.text).join();

const listOf = ([kind, records]: readonly [string, readonly Shown[]]): PlanList => ({
  kind,
  ids: records.map((record) => record.id),
  texts: textsOf(records),
  hash: digest('sha256', records.map((record) => record.mark).join(), 'base64'),
});

const rulesOf = (records: readonly Shown[]): readonly UsedRule[] =>
  [...new Set(records.map((record) => record.said))].map((said) => {
    const basis = said.slice(2);
    return { rule: Number(said[0]), basis: basis === '' ? null : basis };
  });

const stubOf = (said: string): Stub => {
  const [domain = '', source = '', kind = ''] = said.split(betweenParts);
  return { domain, source, kind };
};

const linkText = (said: string): string => {
  const [from = '', rel = '', to = ''] = said.split(' ');
  return `{"from":"${from}","rel":"${rel}","to":"${to}"}`;
};

/** Links of shown records, those with both ends among them. */
const linksOf = (links: string | null, lists: readonly PlanList[]): string => {
  if (links === null) return '';
  const shown = new Set(lists.flatMap((list) => list.ids));
  const both = (said: string): boolean => shown.has(said.slice(0, 36)) && shown.has(said.slice(-36));
  return links.split(',').filter(both).map(linkText).join();
};

/** Everything the plan answer is made of, but for what is the same for everybody. */
export const readPlan = async (db: Db, keys: KeyRing, question: PlanQuestion): Promise<Omit<StoredPlan, 'sources'>> => {
  const { rows } = await db.query<{ [K in keyof Row]: Row[K] }>({
    name: 'plan',
    text: planSql,
    values: [...question.actor, question.citizen, question.kinds ?? null],
  });
  const [row] = rows;
  if (row === undefined) throw new HubError({ code: 'bug/unexpected', fault: 'bug', message: 'The plan has no row.' });
  const kinds = shownOf(keys, row);
  const listed = [...kinds].filter(([kind]) => kind !== 'citizen');
  const lists = listed.map(listOf);
  return {
    seesSome: row.yes ?? false,
    hiddenSome: row.hidden ?? false,
    masterStripped: row.strip ?? false,
    lists,
    rules: rulesOf(listed.flatMap(([, records]) => records)),
    // That something exists is told only about a citizen of whom the reader sees more than that.
    stubs: row.yes === true ? (row.stubs?.split(betweenRecords) ?? []).map(stubOf) : [],
    links: linksOf(row.links, lists),
    master: JSON.parse(`[${textsOf(kinds.get('citizen') ?? [])}]`) as MasterFields[],
    pending: new Set(row.pending),
  };
};
