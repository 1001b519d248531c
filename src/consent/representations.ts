// Who may say who represents whom. The citizen (from 15) gives a power of attorney and takes it back; staff with
// consents.write record guardians, custody and signed powers, with evidence; nobody makes themselves a representative,
// and a representative makes nobody else one. Custody ends with age, by the date that is written.
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { custodyEnd, partyAge, reaches } from '../model/custody.ts';
import type { Witness } from '../store/access-log.ts';
import { findCitizen } from '../store/citizens.ts';
import type { KeyRing } from '../store/crypto.ts';
import { type Db, type Pool, transaction } from '../store/db.ts';
import { openEvidence, sealEvidence } from '../store/evidence.ts';
import { numbersOfReader } from '../store/known-readers.ts';
import { appendChanges } from '../store/removal.ts';
import {
  birthDateOf,
  insertRepresentation,
  lockRepresentation,
  openName,
  type RepresentationRow,
  representationsOf,
  sealName,
} from '../store/representations.ts';
import { holdPeople, numberHash } from '../store/subjects.ts';
import type { Actor } from './actor.ts';
import { invalid } from './consent-input.ts';
import { type CheckedRepresentation, checkRepresentationInput } from './representation-input.ts';
import { presentRepresentation, type Representation } from './representation-text.ts';
import { couldWrite, forbidden, mayNotWrite, mustWrite, notFound, standingOf, type Writer } from './standing.ts';

export interface RepresentationOptions {
  readonly keys: KeyRing;
  readonly clock: Clock;
  /** Until which age custody represents. */
  readonly custodyUntil: number;
  readonly witness?: Witness;
}

const checkWho = (writer: Writer, wanted: CheckedRepresentation): void => {
  if (writer.as === 'representative') throw forbidden('A representative does not appoint others.', 'type');
  if (writer.as === 'citizen' && wanted.type !== 'powerOfAttorney')
    throw forbidden('Guardians and custody are recorded by the municipality.', 'type');
  if (writer.as === 'professional' && wanted.evidence === undefined)
    throw invalid('evidence', 'A professional states where it was decided or signed.');
};

/** By the number their token gives, or by those the log knows them to have read in person with. */
const isThemselves = async (db: Db, actor: Actor, representative: Buffer): Promise<boolean> =>
  actor.numberHash?.equals(representative) === true ||
  (await numbersOfReader(db, actor.person)).some((hash) => hash.equals(representative));

/** The end as it will be written. @throws HubError when age says that there is nothing to begin. */
const endOf = async (
  tx: Db,
  citizenId: string,
  wanted: CheckedRepresentation,
  { keys, clock, custodyUntil }: RepresentationOptions,
): Promise<Date | null> => {
  const birth = await birthDateOf(tx, keys, citizenId);
  const now = clock.now();
  if (wanted.type === 'powerOfAttorney') {
    if (birth !== undefined && reaches(birth, partyAge) > now)
      throw forbidden('A power of attorney is given from the age of 15.', 'type');
    return wanted.validTo;
  }
  if (wanted.type === 'guardian') return wanted.validTo;
  if (birth === undefined)
    throw invalid('type', 'The number does not tell the citizen’s age, so custody could not end with it.');
  const end = custodyEnd(birth, custodyUntil, wanted.validTo);
  if (end <= now || end <= wanted.validFrom) throw invalid('type', 'At this age custody no longer represents.');
  return end;
};

const shown = (keys: KeyRing, row: RepresentationRow): Representation =>
  presentRepresentation({ ...row, evidence: openEvidence(keys, row.evidence) }, openName(keys, row));

/**
 * Records who represents the citizen; in effect for the next read.
 * @throws HubError `request/invalid` with the field, `request/forbidden`, `request/not-found`.
 */
