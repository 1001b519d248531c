// Who may say what about who sees what. Citizens and representatives (inside what they represent) grant, refuse and
// withdraw; a professional with scope consents.write records what the citizen said, with evidence. Nobody records a
// grant to themselves, meaning their own person: a grant to the unit or role they work in is the citizen's to give.
import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../clock.ts';
import type { Witness } from '../store/access-log.ts';
import { type ConsentRow, consentsOf, insertConsent, lockConsent, type Scope, unitNames } from '../store/consents.ts';
import type { KeyRing } from '../store/crypto.ts';
import { type Db, type Pool, transaction } from '../store/db.ts';
import { openEvidence, sealEvidence } from '../store/evidence.ts';
import { appendChanges } from '../store/removal.ts';
import { holdPeople } from '../store/subjects.ts';
import type { Actor } from './actor.ts';
import { type CheckedConsent, type ConsentInput, checkConsentInput, invalid } from './consent-input.ts';
import { type Consent, presentConsent } from './consent-text.ts';
import { visibleRecords } from './decide.ts';
import {
  couldWrite,
  forbidden,
  mayNotWrite,
  mustWrite,
  notFound,
  type Standing,
  standingOf,
  type Writer,
} from './standing.ts';

export interface DeclareOptions {
  readonly keys: KeyRing;
  readonly witness?: Witness;
  readonly clock?: Clock;
  /** The configured purposes; absent = not checked. */
  readonly purposes?: readonly string[];
}

const inside = (allowed: readonly string[] | null, said: readonly string[] | null | undefined): boolean =>
  allowed === null || said?.every((one) => allowed.includes(one)) === true;
export const within = (
  scopes: readonly Scope[],
  said: {
    readonly domains?: readonly string[] | null | undefined;
    readonly kinds?: readonly string[] | null | undefined;
  },
): boolean => scopes.some((scope) => inside(scope.domains, said.domains) && inside(scope.kinds, said.kinds));

const checkStanding = async (
  db: Db,
  actor: Actor,
  citizenId: string,
  writer: Writer,
  wanted: CheckedConsent,
): Promise<void> => {
  if (wanted.decision === 'grant' && wanted.recipient === `person:${actor.person}`)
    throw forbidden('Nobody records a grant that names themselves.', 'recipient');
  if (writer.as === 'professional' && wanted.evidence === undefined)
    throw invalid('evidence', 'A professional states where the citizen said or signed it.');
  if (wanted.record !== undefined) {
    // A record the writer does not see is answered like one that is not there.
    const [seen] = await visibleRecords(db, actor, { citizens: [citizenId], records: [wanted.record] });
    if (seen?.show !== 'content') throw invalid('record', 'The record is not known.');
    if (writer.as === 'representative' && !within(writer.scopes, { domains: [seen.domain], kinds: [seen.kind] }))
      throw forbidden('It is outside what you represent the citizen in.', 'record');
  } else if (writer.as === 'representative' && !within(writer.scopes, wanted))
    throw forbidden('It is outside what you represent the citizen in.', 'domains');
};

const present = async (db: Db, keys: KeyRing, rows: readonly ConsentRow[]): Promise<readonly Consent[]> => {
  const ids = rows.flatMap((row) => row.recipient?.match(/^(?:unit|organisation):(.+)$/)?.[1] ?? []);
  const names = await unitNames(db, ids);
  return rows.map((row) => presentConsent({ ...row, evidence: openEvidence(keys, row.evidence) }, names));
};
const presentOne = async (db: Db, keys: KeyRing, row: ConsentRow): Promise<Consent> => {
  const [consent] = await present(db, keys, [row]);
  if (consent === undefined) throw notFound();
  return consent;
};

/**
 * Records a grant or a refusal; in effect for the next read.
 * @throws HubError `request/invalid` with the field, `request/forbidden`, `request/not-found`.
 */
export const declareConsent = async (
  pool: Pool,
  actor: Actor,
  citizenId: string,
  input: ConsentInput,
  options: DeclareOptions,
): Promise<Consent> =>
  transaction(pool, async (tx) => {
    // What is said while numbers are being joined must not be said of an id that is no more.
    await holdPeople(tx);
    const consent = await declareWithin(tx, actor, citizenId, input, options);
    await options.witness?.(tx, citizenId);
    await appendChanges(tx, [{ citizenId, recordId: null, op: 'look' }]);
    return consent;
  });

