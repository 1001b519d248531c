// Consents as believed sources tell them: one consent of the hub per record and citizen, a new version when what is said
// differs, withdrawn when it is said no longer. What a person has ended in the hub no source brings back: it may still say
// the contrary. Grants hold for the number they were given under.
import { endAll, toldBy } from './consent-records.ts';
import { type ConsentRow, endConsents, insertConsent } from './consents.ts';
import type { KeyRing } from './crypto.ts';
import { type Db, type Pool, transaction } from './db.ts';
import { sealEvidence } from './evidence.ts';
import type { NewRecord, RecordSubject } from './records.ts';
import { appendChanges, type Change } from './removal.ts';
import { holdPeople } from './subjects.ts';
import { wantReload } from './sync-state.ts';

/** One consent, weighed: nothing in it is wider than what the source said and configuration believes. */
export interface ToldConsent {
  readonly decision: 'grant' | 'refuse';
  readonly recipient: string | null;
  readonly domains: readonly string[] | null;
  readonly kinds: readonly string[] | null;
  readonly purposes: readonly string[] | null;
  readonly upTo: 'normal' | 'confidential' | 'sensitive';
  readonly from: Date;
  /** Null: no end. */
  readonly to: Date | null;
  /** The day it was given. */
  readonly day: string | undefined;
  readonly evidence: string | undefined;
}

/** `over`: it is in force no longer. `doubted`: it could not be understood, and may be less than what was. */
export type ToldWord = ToldConsent | 'over' | 'doubted';

const saysTheSame = (row: ConsentRow, told: ToldConsent): boolean =>
  JSON.stringify([
    row.decision,
    row.recipient,
    row.domains,
    row.kinds,
    row.purposes,
    row.up_to,
    row.valid_from,
    row.valid_to,
  ]) ===
  JSON.stringify([
    told.decision,
    told.recipient,
    told.domains,
    told.kinds,
    told.purposes,
    told.upTo,
    told.from,
    told.to,
  ]);

/** Ended by anybody but its source, so that it stays ended. */
const endedHere = (row: ConsentRow): boolean =>
  row.withdrawn &&
  !(row.recorded_as === 'system' && (row.recorded_by === row.source || row.recorded_by === byConfiguration));

/** Who ends what configuration no longer believes: believed again, it counts again. */
const byConfiguration = 'samspil:configuration';

interface About {
  readonly id: string;
  readonly source: string;
  readonly recordId: string;
  readonly subject: RecordSubject['subject'];
}

/** Versions of one consent, newest first. @returns whether anything was written. */
const bring = async (
  tx: Db,
  keys: KeyRing,
  { id, source, recordId, subject }: About,
  word: ToldWord,
  versions: readonly ConsentRow[],
  now: Date,
): Promise<boolean> => {
  const [current] = versions;
  if (word === 'doubted' && current?.decision === 'refuse') return false;
  const said = typeof word === 'string' ? null : word;
  const by = { recorded_by: source, recorded_as: 'system' } as const;
  // What somebody has ended here is not said again, whatever else the source changes about it.
  const barred = said !== null && versions.some((row) => endedHere(row) && row.decision === said.decision);
  if (said === null || barred) {
    if (current === undefined || current.withdrawn) return false;
    await insertConsent(tx, { ...current, ...by, withdrawn: true }, current.version);
    return true;
  }
  // Over before the hub heard of it.
  if (current === undefined && said.to !== null && said.to <= now) return false;
  if (current !== undefined && !current.withdrawn && saysTheSame(current, said)) return false;
  await insertConsent(
    tx,
    {
      ...by,
      id,
      citizen_id: subject.citizenId,
      decision: said.decision,
      recipient: said.recipient,
      domains: said.domains,
      kinds: said.kinds,
      record_id: null,
      purposes: said.purposes,
      up_to: said.upTo,
      show: 'content',
      valid_from: said.from,
      valid_to: said.to,
      withdrawn: false,
      evidence: sealEvidence(keys, said.evidence),
      source,
      source_record: recordId,
      source_day: said.day ?? null,
    },
    current?.version,
    [subject.identityId],
  );
  return true;
};

/** When the source wrote what was heard last, by key: what is older comes too late. Asked before the page is stored. */
export const heardUntil = async (
  tx: Db,
  { source, kind, records }: Pick<ConsentPage, 'source' | 'kind' | 'records'>,
): Promise<ReadonlyMap<string, Date>> => {
  const keys = records.flatMap((record) => (record.consent === undefined ? [] : [record.key]));
  if (keys.length === 0) return new Map();
  const { rows } = await tx.query<{ key: string; at: Date }>(
    `select r.key, max(s.told_at) as at from record r join source_consent s on s.record_id = r.id
     where r.source = $1 and r.source_kind = $2 and r.key = any($3::text[]) group by r.key having max(s.told_at) is not null`,
    [source, kind, keys],
  );
  return new Map(rows.map((row) => [row.key, row.at]));
};

