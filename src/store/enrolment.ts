// Who is enrolled. Enrolment lets nobody see anything; it only lets records be kept. Ending it erases all content and
// leaves the UUID, the keyed hash and the encrypted number: the key to the log. A new enrolment takes the same UUID.
import { randomUUID } from 'node:crypto';
import type { ParsedNumber } from '../model/cpr.ts';
import type { Witness } from './access-log.ts';
import { forgetSettled } from './born.ts';
import { revokeCalendarLinks } from './calendar-links.ts';
import { eraseProposals } from './consent-proposals.ts';
import { forgetConsentRecords } from './consent-records.ts';
import { endConsents } from './consents.ts';
import type { KeyRing } from './crypto.ts';
import { type Db, type Pool, transaction } from './db.ts';
import { sealEvidence } from './evidence.ts';
import { forgetFetches, requestFetches } from './fetches.ts';
import { forgetHeldOf } from './held-deletions.ts';
import { eraseMessages } from './inbox.ts';
import { eraseNotices } from './notices.ts';
import { appendChanges, removeRecords } from './removal.ts';
import { endPowersOf } from './representations.ts';
import { eraseRetained } from './retained.ts';
import { ensureIdentity, lockPeople } from './subjects.ts';
import { forgetContentOf } from './sync-state.ts';

export interface NewEnrolment {
  readonly number: ParsedNumber;
  readonly basis: string;
  readonly evidence?: string;
  /** From when records may be kept; default now. */
  readonly from?: Date;
  /** Who recorded it: a person or system, never a citizen's number. */
  readonly by: string;
  readonly witness?: Witness;
}

export interface Enrolled {
  readonly enrolmentId: string;
  readonly citizenId: string;
  /** False when the citizen was enrolled already: nothing was changed. */
  readonly fresh: boolean;
}

/** Enrols one citizen and asks for their history from every one of `sources`. */
export const enrol = async (
  pool: Pool,
  keys: KeyRing,
  sources: readonly string[],
  wanted: NewEnrolment,
): Promise<Enrolled> =>
  transaction(pool, async (tx) => {
    await lockPeople(tx);
    const identity = await ensureIdentity(tx, keys, wanted.number);
    const { rows } = await tx.query<{ id: string }>(
      'select id from enrolment where citizen_id = $1 and ended_at is null',
      [identity.citizenId],
    );
    const active = rows[0];
    await wanted.witness?.(tx, identity.citizenId);
    if (active !== undefined) return { enrolmentId: active.id, citizenId: identity.citizenId, fresh: false };
    const enrolmentId = randomUUID();
    await tx.query(
      `insert into enrolment (id, citizen_id, identity_id, basis, evidence, starts_at, recorded_by) values ($1, $2, $3, $4, $5, coalesce($6, now()), $7)`,
      [
        enrolmentId,
        identity.citizenId,
        identity.identityId,
        wanted.basis,
        sealEvidence(keys, wanted.evidence),
        wanted.from ?? null,
        wanted.by,
      ],
    );
    await requestFetches(tx, [identity.citizenId], sources);
    await appendChanges(tx, [{ citizenId: identity.citizenId, recordId: null, op: 'look' }]);
    return { enrolmentId, citizenId: identity.citizenId, fresh: true };
  });

/**
 * A text that cannot be parted per person still tells of whoever has left. @returns those others keep an interest in,
 * which are to go; the others' sources are asked for them again, and what comes then is what may be shown of them alone.
 */
const askAgainForMixed = async (tx: Db, ids: readonly string[]): Promise<readonly string[]> => {
  const { rows } = await tx.query<{ id: string; source: string; source_kind: string; others: string[] }>(
    `select r.id, r.source, r.source_kind, array_agg(o.citizen_id) as others
     from record r join record_version o on o.record_id = r.id and o.valid_to = 'infinity'
     where r.id = any($1::uuid[]) and r.mixed group by r.id`,
    [ids],
  );
  for (const [source, own] of Map.groupBy(rows, (row) => row.source)) {
    const citizens = new Set(own.flatMap((row) => row.others));
    const kinds = new Set(own.map((row) => row.source_kind));
    await requestFetches(tx, [...citizens], [source], [...kinds]);
  }
  return rows.map((row) => row.id);
};

