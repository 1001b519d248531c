// What is born here: comments, agreements, requests, network meetings and the coordinating contact, stored as records of
// source `samspil`, always sealed. What was said waits besides in the responsible unit's list (journal-items.ts).
// Everything happens in the caller's transaction.
import { randomUUID } from 'node:crypto';
import { stripProtected } from '../model/reveal.ts';
import type { Sensitivity } from '../model/values.ts';
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';
import { recordTexts } from './record-texts.ts';
import { type NewRecord, saveRecords } from './records.ts';
import { type Change, removeRecords } from './removal.ts';
import type { Subject } from './subjects.ts';

export const bornSource = 'samspil';
/** A network meeting is an `appointment`, the coordinating contact a `contact`. */
export const bornKinds = ['comment', 'agreement', 'request', 'appointment', 'contact', 'rating'] as const;
export type BornKind = (typeof bornKinds)[number];

/** Where something is said: its subject, and what decides until the record it is about does. */
export interface Place {
  readonly subject: Subject;
  /** The record whose verdict decides; absent: about the plan as a whole. */
  readonly aboutId?: string;
  readonly domain: string;
  readonly sensitivity: Sensitivity;
  readonly ownerUnit: string | undefined;
  readonly named: readonly string[];
  readonly withheld: boolean;
  readonly thirdPartyProtected: boolean;
}

interface PlaceRow {
  readonly identity_id: number;
  readonly citizen_id: string;
  readonly home_id: string;
  readonly domain: string;
  readonly sensitivity: Sensitivity;
  readonly owner_unit: string | null;
  readonly named: string[];
  readonly withheld: boolean;
  readonly third_party_protected: boolean;
  readonly decides: string | null;
}

/**
 * The place beside a record of this citizen. Words about words stand where the record stands that decides those; an answer
 * to a comment on the plan as a whole stands as that one does.
 */
export const placeOf = async (tx: Db, citizenId: string, record: string): Promise<Place | undefined> => {
  const { rows } = await tx.query<PlaceRow>(
    `select v.identity_id, v.citizen_id, i.home_id, v.domain, v.sensitivity, v.owner_unit, v.named, v.withheld,
       v.third_party_protected,
       coalesce(v.about_id, case when v.kind <> 'comment' or v.source <> '${bornSource}' then v.record_id end) as decides
     from record_version v join identity i on i.id = v.identity_id
     where v.record_id = $2 and v.citizen_id = $1 and v.valid_to = 'infinity'`,
    [citizenId, record],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    subject: { identityId: row.identity_id, citizenId: row.citizen_id, homeId: row.home_id },
    ...(row.decides === null ? {} : { aboutId: row.decides }),
    domain: row.domain,
    sensitivity: row.sensitivity,
    ownerUnit: row.owner_unit ?? undefined,
    named: row.named,
    withheld: row.withheld,
    thirdPartyProtected: row.third_party_protected,
  };
};

/** The number a citizen is enrolled under. */
export const enrolledSubject = async (tx: Db, citizenId: string): Promise<Subject | undefined> => {
  const { rows } = await tx.query<{ id: number; citizen_id: string; home_id: string }>(
    `select i.id, i.citizen_id, i.home_id from enrolment e join identity i on i.citizen_id = e.citizen_id
     where e.citizen_id = $1 and e.ended_at is null order by (i.id = e.identity_id) desc limit 1`,
    [citizenId],
  );
  const row = rows[0];
  return row === undefined ? undefined : { identityId: row.id, citizenId: row.citizen_id, homeId: row.home_id };
};

export interface Said {
  readonly id: string;
  readonly kind: BornKind;
  readonly version: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly rel: string; readonly toId: string }[];
  readonly by: string;
  readonly now: Date;
  /** What only the journal is told besides. */
  readonly aside?: object;
}

const recordOf = (keys: KeyRing, place: Place, said: Said): NewRecord => {
  const { id, kind, fields, links, now } = said;
  const { domain, sensitivity } = place;
  const mapping = `${bornSource}.${kind}@1`;
  const sourceUpdatedAt = now.toISOString();
  const envelope = { id, kind, domain, source: bornSource, sensitivity, observedAt: sourceUpdatedAt, mapping };
  return {
    id,
    key: id,
    entity: kind,
    part: '',
    domain,
    sensitivity,
    ownerUnit: place.ownerUnit,
    named: place.named,
    thirdPartyProtected: place.thirdPartyProtected,
    mixed: false,
    contentHash: keys.fingerprint(JSON.stringify([id, said.version, fields])),
    raw: undefined,
    mapping,
    sourceUpdatedAt,
    subjects: [{ subject: place.subject, withheld: place.withheld }],
    links,
    protectedUntil: undefined,
    encrypted: true,
    render: () => {
      const stripped = stripProtected(kind, fields);
      return {
        full: JSON.stringify({ ...envelope, sourceUpdatedAt, ...fields }),
        stripped: stripped === undefined ? undefined : JSON.stringify({ ...envelope, sourceUpdatedAt, ...stripped }),
      };
    },
  };
};

const itemContext = (id: string): string => `journal_item:${id}`;