export const appoint = async (
  pool: Pool,
  actor: Actor,
  citizenId: string,
  input: unknown,
  options: RepresentationOptions,
): Promise<Representation> =>
  transaction(pool, async (tx) => {
    await holdPeople(tx);
    const writer = mustWrite(await standingOf(tx, actor, citizenId));
    const wanted = checkRepresentationInput(input, options.clock.now());
    checkWho(writer, wanted);
    const representative = numberHash(options.keys, wanted.number.number);
    if ((await isThemselves(tx, actor, representative)) || (await findCitizen(tx, representative)) === citizenId)
      throw forbidden('Nobody is made a representative by themselves, or of themselves.', 'cpr');
    const validTo = await endOf(tx, citizenId, wanted, options);
    const id = randomUUID();
    const row = await insertRepresentation(tx, {
      id,
      citizen_id: citizenId,
      representative,
      type: wanted.type,
      form: wanted.form ?? null,
      domains: wanted.domains ?? null,
      kinds: wanted.kinds ?? null,
      valid_from: wanted.validFrom,
      valid_to: validTo,
      ended: false,
      name_cipher: sealName(options.keys, id, wanted.name),
      recorded_by: actor.person,
      recorded_as: writer.as,
      evidence: sealEvidence(options.keys, wanted.evidence),
      record_id: null,
    });
    await options.witness?.(tx, citizenId);
    await appendChanges(tx, [{ citizenId, recordId: null, op: 'look' }]);
    return shown(options.keys, row);
  });

/** Which of them the actor may read. */
const readable = (actor: Actor, as: Writer['as'], row: RepresentationRow): boolean => {
  if (as === 'citizen') return true;
  if (as === 'representative') return actor.numberHash?.equals(row.representative) === true;
  return row.type !== 'powerOfAttorney' || row.recorded_by === actor.person;
};

/** Citizen and DPO read all versions, a representative their own, staff with consents.write guardians and custody. */
export const listRepresentations = async (
  db: Db,
  keys: KeyRing,
  actor: Actor,
  citizenId: string,
): Promise<readonly Representation[]> => {
  const rows = await representationsOf(db, citizenId);
  if (actor.kind === 'dpo') return rows.map((row) => shown(keys, row));
  const { as } = mustWrite(await standingOf(db, actor, citizenId));
  return rows.filter((row) => readable(actor, as, row)).map((row) => shown(keys, row));
};

const checkMayEnd = (writer: Writer, row: RepresentationRow, evidence: string | undefined): void => {
  if (writer.as !== 'professional' && row.type !== 'powerOfAttorney')
    throw forbidden('Guardians and custody are ended by the municipality.');
  if (writer.as === 'professional' && evidence === undefined)
    throw invalid('evidence', 'A professional states where it was decided or signed.');
};

/** Ends a representation: a new version supersedes. Ending twice changes nothing. Others' and unknown ones look the same. */
export const endRepresentation = async (
  pool: Pool,
  actor: Actor,
  id: string,
  options: { readonly keys: KeyRing; readonly evidence?: string; readonly witness?: Witness },
): Promise<Representation> =>
  transaction(pool, async (tx) => {
    if (!couldWrite(actor)) throw mayNotWrite();
    await holdPeople(tx);
    const row = await lockRepresentation(tx, id);
    if (row === undefined) throw notFound();
    const writer = await standingOf(tx, actor, row.citizen_id);
    if (writer.as === 'nobody' || writer.as === 'reader' || !readable(actor, writer.as, row)) throw notFound();
    checkMayEnd(writer, row, options.evidence);
    await options.witness?.(tx, row.citizen_id);
    if (row.ended) return shown(options.keys, row);
    const next = {
      ...row,
      ended: true,
      recorded_by: actor.person,
      recorded_as: writer.as,
      evidence: sealEvidence(options.keys, options.evidence) ?? row.evidence,
    };
    const ended = await insertRepresentation(tx, next, row.version);
    await appendChanges(tx, [{ citizenId: row.citizen_id, recordId: null, op: 'look' }]);
    return shown(options.keys, ended);
  });
