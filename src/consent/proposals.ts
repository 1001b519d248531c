// Consents that other systems report. A grant is a proposal: it lets nobody see anything until the citizen (or a
// representative, or staff with evidence) says so too. A refusal and a revocation take effect at once, and no system takes
// back a refusal. What is said twice under one reference is said once, in whatever order it comes.
import { randomUUID } from 'node:crypto';
import { copenhagenDay } from '../clock.ts';
import { HubError } from '../errors.ts';
import type { ParsedNumber } from '../model/cpr.ts';
import type { Witness } from '../store/access-log.ts';
import {
  decideProposal,
  forgetProposal,
  insertProposal,
  lockProposal,
  lockProposalOf,
  openProposals,
  type ProposalRow,
  proposalsAskedBy,
  proposalsTakenBack,
} from '../store/consent-proposals.ts';
import { insertConsent, lockConsent, unitNames } from '../store/consents.ts';
import type { KeyRing } from '../store/crypto.ts';
import { type Db, type Pool, transaction } from '../store/db.ts';
import { openEvidence, sealEvidence } from '../store/evidence.ts';
import { appendChanges } from '../store/removal.ts';
import { holdPeople, numberHash, subjectsByNumber } from '../store/subjects.ts';
import type { Actor } from './actor.ts';
import { type Asked, openAsked } from './asking.ts';
import { type ConsentInput, checkConsentInput, lastDay } from './consent-input.ts';
import { type Consent, consentText } from './consent-text.ts';
import { type DeclareOptions, declareWithin, recipientsNaming, within } from './consents.ts';
import { visibleRecords } from './decide.ts';
import { forbidden, mustWrite, notFound, standingOf, type Writer } from './standing.ts';

export interface Reported {
  readonly number: ParsedNumber;
  /** The reporting system's own reference of it. */
  readonly reference: string;
  /** Without it, it is a revocation of what was reported under the reference. */
  readonly consent: ConsentInput | undefined;
}
export type ReportOutcome = 'proposed' | 'refused' | 'revoked' | 'known' | 'not enrolled';

export interface ReportOptions extends DeclareOptions {
  /** Who reports: a source or the name of a delivery. */
  readonly source: string;
}

const bare = { domains: null, kinds: null, purposes: null, up_to: 'normal', show: 'content', evidence: null } as const;

const revoke = async (tx: Db, source: string, known: ProposalRow): Promise<ReportOutcome> => {
  // No other system takes back a no.
  if (known.decision === 'refuse' || known.state === 'dismissed' || known.state === 'revoked') return 'known';
  await decideProposal(tx, known.id, { state: 'revoked', by: source });
  const row = known.consent_id === null ? undefined : await lockConsent(tx, known.consent_id);
  if (row !== undefined && !row.withdrawn)
    await insertConsent(tx, { ...row, withdrawn: true, recorded_by: source, recorded_as: 'system' }, row.version);
  return 'revoked';
};

/** @throws HubError `request/invalid` with the field. */
export const report = async (pool: Pool, reported: Reported, options: ReportOptions): Promise<ReportOutcome> =>
  transaction(pool, async (tx) => {
    const { keys, source, clock = { now: () => new Date() } } = options;
    await holdPeople(tx);
    const now = clock.now();
    const wanted =
      reported.consent === undefined ? undefined : checkConsentInput(reported.consent, now, options.purposes);
    const hash = numberHash(keys, reported.number.number);
    const subject = (await subjectsByNumber(tx, [hash])).get(hash.toString('hex'));
    if (subject === undefined) return 'not enrolled';
    const { citizenId } = subject;
    const reference = keys.hash('key', JSON.stringify([source, subject.homeId, reported.reference]));
    await tx.query('select pg_advisory_xact_lock(7265749, hashtext($1))', [reference.toString('hex')]);
    const known = await lockProposalOf(tx, source, reference);
    const outcome = await (async (): Promise<ReportOutcome> => {
      if (known !== undefined && wanted?.decision !== 'refuse')
        return wanted === undefined ? revoke(tx, source, known) : 'known';
      if (known?.decision === 'refuse') return 'known';
      // A no counts whatever was said under the reference before.
      if (known !== undefined) {
        await revoke(tx, source, known);
        await forgetProposal(tx, known.id);
      }
      const row = { ...bare, id: randomUUID(), identity_id: subject.identityId, source, reference };
      if (wanted === undefined) {
        // Kept, so that the grant it revokes stays revoked when it comes late.
        const said = { decision: 'grant', recipient: null, valid_from: now, valid_to: null } as const;
        await insertProposal(tx, { ...row, ...said, state: 'revoked', consent_id: null });
        return 'revoked';
      }
      const said = {
        decision: wanted.decision,
        recipient: wanted.recipient ?? null,
        domains: wanted.domains ?? null,
        kinds: wanted.kinds ?? null,
        purposes: wanted.purposes ?? null,
        up_to: wanted.upTo ?? 'normal',
        show: wanted.show ?? 'content',
        valid_from: wanted.validFrom,
        valid_to: wanted.validTo,
        evidence: sealEvidence(keys, wanted.evidence),
      } as const;
      if (wanted.decision === 'grant') {
        await insertProposal(tx, { ...row, ...said, state: 'open', consent_id: null });
        return 'proposed';
      }
      const consent = await insertConsent(tx, {
        ...said,
        id: randomUUID(),
        citizen_id: citizenId,
        record_id: null,
        withdrawn: false,
        recorded_by: source,
        recorded_as: 'system',
      });
      await insertProposal(tx, { ...row, ...said, state: 'confirmed', consent_id: consent.id });
      return 'refused';
    })();
    await options.witness?.(tx, citizenId);
    if (outcome === 'refused' || outcome === 'revoked')
      await appendChanges(tx, [{ citizenId, recordId: null, op: 'look' }]);
    return outcome;
  });

