// Custody and guardians as configured sources tell them: one representation per record and citizen, written anew when
// what the source says differs, ended when it says it no longer. What staff have ended stays ended until the source says
// something else.

import { copenhagenInstant, daysAfter } from '../clock.ts';
import { custodyEnd } from '../model/custody.ts';
import type { KeyRing } from './crypto.ts';
import { type Db, type Pool, transaction } from './db.ts';
import type { NewRecord } from './records.ts';
import { appendChanges, type Change } from './removal.ts';
import {
  birthDateOf,
  type GuardianForm,
  insertRepresentation,
  lockAll,
  type RepresentationRow,
  representationsFrom,
  sealName,
} from './representations.ts';
import { holdPeople } from './subjects.ts';

/** What one record says of whom represents its citizen. */
export interface ToldRepresentative {
  readonly type: 'guardian' | 'custody';
  readonly form: GuardianForm | null;
  readonly number: Buffer;
  readonly name: string | undefined;
  /** Days; the last is included. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly domains: readonly string[] | null;
  readonly custodyUntil: number;
}

interface Facts {
  readonly representative: Buffer;
  readonly domains: readonly string[] | null;
  readonly valid_from: Date;
  readonly valid_to: Date | null;
}

/** As it would be written; undefined when there is nothing that could be in force. */
const factsOf = (told: ToldRepresentative, birth: string | undefined): Facts | undefined => {
  const said = told.to === undefined ? null : copenhagenInstant(daysAfter(told.to, 1));
  if (told.type === 'custody' && birth === undefined) return undefined;
  const from = told.from ?? (told.type === 'custody' ? birth : undefined) ?? '1900-01-01';
  const valid_from = copenhagenInstant(from);
  const valid_to = told.type === 'custody' ? custodyEnd(birth ?? '', told.custodyUntil, said) : said;
  if (valid_to !== null && valid_to <= valid_from) return undefined;
  return { representative: told.number, domains: told.domains, valid_from, valid_to };
};

const same = (row: RepresentationRow | undefined, facts: Facts): boolean =>
  row?.representative.equals(facts.representative) === true &&
  JSON.stringify(row.domains) === JSON.stringify(facts.domains) &&
  row.valid_from.getTime() === facts.valid_from.getTime() &&
  row.valid_to?.getTime() === facts.valid_to?.getTime();

/** Versions of one representation, newest first. @returns whether anything was written. */
const bring = async (
  tx: Db,
  keys: KeyRing,
  about: { readonly id: string; readonly citizenId: string; readonly recordId: string },
  told: ToldRepresentative | undefined,
  versions: readonly RepresentationRow[],
  now: Date,
): Promise<boolean> => {
  const [current] = versions;
  const facts =
    told === undefined
      ? undefined
      : factsOf(told, told.type === 'custody' ? await birthDateOf(tx, keys, about.citizenId) : undefined);
  if (told === undefined || facts === undefined) {
    if (current === undefined || current.ended) return false;
    await insertRepresentation(
      tx,
      { ...current, ended: true, recorded_by: 'samspil', recorded_as: 'system' },
      current.version,
    );
    return true;
  }
  // Over before the hub heard of it.
  if (current === undefined && facts.valid_to !== null && facts.valid_to <= now) return false;
  const lastTold = versions.find((row) => row.recorded_as === 'system' && !row.ended);
  const stands = current !== undefined && (!current.ended || current.recorded_as !== 'system');
  if (stands && same(lastTold, facts)) return false;
  await insertRepresentation(
    tx,
    {
      ...facts,
      id: about.id,
      citizen_id: about.citizenId,
      type: told.type,
      form: told.form,
      kinds: null,
      ended: false,
      name_cipher: sealName(keys, about.id, told.name),
      recorded_by: 'samspil',
      recorded_as: 'system',
      evidence: null,
      record_id: about.recordId,
    },
    current?.version,
  );
  return true;
};

/** Brings the representations of these records to what they say now. @returns what readers must be told. */
export const saveRepresentations = async (
  tx: Db,
  keys: KeyRing,
  records: readonly NewRecord[],
  now: Date,
): Promise<readonly Change[]> => {
  const contacts = records.filter((record) => record.entity === 'contact');
  const versions = await representationsFrom(
    tx,
    contacts.map((record) => record.id),
  );
  const changes: Change[] = [];
  for (const record of contacts) {
    const told = record.representative;
    if (told === undefined && !versions.has(record.id)) continue;
    for (const { subject } of record.subjects) {
      const id = keys.uuid('record', `representation ${record.id} ${subject.homeId}`);
      const own = (versions.get(record.id) ?? []).filter((row) => row.id === id);
      const about = { id, citizenId: subject.citizenId, recordId: record.id };
      if (await bring(tx, keys, about, told, own, now))
        changes.push({ citizenId: subject.citizenId, recordId: null, op: 'look' });
    }
  }
  return changes;
};

/**
 * What the configuration no longer allows ends: what came from sources that are not believed any more, and custody beyond
 * the age. Run at start; nothing happens where nothing changed.
 */
export const limitRepresentations = async (
  pool: Pool,
  keys: KeyRing,
  allowed: { readonly sources: readonly string[]; readonly custodyUntil: number },
): Promise<void> =>
  transaction(pool, async (tx) => {
    await holdPeople(tx);
    const changes: Change[] = [];
    for (const { from_believed, ...row } of await lockAll(tx, allowed.sources)) {
      const birth = row.type === 'custody' ? await birthDateOf(tx, keys, row.citizen_id) : undefined;
      const limit = birth === undefined ? row.valid_to : custodyEnd(birth, allowed.custodyUntil, row.valid_to);
      const shorter = row.type === 'custody' && limit?.getTime() !== row.valid_to?.getTime();
      if (from_believed && !shorter) continue;
      const next = from_believed ? { ...row, valid_to: limit } : { ...row, ended: true };
      const by = { recorded_by: 'samspil', recorded_as: 'system' } as const;
      await insertRepresentation(tx, { ...next, ...by }, row.version);
      changes.push({ citizenId: row.citizen_id, recordId: null, op: 'look' });
    }
    await appendChanges(tx, changes);
  });
