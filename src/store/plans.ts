// One citizen's plan in one round trip: the decision, the texts it shows, links with both ends shown, master data, and
// what is known about the sources. The engine decides; this statement only fetches what it showed.
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';
import type { MasterRow } from './master-data.ts';
import { bodyContext, strippedContext } from './records.ts';

export interface PlanQuestion {
  /** The engine's eleven values of the actor, in its order. */
  readonly actor: readonly unknown[];
  readonly citizen: string;
  /** Only these kinds' texts; absent = all. */
  readonly kinds?: readonly string[];
}

export interface PlanRecord {
  readonly id: string;
  readonly kind: string;
  readonly domain: string;
  readonly source: string;
  readonly rule: number;
  readonly basis: string | null;
  /** The text to send, in the clear or encrypted. */
  readonly text: string | null;
  readonly cipher: Buffer | null;
  readonly hash: string;
  readonly stripped: boolean;
  readonly staleSince: Date | null;
  readonly masterStripped: boolean;
}

export interface PlanLink {
  readonly from: string;
  readonly rel: string;
  readonly to: string;
}

/** `syncedAt` null: some kind of the source has never completed. */
export interface SourceRow {
  readonly source: string;
  readonly syncedAt: Date | null;
}

export interface StoredPlan {
  readonly records: readonly PlanRecord[];
  /** Shown only as busy time, or as existing. */
  readonly busy: readonly PlanRecord[];
  readonly stubs: readonly PlanRecord[];
  readonly hiddenSome: boolean;
  readonly links: readonly PlanLink[];
  readonly master: readonly MasterRow[];
  readonly sources: readonly SourceRow[];
  /** Sources whose first fetch of this citizen has not ended. */
  readonly pending: ReadonlySet<string>;
}

/** Freshness of each source: the oldest of its kinds counts, and a kind that never completed makes it unknown. */
const freshnessSql = `
  select source, case when bool_and(last_complete_at is not null) then min(last_complete_at) end as synced
  from (select source, last_complete_at from sync_state
        union all select source, null from schedule s
        where not exists (select from sync_state y where y.source = s.source and y.kind = s.kind)) kind
  group by source`;

// Rows of five parts share these columns: r(ecord), l(ink), m(aster), s(ource), p(ending).
const planSql = `
with d as materialized (
  select * from decide($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::uuid, $10::bytea, $11::text,
    array[$12::uuid], null, null)),
shown as materialized (
  select * from d where show <> 'hidden' and (show <> 'content' or $13::text[] is null or kind = any ($13::text[])))
select 'r' as part, v.record_id as id, v.kind, v.domain, v.source, v.show, v.rule, v.basis, v.stripped, v.master_stripped,
  encode(r.content_hash, 'base64') as hash, r.stale_since as at,
  case when v.show <> 'content' then null when v.stripped and (b.stripped is not null or b.stripped_cipher is not null) then b.stripped else b.body end as text,
  case when v.show <> 'content' then null when v.stripped and (b.stripped is not null or b.stripped_cipher is not null) then b.stripped_cipher else b.cipher end as cipher,
  null::uuid as other,
  v.stripped and (b.stripped is not null or b.stripped_cipher is not null) as is_stripped
from shown v join record r on r.id = v.record_id join record_body b on b.record_id = v.record_id
union all
select 'h', null, null, null, null, null, null, null, null, null, null, null, null, null, null, null
where exists (select from d where show = 'hidden')
union all
select 'l', l.from_id, l.rel, null, null, null, null, null, null, null, null, null, null, null, l.to_id, null
from shown a join link l on l.from_id = a.record_id join shown b on b.record_id = l.to_id
where a.show = 'content' and b.show = 'content'
union all
select 'm', c.record_id, null, null, c.source, null, null, null, null, null, encode(r.content_hash, 'base64'), null, b.body, b.cipher, null, null
from citizen_record c join record r on r.id = c.record_id join record_body b on b.record_id = c.record_id where c.citizen_id = $12::uuid
union all
select 's', null, null, null, f.source, null, null, null, null, null, null, f.synced, null, null, null, null from (${freshnessSql}) f
union all
select 'p', null, null, null, source, null, null, null, null, null, null, null, null, null, null, null
from citizen_fetch where citizen_id = $12::uuid and ended_at is null`;

interface Row {
  readonly part: 'r' | 'h' | 'l' | 'm' | 's' | 'p';
  readonly id: string;
  readonly kind: string;
  readonly domain: string;
  readonly source: string;
  readonly show: 'content' | 'busy' | 'stub';
  readonly rule: number;
  readonly basis: string | null;
  readonly master_stripped: boolean;
  readonly hash: string;
  readonly at: Date | null;
  readonly text: string | null;
  readonly cipher: Buffer | null;
  readonly other: string;
  readonly is_stripped: boolean;
}

const recordOf = (row: Row): PlanRecord => ({
  id: row.id,
  kind: row.kind,
  domain: row.domain,
  source: row.source,
  rule: row.rule,
  basis: row.basis,
  text: row.text,
  cipher: row.cipher,
  hash: row.hash,
  stripped: row.is_stripped,
  staleSince: row.at,
  masterStripped: row.master_stripped,
});

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);
const linkKey = (link: PlanLink): string => `${link.from}${link.rel}${link.to}`;

/** Everything the plan answer is made of. Records come in a stable order. */
export const readPlan = async (db: Db, question: PlanQuestion): Promise<StoredPlan> => {
  const { rows } = await db.query<Row>({
    name: 'plan',
    text: planSql,
    values: [...question.actor, question.citizen, question.kinds ?? null],
  });
  const of = (part: Row['part']): readonly Row[] => rows.filter((row) => row.part === part);
  const records = of('r');
  const shownAs = (show: Row['show']): readonly PlanRecord[] =>
    records
      .filter((row) => row.show === show)
      .map(recordOf)
      .sort(byId);
  return {
    records: shownAs('content'),
    busy: shownAs('busy'),
    stubs: shownAs('stub'),
    hiddenSome: of('h').length > 0,
    links: of('l')
      .map((row) => ({ from: row.id, rel: row.kind, to: row.other }))
      .sort((a, b) => (linkKey(a) < linkKey(b) ? -1 : 1)),
    master: of('m').map((row) => ({ record_id: row.id, source: row.source, body: row.text, cipher: row.cipher })),
    sources: of('s').map((row) => ({ source: row.source, syncedAt: row.at })),
    pending: new Set(of('p').map((row) => row.source)),
  };
};

/** The record's text as stored for this reader: decrypted where needed, with when it went stale. */
export const textOf = (keys: KeyRing, record: PlanRecord): string => {
  const context = record.stripped ? strippedContext(record.id) : bodyContext(record.id);
  const text = record.cipher === null ? (record.text ?? '') : keys.decrypt(record.cipher, context);
  return record.staleSince === null ? text : `${text.slice(0, -1)},"staleSince":"${record.staleSince.toISOString()}"}`;
};

/** Freshness of every source that has ever been scheduled or synchronised. */
export const readFreshness = async (db: Db): Promise<readonly SourceRow[]> => {
  const { rows } = await db.query<{ source: string; synced: Date | null }>({ name: 'freshness', text: freshnessSql });
  return rows.map((row) => ({ source: row.source, syncedAt: row.synced }));
};