/** `evidence`: in the clear. */
const inputOf = (row: ProposalRow, evidence: string | null): ConsentInput => ({
  decision: row.decision,
  upTo: row.up_to,
  show: row.show,
  from: copenhagenDay(row.valid_from),
  ...(row.valid_to === null ? {} : { to: lastDay(row.valid_to) }),
  ...(row.recipient === null ? {} : { recipient: row.recipient }),
  ...(row.domains === null ? {} : { domains: row.domains as ConsentInput['domains'] & {} }),
  ...(row.kinds === null ? {} : { kinds: row.kinds as ConsentInput['kinds'] & {} }),
  ...(row.record_id === null ? {} : { record: row.record_id }),
  ...(row.purposes === null ? {} : { purposes: [...row.purposes] }),
  ...(evidence === null ? {} : { evidence }),
});

const textOf = async (db: Db, row: ProposalRow): Promise<string> => {
  const names = await unitNames(db, [row.recipient?.replace(/^(unit|organisation):/, '') ?? '']);
  const said = { ...row, version: 1, withdrawn: false, recorded_at: row.proposed_at };
  const text = consentText({ ...said, recorded_by: row.source, recorded_as: 'system' }, names);
  if (row.asked_by !== null) return text.replace(/^Du har givet lov til/, 'Du bliver spurgt, om du giver lov til');
  return row.meeting_id === null
    ? text.replace(/^Du har givet lov til/, 'Et andet system siger, at du har givet lov til')
    : text.replace(/^Du har givet lov til/, 'Til et møde bliver du spurgt, om du giver lov til');
};

export interface Proposal extends Omit<ConsentInput, 'decision'> {
  readonly id: string;
  /** The meeting it is asked for. */
  readonly meeting?: string;
  readonly source: string;
  readonly proposedAt: string;
  /** Who asks, where a professional does, and what became of it. */
  readonly asked?: Asked & { readonly mine: boolean };
  readonly state?: 'open' | 'given' | 'ended' | 'takenBack' | 'closed';
  readonly text: string;
}

/** An open question whose time has passed is no question any more. */
const stateOf = ({ state, valid_to, ended }: ProposalRow, now: Date): NonNullable<Proposal['state']> => {
  if (state === 'confirmed') return ended ? 'ended' : 'given';
  if (state === 'revoked') return 'takenBack';
  return state === 'open' && (valid_to === null || valid_to > now) ? 'open' : 'closed';
};

const present = async (db: Db, keys: KeyRing, actor: Actor, row: ProposalRow): Promise<Proposal> => {
  const { decision: _, ...said } = inputOf(row, openEvidence(keys, row.evidence));
  return {
    id: row.id,
    source: row.source,
    proposedAt: row.proposed_at.toISOString(),
    ...said,
    ...(row.meeting_id === null ? {} : { meeting: row.meeting_id }),
    ...(row.asked === null
      ? {}
      : {
          asked: { ...openAsked(keys, row.asked), mine: row.asked_by === actor.person },
          state: stateOf(row, new Date()),
        }),
    text: await textOf(db, row),
  };
};

/** How long the citizen can see that a question was taken back: 30 days. */
const toldFor = 30 * 86_400_000;

/** That a meeting is convened and what it is about is told only to who sees both, not to who is asked to it. */
const seesMeeting = async (db: Db, actor: Actor, row: ProposalRow, meeting: string): Promise<boolean> => {
  const records = [...new Set([meeting, row.record_id ?? meeting])];
  const seen = await visibleRecords(db, actor, { citizens: [row.citizen_id], records });
  return seen.filter(({ show }) => show === 'content').length === records.length;
};

