// Numbers of one person. They become one citizen when a subject kind says so or an operator does, never by name or
// birth date; a split re-links by identity and undoes it. Both are logged, and readers look again.

import { HubError } from '../errors.ts';
import type { ParsedNumber } from '../model/cpr.ts';
import type { KeyRing } from './crypto.ts';
import { type Db, type Pool, transaction } from './db.ts';
import { copyFetches, moveFetches, requestAllAgain } from './fetches.ts';
import { appendChanges, type Change } from './removal.ts';
import { ensureIdentity, lockPeople } from './subjects.ts';
import { forgetContentOf } from './sync-state.ts';

/** Points every row of one citizen (or of some of its numbers) to another. */
const repoint = async (tx: Db, from: string, to: string, identities: readonly number[]): Promise<void> => {
  const both = [from, to, identities];
  // A record about both is now about one: its double version is closed.
  await tx.query(
    `update record_version v set valid_to = greatest(now(), v.valid_from) where v.citizen_id = $1 and v.valid_to = 'infinity' and v.identity_id = any($3::bigint[])
     and exists (select from record_version o where o.record_id = v.record_id and o.citizen_id = $2 and o.valid_to = 'infinity')`,
    both,
  );
  // History keeps saying whose record it was then: the current row is closed and opened anew under the other citizen.
  await tx.query(
    `with moved as (
       update record_version set valid_to = greatest(now(), valid_from)
       where citizen_id = $1 and valid_to = 'infinity' and identity_id = any($3::bigint[]) returning *)
     insert into record_version (record_id, citizen_id, identity_id, kind, domain, source, sensitivity, owner_unit, named, withheld, third_party_protected, about_id, valid_from)
     select record_id, $2, identity_id, kind, domain, source, sensitivity, owner_unit, named, withheld, third_party_protected, about_id, now() from moved`,
    both,
  );
  await tx.query(
    `insert into citizen_record (record_id, citizen_id, identity_id, source)
     select record_id, $2, identity_id, source from citizen_record where citizen_id = $1 and identity_id = any($3::bigint[]) on conflict do nothing`,
    both,
  );
  await tx.query('delete from citizen_record where citizen_id = $1 and identity_id = any($2::bigint[])', [
    from,
    identities,
  ]);
  await tx.query(
    `with moved as (
       update protection p set superseded_at = now() from citizen_record c
       where p.citizen_id = $1 and p.superseded_at = 'infinity' and c.record_id = p.record_id and c.citizen_id = $2 returning p.*)
     insert into protection (record_id, citizen_id, valid_from, valid_to) select record_id, $2, valid_from, valid_to from moved`,
    [from, to],
  );
  await tx.query(
    `update quarantine set citizen_id = $2 where citizen_id = $1
     and (homes = '{}' or homes && array(select home_id from identity where id = any($3::bigint[])))`,
    both,
  );
};

const activeOf = async (tx: Db, citizenId: string): Promise<{ id: string; starts_at: Date } | undefined> => {
  const { rows } = await tx.query<{ id: string; starts_at: Date }>(
    'select id, starts_at from enrolment where citizen_id = $1 and ended_at is null',
    [citizenId],
  );
  return rows[0];
};

const recordsOf = async (tx: Db, citizenId: string): Promise<readonly string[]> => {
  const { rows } = await tx.query<{ record_id: string }>(
    `select record_id from record_version where citizen_id = $1 and valid_to = 'infinity'`,
    [citizenId],
  );
  return rows.map((row) => row.record_id);
};

const removedAndLook = (
  gone: readonly string[],
  from: string,
  to: string,
  arrived: readonly string[],
): readonly Change[] => [
  ...gone.map((recordId): Change => ({ citizenId: from, recordId, op: 'removed' })),
  ...arrived.map((recordId): Change => ({ citizenId: to, recordId, op: 'created' })),
  { citizenId: from, recordId: null, op: 'look' },
  { citizenId: to, recordId: null, op: 'look' },
];

export interface MergeOutcome {
  readonly kept: string;
  readonly other: string;
  /** False when they were one citizen already. */
  readonly merged: boolean;
}

/**
 * Makes two numbers one citizen, inside the caller's transaction (which holds the people lock). The id of the current
 * number lives on when both were enrolled, else the enrolled one's.
 */
export const mergeNumbers = async (
  tx: Db,
  keys: KeyRing,
  numbers: { readonly current: ParsedNumber; readonly former: ParsedNumber },
  why: { readonly reason: string; readonly actor: string },
): Promise<{ readonly outcome: MergeOutcome; readonly changes: readonly Change[] }> => {
  const current = await ensureIdentity(tx, keys, numbers.current);
  const former = await ensureIdentity(tx, keys, numbers.former);
  await tx.query('update identity set former = (id = $2) where id in ($1, $2)', [
    current.identityId,
    former.identityId,
  ]);
  if (current.citizenId === former.citizenId)
    return { outcome: { kept: current.citizenId, other: current.citizenId, merged: false }, changes: [] };
  const currentActive = await activeOf(tx, current.citizenId);
  const formerActive = await activeOf(tx, former.citizenId);
  const formerLives = currentActive === undefined && formerActive !== undefined;
  const kept = formerLives ? former.citizenId : current.citizenId;
  const other = formerLives ? current.citizenId : former.citizenId;
  const gone = await recordsOf(tx, other);
  const { rows: identities } = await tx.query<{ id: number }>(
    'update identity set citizen_id = $2 where citizen_id = $1 returning id',
    [other, kept],
  );
  await repoint(
    tx,
    other,
    kept,
    identities.map((row) => row.id),
  );
  if (currentActive !== undefined && formerActive !== undefined)
    await tx.query(
      `update enrolment set ended_at = now(), ended_by = 'merge' where citizen_id = $1 and ended_at is null`,
      [other],
    );
  await tx.query(`update consent set citizen_id = $2 where citizen_id = $1`, [other, kept]);
  await tx.query('update representation set citizen_id = $2, home_id = coalesce(home_id, $1) where citizen_id = $1', [
    other,
    kept,
  ]);
  await moveFetches(tx, other, kept);
  // What came under a number nobody knew yet was dropped: ask every source again.
  await requestAllAgain(tx, kept);
  await tx.query('update citizen set merged_into = $2 where id = $1', [other, kept]);
  await tx.query('update citizen set merged_into = null where id = $1', [kept]);
  await tx.query(`insert into merge_log (action, kept, other, reason, actor) values ('merge', $1, $2, $3, $4)`, [
    kept,
    other,
    why.reason,
    why.actor,
  ]);
  return { outcome: { kept, other, merged: true }, changes: removedAndLook(gone, other, kept, gone) };
};