/** Notes that the record is there. @returns false when a newer word under its key has been heard already. */
const note = async (tx: Db, record: NewRecord, heard: Date | undefined): Promise<boolean> => {
  const identities = record.subjects.map(({ subject }) => subject.identityId);
  const at = record.sourceUpdatedAt === undefined ? undefined : new Date(record.sourceUpdatedAt);
  const late = at !== undefined && heard !== undefined && at < heard;
  await tx.query(
    `with gone as (delete from source_consent where record_id = $1 and identity_id <> all($2::bigint[]))
     insert into source_consent as s (record_id, identity_id, told_at) select $1, unnest($2::bigint[]), $3
     on conflict (record_id, identity_id) do update set told_at = excluded.told_at`,
    [record.id, identities, late ? heard : (at ?? heard ?? null)],
  );
  return !late;
};

export interface ConsentPage {
  readonly source: string;
  readonly kind: string;
  readonly now: Date;
  readonly records: readonly NewRecord[];
  readonly heard: ReadonlyMap<string, Date>;
  /** Keys (as stored) whose newer version could not be understood: nothing of theirs is granted any longer. */
  readonly staleKeys: readonly string[];
}

/** Brings the consents of these records to what they say now. @returns the citizens for whom anything changed. */
export const saveConsents = async (tx: Db, keys: KeyRing, page: ConsentPage): Promise<readonly string[]> => {
  const told = page.records.filter((record) => record.consent !== undefined);
  const changed = new Set<string>();
  const versions = await toldBy(
    tx,
    told.map((record) => record.id),
  );
  for (const record of told) {
    if (!(await note(tx, record, page.heard.get(record.key)))) continue;
    const all = versions.get(record.id) ?? [];
    const own = new Set<string>();
    for (const { subject } of record.subjects) {
      const id = keys.uuid('record', `consent ${record.id} ${subject.homeId}`);
      own.add(id);
      const about = { id, source: page.source, recordId: record.id, subject };
      const before = all.filter((row) => row.id === id);
      if (await bring(tx, keys, about, record.consent ?? 'over', before, page.now)) changed.add(subject.citizenId);
    }
    // It is somebody else's now.
    const others = all.filter((row) => !own.has(row.id) && row.current && !row.withdrawn);
    await endAll(tx, others, page.source);
    for (const row of others) changed.add(row.citizen_id);
  }
  const known = told.map((record) => record.id);
  for (const citizenId of await endStale(tx, page, known)) changed.add(citizenId);
  return [...changed];
};

/** Of what could not be understood at all it is not known whom it still names: nobody. `weighed`: records that were. */
const endStale = async (
  tx: Db,
  { source, kind, staleKeys }: ConsentPage,
  weighed: readonly string[],
): Promise<readonly string[]> => {
  if (staleKeys.length === 0) return [];
  const { rows } = await tx.query<{ id: string }>(
    `select id from record where source = $1 and source_kind = $2 and key = any($3::text[]) and entity = 'consent'
       and id <> all($4::uuid[])`,
    [source, kind, staleKeys, weighed],
  );
  const versions = await toldBy(
    tx,
    rows.map((row) => row.id),
  );
  const grants = [...versions.values()]
    .flat()
    .filter((row) => row.current && !row.withdrawn && row.decision === 'grant');
  await endAll(tx, grants, source);
  return grants.map((row) => row.citizen_id);
};

/** What configuration believes of each source's grants. */
export type BelievedGrants = Readonly<
  Record<
    string,
    { readonly mayGrant: readonly string[]; readonly purposes?: readonly string[] | undefined; readonly upTo: string }
  >
>;

/** Believed again by the very settings it was loaded by, what is ended must be told anew. */
const askAgain = async (tx: Db, ended: readonly { readonly id: string }[]): Promise<void> => {
  const { rows } = await tx.query<{ source: string; kinds: string[] }>(
    `select r.source, array_agg(distinct r.source_kind) as kinds from consent c join record r on r.id = c.source_record
     where c.id = any($1::uuid[]) and c.superseded_at = 'infinity' group by r.source`,
    [ended.map((row) => row.id)],
  );
  for (const { source, kinds } of rows) await wantReload(tx, source, kinds);
};

/** Ends grants that configuration no longer believes. Run at start; nothing happens where nothing changed. */
export const limitConsents = async (pool: Pool, keys: KeyRing, believed: BelievedGrants): Promise<void> =>
  transaction(pool, async (tx) => {
    await holdPeople(tx);
    const levels = ['normal', 'confidential', 'sensitive'];
    const { rows } = await tx.query<{
      id: string;
      citizen_id: string;
      source: string;
      domains: string[] | null;
      purposes: string[] | null;
      up_to: string;
    }>(
      `select id, citizen_id, source, domains, purposes, up_to from consent
       where source is not null and decision = 'grant' and superseded_at = 'infinity' and not withdrawn for update`,
    );
    const beyond = rows.filter(({ source, domains, purposes, up_to }) => {
      const belief = believed[source];
      if (belief === undefined || domains === null) return true;
      const { purposes: allowed } = belief;
      return (
        domains.some((domain) => !belief.mayGrant.includes(domain)) ||
        (allowed !== undefined && (purposes === null || purposes.some((purpose) => !allowed.includes(purpose)))) ||
        levels.indexOf(up_to) > levels.indexOf(belief.upTo)
      );
    });
    await askAgain(tx, beyond);
    const why = sealEvidence(keys, 'the configuration no longer believes the source so far') ?? '';
    await endConsents(
      tx,
      beyond.map((row) => row.id),
      why,
      byConfiguration,
    );
    await appendChanges(
      tx,
      beyond.map((row): Change => ({ citizenId: row.citizen_id, recordId: null, op: 'look' })),
    );
  });