/** The same inside a transaction that holds people; the caller witnesses it and appends the change. */
export const declareWithin = async (
  tx: Db,
  actor: Actor,
  citizenId: string,
  input: ConsentInput,
  options: DeclareOptions,
): Promise<Consent> => {
  const writer = mustWrite(await standingOf(tx, actor, citizenId));
  const wanted = checkConsentInput(input, (options.clock ?? systemClock).now(), options.purposes);
  await checkStanding(tx, actor, citizenId, writer, wanted);
  const row = await insertConsent(tx, {
    id: randomUUID(),
    citizen_id: citizenId,
    decision: wanted.decision,
    recipient: wanted.recipient ?? null,
    domains: wanted.domains ?? null,
    kinds: wanted.kinds ?? null,
    record_id: wanted.record ?? null,
    purposes: wanted.purposes ?? null,
    up_to: wanted.upTo ?? 'normal',
    show: wanted.show ?? 'content',
    valid_from: wanted.validFrom,
    valid_to: wanted.validTo,
    withdrawn: false,
    recorded_by: actor.person,
    recorded_as: writer.as,
    evidence: sealEvidence(options.keys, wanted.evidence),
  });
  return presentOne(tx, options.keys, row);
};

/** May this writer end that consent? What a professional cannot read and did not record does not exist for them. */
const mayWithdraw = async (db: Db, actor: Actor, writer: Writer, row: ConsentRow): Promise<boolean> => {
  if (writer.as !== 'professional') return true;
  if (row.recorded_by === actor.person) return true;
  const readable = await consentsOf(db, row.citizen_id, await recipientsNaming(db, actor));
  return readable.some((one) => one.id === row.id);
};

const checkScopeOf = async (db: Db, actor: Actor, scopes: readonly Scope[], row: ConsentRow): Promise<void> => {
  const records = row.record_id === null ? [] : [row.record_id];
  const [seen] = records.length === 0 ? [] : await visibleRecords(db, actor, { citizens: [row.citizen_id], records });
  if (!within(scopes, seen === undefined ? row : { domains: [seen.domain], kinds: [seen.kind] }))
    throw forbidden('It is outside what you represent the citizen in.');
};

export interface WithdrawOptions {
  readonly keys: KeyRing;
  readonly evidence?: string;
  readonly witness?: Witness;
}

/** Takes back a grant or a refusal: a new version supersedes. Withdrawing twice changes nothing. */
export const withdrawConsent = async (
  pool: Pool,
  actor: Actor,
  consentId: string,
  options: WithdrawOptions,
): Promise<Consent> =>
  transaction(pool, async (tx) => {
    if (!couldWrite(actor)) throw mayNotWrite();
    await holdPeople(tx);
    const { consent, citizen, changed } = await withdrawWithin(tx, actor, consentId, options);
    if (changed) await appendChanges(tx, [{ citizenId: citizen, recordId: null, op: 'look' }]);
    return consent;
  });

/** The same inside a transaction that holds people; the caller appends the change. */
export const withdrawWithin = async (
  tx: Db,
  actor: Actor,
  consentId: string,
  options: WithdrawOptions,
): Promise<{ readonly consent: Consent; readonly citizen: string; readonly changed: boolean }> => {
  const row = await lockConsent(tx, consentId);
  if (row === undefined) throw notFound();
  const citizen = row.citizen_id;
  const writer = await standingOf(tx, actor, citizen);
  if (writer.as === 'nobody' || writer.as === 'reader' || !(await mayWithdraw(tx, actor, writer, row)))
    throw notFound();
  if (writer.as === 'representative') await checkScopeOf(tx, actor, writer.scopes, row);
  if (writer.as === 'professional' && options.evidence === undefined)
    throw invalid('evidence', 'A professional states where the citizen said or signed it.');
  await options.witness?.(tx, citizen);
  if (row.withdrawn) return { consent: await presentOne(tx, options.keys, row), citizen, changed: false };
  const evidence = sealEvidence(options.keys, options.evidence) ?? row.evidence;
  const next = { ...row, withdrawn: true, recorded_by: actor.person, recorded_as: writer.as, evidence };
  const ended = await insertConsent(tx, next, row.version);
  return { consent: await presentOne(tx, options.keys, ended), citizen, changed: true };
};

/** The recipients a grant can name this reader by. */
export const recipientsNaming = async (db: Db, actor: Actor): Promise<readonly string[]> => {
  const { rows } = await db.query<{ keys: string[] }>(
    'select (reader_keys($1, $2, $3, $4, $5, $6, now())).for_grants as keys',
    [
      actor.kind,
      actor.person,
      actor.role ?? null,
      actor.organisation ?? null,
      actor.unit ?? null,
      actor.consumer ?? null,
    ],
  );
  return rows[0]?.keys ?? [];
};

/** Citizen, representative and DPO read all versions; anybody else who sees the citizen only grants that name them. */
export const listConsents = async (
  db: Db,
  keys: KeyRing,
  actor: Actor,
  citizenId: string,
): Promise<readonly Consent[]> => {
  const standing: Standing = actor.kind === 'dpo' ? { as: 'nobody' } : await standingOf(db, actor, citizenId);
  if (actor.kind !== 'dpo' && standing.as === 'nobody') throw notFound();
  const all = actor.kind === 'dpo' || standing.as === 'citizen' || standing.as === 'representative';
  return present(db, keys, await consentsOf(db, citizenId, all ? null : await recipientsNaming(db, actor)));
};
