// One citizen's plan in one round trip: the decision, the texts it shows, links with both ends shown, master data, and
// what is known about the sources. The engine decides; this statement only fetches what it showed, joined per kind in
// SQL, because sixty rows of columns cost more to receive than their text.

import { bodyContext, strippedContext } from './bodies.ts';
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';
import type { MasterFields } from './master-data.ts';
import { planSql } from './plan-sql.ts';

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
  /** JSON texts joined by commas; those stored encrypted come after the plain ones. */
  readonly texts: string;
  /** Hash of ids, content hashes and how each is shown. */
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
  readonly part: 'list' | 'seen' | 'stub' | 'links' | 'source' | 'pending';
  readonly name: string;
  readonly ids: string | null;
  readonly texts: string | null;
  readonly rules: string | null;
  readonly hash: string;
  readonly packed: Buffer | null;
  readonly at: Date | null;
  readonly yes: boolean | null;
  readonly hidden: boolean | null;
  readonly strip: boolean | null;
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

const headerBytes = 16 + 1 + 8 + 4;

const uuidAt = (packed: Buffer, at: number): string => {
  const hex = packed.toString('hex', at, at + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/** Encrypted texts come as id, stripped?, stale since (ms or 0), length, ciphertext. */
const unpack = (keys: KeyRing, packed: Buffer): readonly string[] => {
  const texts: string[] = [];
  for (let at = 0; at < packed.length; ) {
    const stale = Number(packed.readBigInt64BE(at + 17));
    const start = at + headerBytes;
    const end = start + packed.readInt32BE(at + 25);
    const stored = {
      id: uuidAt(packed, at),
      text: null,
      cipher: packed.subarray(start, end),
      stripped: packed[at + 16] === 1,
      staleSince: stale === 0 ? null : new Date(stale),
    };
    texts.push(textOf(keys, stored));
    at = end;
  }
  return texts;
};

const listOf = (keys: KeyRing, row: Row): PlanList => {
  const secret = row.packed === null ? [] : unpack(keys, row.packed);
  const texts = row.texts === null ? secret : [row.texts, ...secret];
  return { kind: row.name, ids: row.ids?.split(',') ?? [], texts: texts.join(), hash: row.hash };
};

const rulesOf = (rows: readonly Row[]): readonly UsedRule[] =>
  [...new Set(rows.flatMap((row) => row.rules?.split('\n') ?? []))].map((said) => {
    const basis = said.slice(2);
    return { rule: Number(said[0]), basis: basis === '' ? null : basis };
  });

const stubOf = (row: Row): Stub => {
  const [domain = '', source = '', kind = ''] = row.name.split('\n');
  return { domain, source, kind };
};

const linkText = (said: string): string => {
  const [from = '', rel = '', to = ''] = said.split(' ');
  return `{"from":"${from}","rel":"${rel}","to":"${to}"}`;
};

/** Links of shown records, those with both ends among them. */
const linksOf = (row: Row | undefined, lists: readonly PlanList[]): string => {
  if (row === undefined || row.ids === null) return '';
  const shown = new Set(lists.flatMap((list) => list.ids));
  const both = (said: string): boolean => shown.has(said.slice(0, 36)) && shown.has(said.slice(-36));
  return row.ids.split(',').filter(both).map(linkText).join();
};

/** Everything the plan answer is made of. */
export const readPlan = async (db: Db, keys: KeyRing, question: PlanQuestion): Promise<StoredPlan> => {
  const { rows } = await db.query<Row>({
    name: 'plan',
    text: planSql,
    values: [...question.actor, question.citizen, question.kinds ?? null],
  });
  const of = (part: Row['part']): readonly Row[] => rows.filter((row) => row.part === part);
  const [seen] = of('seen');
  const listed = of('list').filter((row) => row.name !== 'citizen');
  const lists = listed.map((row) => listOf(keys, row));
  const master = of('list').find((row) => row.name === 'citizen');
  return {
    seesSome: seen?.yes ?? false,
    hiddenSome: seen?.hidden ?? false,
    masterStripped: seen?.strip ?? false,
    lists,
    rules: rulesOf(listed),
    // That something exists is told only about a citizen of whom the reader sees more than that.
    stubs: seen?.yes === true ? of('stub').map(stubOf) : [],
    links: linksOf(of('links')[0], lists),
    master: master === undefined ? [] : (JSON.parse(`[${listOf(keys, master).texts}]`) as MasterFields[]),
    sources: of('source').map((row) => ({ source: row.name, syncedAt: row.at })),
    pending: new Set(of('pending').map((row) => row.name)),
  };
};