/** Staff read proposals that name them, like grants; a representative those inside what they represent. */
const readable = async (db: Db, actor: Actor, writer: Writer, row: ProposalRow): Promise<boolean> => {
  if (row.meeting_id !== null && !(await seesMeeting(db, actor, row, row.meeting_id))) return false;
  if (writer.as === 'citizen') return true;
  if (writer.as === 'representative') return within(writer.scopes, row);
  if (row.meeting_id !== null) return true;
  return (await recipientsNaming(db, actor)).includes(row.recipient ?? '');
};

export const listProposals = async (
  db: Db,
  keys: KeyRing,
  actor: Actor,
  citizenId: string,
): Promise<readonly Proposal[]> => {
  const own = actor.kind === 'professional' ? await proposalsAskedBy(db, citizenId, actor.person) : [];
  const mine = new Set(own.map(({ id }) => id));
  const standing = actor.kind === 'dpo' ? undefined : await standingOf(db, actor, citizenId);
  // Whoever may not say what the citizen says may still have asked.
  const asker = actor.kind === 'professional' && standing?.as === 'reader';
  const writer = standing === undefined || asker ? undefined : mustWrite(standing);
  const rows = asker ? [] : await openProposals(db, citizenId);
  // Staff are told of what was taken back only where they asked themselves.
  const told = standing === undefined || standing.as === 'citizen' || standing.as === 'representative';
  const since = new Date(Date.now() - toldFor);
  const back = told ? await proposalsTakenBack(db, citizenId, since) : [];
  const shown: Proposal[] = [];
  for (const row of [...own, ...[...rows, ...back].filter(({ id }) => !mine.has(id))])
    if (mine.has(row.id) || writer === undefined || (await readable(db, actor, writer, row)))
      shown.push(await present(db, keys, actor, row));
  return shown;
};

/** The open proposal, if this actor may read it; hidden, decided by nobody known and unknown ones look the same. */
const lockReadable = async (tx: Db, actor: Actor, citizenId: string, id: string) => {
  const writer = mustWrite(await standingOf(tx, actor, citizenId));
  const row = await lockProposal(tx, id);
  if (row === undefined || row.citizen_id !== citizenId || !(await readable(tx, actor, writer, row))) throw notFound();
  if (row.state !== 'open')
    throw new HubError({ code: 'request/conflict', fault: 'config', message: 'The proposal is decided already.' });
  return { writer, row };
};

/** Makes it the consent of who says so, inside a transaction that holds people; the caller appends the change. */
export const confirmWithin = async (
  tx: Db,
  actor: Actor,
  writer: Writer,
  row: ProposalRow,
  options: DeclareOptions & { readonly evidence?: string },
): Promise<Consent> => {
  // What stands in the proposal is not evidence of what the citizen told this professional.
  const reported = writer.as === 'professional' ? null : openEvidence(options.keys, row.evidence);
  const said = inputOf(row, options.evidence ?? reported);
  const consent = await declareWithin(tx, actor, row.citizen_id, said, options);
  await decideProposal(tx, row.id, { state: 'confirmed', by: actor.person, consentId: consent.id });
  return consent;
};

/** Says what the other system said: from here on it is a consent like any other. */
export const confirmProposal = async (
  pool: Pool,
  actor: Actor,
  at: { readonly citizenId: string; readonly id: string },
  options: DeclareOptions & { readonly evidence?: string },
): Promise<Consent> =>
  transaction(pool, async (tx) => {
    await holdPeople(tx);
    const { writer, row } = await lockReadable(tx, actor, at.citizenId, at.id);
    const consent = await confirmWithin(tx, actor, writer, row, options);
    await options.witness?.(tx, at.citizenId);
    await appendChanges(tx, [{ citizenId: at.citizenId, recordId: null, op: 'look' }]);
    return consent;
  });

/** The citizen does not say so: it is not asked again. That is no refusal. */
export const dismissProposal = async (
  pool: Pool,
  actor: Actor,
  at: { readonly citizenId: string; readonly id: string },
  witness: Witness,
): Promise<void> =>
  transaction(pool, async (tx) => {
    await holdPeople(tx);
    const { writer, row } = await lockReadable(tx, actor, at.citizenId, at.id);
    if (writer.as === 'professional') throw forbidden('The citizen or a representative says so.');
    await decideProposal(tx, row.id, { state: 'dismissed', by: actor.person });
    await witness(tx, at.citizenId);
  });