/** What was granted ends with the enrolment it was granted in: a new one opens nothing. Refusals stay. */
const endGrants = async (tx: Db, citizenId: string): Promise<void> => {
  const { rows } = await tx.query<{ id: string }>(
    `select id from consent where citizen_id = $1 and decision = 'grant' and superseded_at = 'infinity' and not withdrawn`,
    [citizenId],
  );
  await endConsents(
    tx,
    rows.map((row) => row.id),
    'the enrolment ended',
  );
};

/** Removes everything a citizen's enrolment let the hub keep. Records shared with other enrolled citizens stay with those. */
const eraseContent = async (tx: Db, citizenId: string): Promise<void> => {
  const { rows: closed } = await tx.query<{ record_id: string }>(
    `update record_version set valid_to = greatest(now(), valid_from) where citizen_id = $1 and valid_to = 'infinity' returning record_id`,
    [citizenId],
  );
  const mixed = await askAgainForMixed(
    tx,
    closed.map((row) => row.record_id),
  );
  const { rows } = await tx.query<{ id: string }>(
    `select distinct r.id from record r join record_version v on v.record_id = r.id and v.citizen_id = $1
     where not exists (select from record_version o where o.record_id = r.id and o.valid_to = 'infinity')
     union
     select r.id from record r join citizen_record c on c.record_id = r.id and c.citizen_id = $1
     where not exists (select from citizen_record o where o.record_id = r.id and o.citizen_id <> $1)`,
    [citizenId],
  );
  const changes = await removeRecords(tx, [...mixed, ...rows.map((row) => row.id)]);
  const { rows: master } = await tx.query<{ record_id: string }>(
    'delete from citizen_record where citizen_id = $1 returning record_id',
    [citizenId],
  );
  await forgetContentOf(
    tx,
    [...closed, ...master].map((row) => row.record_id),
  );
  await tx.query(`update protection set superseded_at = now() where citizen_id = $1 and superseded_at = 'infinity'`, [
    citizenId,
  ]);
  await tx.query(
    'delete from quarantine where citizen_id = $1 or homes && array(select home_id from identity where citizen_id = $1)',
    [citizenId],
  );
  await eraseMessages(tx, citizenId);
  await eraseRetained(tx, citizenId);
  await eraseNotices(tx, citizenId);
  await forgetSettled(tx, 'i.citizen_id = $1', citizenId);
  await forgetHeldOf(tx, citizenId);
  await forgetConsentRecords(tx, citizenId);
  await endGrants(tx, citizenId);
  await endPowersOf(tx, citizenId);
  await eraseProposals(tx, citizenId);
  await revokeCalendarLinks(tx, citizenId);
  await forgetFetches(tx, citizenId);
  await tx.query('delete from subject_key k using identity i where i.id = k.identity_id and i.citizen_id = $1', [
    citizenId,
  ]);
  await appendChanges(tx, [...changes, { citizenId, recordId: null, op: 'look' }]);
};

/** Ends an enrolment and erases the content. @returns false when there is no such active enrolment. */
export const endEnrolment = async (pool: Pool, enrolmentId: string, by: string, witness?: Witness): Promise<boolean> =>
  transaction(pool, async (tx) => {
    await lockPeople(tx);
    const { rows } = await tx.query<{ citizen_id: string }>(
      'update enrolment set ended_at = now(), ended_by = $2 where id = $1 and ended_at is null returning citizen_id',
      [enrolmentId, by],
    );
    const ended = rows[0];
    if (ended === undefined) return false;
    await witness?.(tx, ended.citizen_id);
    await eraseContent(tx, ended.citizen_id);
    return true;
  });

/** The active enrolment of a citizen. */
export const activeEnrolment = async (
  db: Db,
  citizenId: string,
): Promise<{ readonly id: string; readonly basis: string; readonly startsAt: Date } | undefined> => {
  const { rows } = await db.query<{ id: string; basis: string; starts_at: Date }>(
    'select id, basis, starts_at from enrolment where citizen_id = $1 and ended_at is null',
    [citizenId],
  );
  const row = rows[0];
  return row === undefined ? undefined : { id: row.id, basis: row.basis, startsAt: row.starts_at };
};

/** Enrolled citizens in id order, for crawls and batch work. */
export const enrolledAfter = async (db: Db, after: string | null, limit: number): Promise<readonly string[]> => {
  const { rows } = await db.query<{ citizen_id: string }>(
    `select citizen_id from enrolment where ended_at is null and starts_at <= now() and ($1::uuid is null or citizen_id > $1) order by citizen_id limit $2`,
    [after, limit],
  );
  return rows.map((row) => row.citizen_id);
};