/** Stores this version as the record and, ratings apart, as something to journalise. @returns what readers must be told. */
export const saveSaid = async (tx: Db, keys: KeyRing, place: Place, said: Said): Promise<readonly Change[]> => {
  const record = recordOf(keys, place, said);
  const page = {
    source: bornSource,
    kind: said.kind,
    now: said.now,
    records: [record],
    keys: [said.id],
    staleKeys: [],
  };
  const { changes } = await saveRecords(tx, keys, page);
  await tx.query(`update record_version set about_id = $2 where record_id = $1 and valid_to = 'infinity'`, [
    said.id,
    place.aboutId ?? null,
  ]);
  if (said.kind === 'rating') return changes;
  const item = randomUUID();
  await tx.query(
    'insert into journal_item (id, record_id, version, said_by, said_at, content) values ($1, $2, $3, $4, $5, $6)',
    [
      item,
      said.id,
      said.version,
      said.by,
      said.now,
      keys.encrypt(JSON.stringify({ ...said.fields, ...said.aside }), itemContext(item)),
    ],
  );
  return changes;
};

export const contentOfItem = (keys: KeyRing, item: { readonly id: string; readonly content: Buffer }): object =>
  JSON.parse(keys.decrypt(item.content, itemContext(item.id))) as object;

export interface BornRow {
  readonly record_id: string;
  readonly kind: BornKind;
  readonly citizen_id: string;
  readonly author_kind: string;
  readonly author_person: string;
  readonly version: number;
}

/** Notes who said it first and to whom it goes. Before its first version is saved. */
export const insertBorn = async (
  tx: Db,
  place: Place,
  born: {
    readonly id: string;
    readonly kind: BornKind;
    readonly unit: string;
    readonly authorKind: string;
    readonly authorPerson: string;
    readonly now: Date;
  },
): Promise<void> => {
  await tx.query(
    `insert into born_record (record_id, identity_id, kind, unit_id, about_id, sensitivity, named, author_kind, author_person, written_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      born.id,
      place.subject.identityId,
      born.kind,
      born.unit,
      place.aboutId ?? null,
      place.sensitivity,
      place.named,
      born.authorKind,
      born.authorPerson,
      born.now,
    ],
  );
};

const columns = 'b.record_id, b.kind, i.citizen_id, b.author_kind, b.author_person, b.version';

/** One that still lives, held until the transaction ends: two edits follow one another. */
export const lockBorn = async (tx: Db, id: string): Promise<BornRow | undefined> => {
  const { rows } = await tx.query<BornRow>(
    `select ${columns} from born_record b join identity i on i.id = b.identity_id
     where b.record_id = $1 and b.withdrawn_at is null and exists (select from record r where r.id = b.record_id) for update of b`,
    [id],
  );
  return rows[0];
};

/** Who said each of these first. */
export const bornRows = async (db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, BornRow>> => {
  if (ids.length === 0) return new Map();
  const { rows } = await db.query<BornRow>(
    `select ${columns} from born_record b join identity i on i.id = b.identity_id where b.record_id = any($1::uuid[])`,
    [ids],
  );
  return new Map(rows.map((row) => [row.record_id, row]));
};

/** What the record says now, and where its links lead. */
export const currentFields = async (
  tx: Db,
  keys: KeyRing,
  id: string,
): Promise<{ readonly fields: Readonly<Record<string, unknown>>; readonly links: Said['links'] }> => {
  const [text = '{}'] = await recordTexts(tx, keys, [id]);
  const { rows } = await tx.query<{ rel: string; to_id: string }>('select rel, to_id from link where from_id = $1', [
    id,
  ]);
  return {
    fields: JSON.parse(text) as Record<string, unknown>,
    links: rows.map((row) => ({ rel: row.rel, toId: row.to_id })),
  };
};

/** The next version's number. */
export const nextVersion = async (tx: Db, id: string): Promise<number> => {
  const { rows } = await tx.query<{ version: number }>(
    'update born_record set version = version + 1 where record_id = $1 returning version',
    [id],
  );
  return rows[0]?.version ?? 1;
};

/** Takes the record away from everybody; what was said still waits to be journalised. */
export const withdrawBorn = async (tx: Db, id: string, by: string): Promise<readonly Change[]> => {
  await tx.query('update born_record set withdrawn_at = now(), withdrawn_by = $2 where record_id = $1', [id, by]);
  const changes = await removeRecords(tx, [id]);
  await forgetSettled(tx, 'b.record_id = $1', id);
  return changes;
};

/** With the record goes what is settled; what waits stays, for the unit and the DPO alone. */
export const forgetSettled = async (
  tx: Db,
  whose: 'b.record_id = $1' | 'i.citizen_id = $1',
  id: string,
): Promise<void> => {
  await tx.query(
    `delete from journal_item j using born_record b, identity i
     where b.record_id = j.record_id and i.id = b.identity_id and ${whose} and j.settled is not null
       and not exists (select from record r where r.id = b.record_id)`,
    [id],
  );
  await tx.query(
    `delete from born_record b using identity i where i.id = b.identity_id and ${whose}
       and not exists (select from record r where r.id = b.record_id)
       and not exists (select from journal_item j where j.record_id = b.record_id)`,
    [id],
  );
};