export const mergeCitizens = async (
  pool: Pool,
  keys: KeyRing,
  numbers: { readonly current: ParsedNumber; readonly former: ParsedNumber },
  why: { readonly reason: string; readonly actor: string },
): Promise<MergeOutcome> =>
  transaction(pool, async (tx) => {
    await lockPeople(tx);
    const { outcome, changes } = await mergeNumbers(tx, keys, numbers, why);
    await appendChanges(tx, changes);
    return outcome;
  });

/** Gives a number its own citizen back, with the records that arrived under it and what was decided for it. */
export const splitCitizen = async (
  pool: Pool,
  keys: KeyRing,
  number: ParsedNumber,
  why: { readonly reason: string; readonly actor: string },
): Promise<MergeOutcome> =>
  transaction(pool, async (tx) => {
    await lockPeople(tx);
    const identity = await ensureIdentity(tx, keys, number);
    const { rows: own } = await tx.query<{ id: number; home_id: string }>(
      'select id, home_id from identity where citizen_id = $1',
      [identity.citizenId],
    );
    // The number whose home the merged citizen lives in cannot leave it; then the others do.
    const leaving = own.filter((row) =>
      identity.homeId === identity.citizenId ? row.home_id !== identity.citizenId : row.home_id === identity.homeId,
    );
    const home = leaving[0]?.home_id;
    if (home === undefined)
      throw new HubError({
        code: 'request/conflict',
        fault: 'config',
        message: 'This number is a citizen of its own already.',
        hint: 'Nothing to split.',
      });
    const ids = leaving.filter((row) => row.home_id === home).map((row) => row.id);
    // Of what is about both numbers one half was closed when they became one: all of it is written anew when it comes.
    const { rows: all } = await tx.query<{ record_id: string }>(
      `select record_id from record_version where citizen_id = $1 and valid_to = 'infinity'
       union select record_id from citizen_record where citizen_id = $1`,
      [identity.citizenId],
    );
    await forgetContentOf(
      tx,
      all.map((row) => row.record_id),
    );
    const { rows: moving } = await tx.query<{ record_id: string }>(
      `select record_id from record_version where citizen_id = $1 and valid_to = 'infinity' and identity_id = any($2::bigint[])`,
      [identity.citizenId, ids],
    );
    await tx.query('update identity set citizen_id = $2, former = false where id = any($1::bigint[])', [ids, home]);
    await tx.query('update citizen set merged_into = null where id = $1', [home]);
    await repoint(tx, identity.citizenId, home, ids);
    await tx.query('update consent set citizen_id = $2 where citizen_id = $1 and numbers <@ $3::bigint[]', [
      identity.citizenId,
      home,
      ids,
    ]);
    // Whoever represented this number represents its citizen again, and nobody else.
    await tx.query('update representation set citizen_id = $2, home_id = null where citizen_id = $1 and home_id = $2', [
      identity.citizenId,
      home,
    ]);
    // A refusal said for both numbers stays with one and is copied for the other: parting shows nothing that was refused.
    await tx.query(
      `insert into consent (id, version, citizen_id, numbers, decision, recipient, domains, kinds, record_id, purposes, up_to, show,
         valid_from, valid_to, recorded_by, recorded_as, evidence)
       select gen_random_uuid(), 1, $2, $3, decision, recipient, domains, kinds, record_id, purposes, up_to, show,
         valid_from, valid_to, recorded_by, recorded_as, evidence
       from consent where citizen_id = $1 and decision = 'refuse' and not withdrawn and superseded_at = 'infinity'
         and valid_to > now() and numbers && $3::bigint[]`,
      [identity.citizenId, home, ids],
    );
    // Whoever was enrolled before the merge is enrolled again, on the same basis.
    await tx.query(
      `insert into enrolment (id, citizen_id, identity_id, basis, evidence, starts_at, recorded_by)
       select gen_random_uuid(), $1, identity_id, basis, evidence, starts_at, $2 from enrolment
       where citizen_id = $1 and ended_by = 'merge' order by ended_at desc limit 1 on conflict do nothing`,
      [home, why.actor],
    );
    await copyFetches(tx, identity.citizenId, home);
    await tx.query(`insert into merge_log (action, kept, other, reason, actor) values ('split', $1, $2, $3, $4)`, [
      identity.citizenId,
      home,
      why.reason,
      why.actor,
    ]);
    const records = moving.map((row) => row.record_id);
    await appendChanges(tx, removedAndLook(records, identity.citizenId, home, records));
    return { kept: identity.citizenId, other: home, merged: true };
  });
