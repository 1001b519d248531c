// The citizen's consent for one meeting. Convening it opens proposals: each participant, the meeting and each record on its
// agenda, until so long after the meeting; nobody sees anything by that. A yes makes consents of those still open, a no
// takes back what was given for it. What was once refused or withdrawn is not asked for that meeting again.
import { randomUUID } from 'node:crypto';
import { copenhagenDay, copenhagenInstant } from '../clock.ts';
import type { Sensitivity } from '../model/values.ts';
import { decideProposal, insertProposal, lockMeetingProposals, type ProposalRow } from '../store/consent-proposals.ts';
import { insertConsent, lockConsent } from '../store/consents.ts';
import type { KeyRing } from '../store/crypto.ts';
import type { Db } from '../store/db.ts';
import { sealEvidence } from '../store/evidence.ts';
import type { AgendaRecord } from '../store/meetings.ts';
import type { Actor } from './actor.ts';
import { invalid } from './consent-input.ts';
import type { Consent } from './consent-text.ts';
import type { DeclareOptions } from './consents.ts';
import { visibleRecords } from './decide.ts';
import { confirmWithin } from './proposals.ts';
import { mustWrite, standingOf, type Writer } from './standing.ts';

export interface Sharing {
  readonly meeting: string;
  /** The number it is convened under. */
  readonly identity: number;
  readonly recipients: readonly string[];
  /** The meeting itself and what its agenda is about. */
  readonly records: readonly Omit<AgendaRecord, 'withheld'>[];
  readonly purposes: readonly string[];
  /** Exclusive. */
  readonly until: Date;
  readonly now: Date;
  /** Who convenes it. */
  readonly by: string;
}

type Reach = ProposalRow['up_to'];
const reaches: readonly Reach[] = ['normal', 'confidential', 'sensitive'];
const reachOf = (level: Sensitivity): Reach => (level === 'vip' ? 'sensitive' : level);

/** Ends the consent it became, if the citizen has not. */
const endGiven = async (tx: Db, row: ProposalRow, by: string, as: 'system' | Writer['as']): Promise<void> => {
  const consent = row.consent_id === null ? undefined : await lockConsent(tx, row.consent_id);
  if (consent === undefined || consent.withdrawn) return;
  await insertConsent(tx, { ...consent, withdrawn: true, recorded_by: by, recorded_as: as }, consent.version);
};

const sameList = (a: readonly string[] | null, b: readonly string[]): boolean =>
  a !== null && a.length === b.length && a.every((one) => b.includes(one));

/** Dismissed, or given and withdrawn by the citizen since: no for this meeting, whatever becomes of it. */
const refused = async (tx: Db, row: ProposalRow): Promise<boolean> => {
  if (row.state !== 'confirmed') return row.state === 'dismissed';
  const consent = row.consent_id === null ? undefined : await lockConsent(tx, row.consent_id);
  return consent?.withdrawn !== false;
};

/** Does what is asked or given reach as far as is wanted now, and as long? */
const enough = (row: ProposalRow, sharing: Sharing, level: Reach): boolean => {
  if (!sameList(row.purposes, sharing.purposes) || reaches.indexOf(row.up_to) < reaches.indexOf(level)) return false;
  const end = row.valid_to?.getTime() ?? Number.POSITIVE_INFINITY;
  const until = sharing.until.getTime();
  return row.state === 'open' ? end === until : end >= until;
};

/**
 * Asks for what the meeting needs as it is now, and takes back what it needs no more. Within the caller's transaction.
 * @returns the records that wait for the citizen's word
 */
export const askFor = async (tx: Db, keys: KeyRing, sharing: Sharing): Promise<ReadonlySet<string>> => {
  const { meeting, now } = sharing;
  const asked = await lockMeetingProposals(tx, meeting);
  const pairOf = (recipient: string | null, record: string | null): string => `${record} ${recipient}`;
  const wanted = new Map(
    sharing.recipients.flatMap((recipient) =>
      sharing.records.map((record) => [pairOf(recipient, record.id), { recipient, record }] as const),
    ),
  );
  const settled = new Set<string>();
  const waiting = new Set<string>();
  for (const row of asked) if (await refused(tx, row)) settled.add(pairOf(row.recipient, row.record_id));
  const no = new Set(settled);
  for (const row of asked) {
    const pair = pairOf(row.recipient, row.record_id);
    const want = wanted.get(pair);
    const stands = want !== undefined && enough(row, sharing, reachOf(want.record.sensitivity));
    if (row.state === 'open' && stands && !no.has(pair)) {
      settled.add(pair);
      waiting.add(want.record.id);
    } else if (row.state === 'open') await decideProposal(tx, row.id, { state: 'revoked', by: sharing.by });
    else if (row.state === 'confirmed' && !(await refused(tx, row))) {
      if (stands) settled.add(pair);
      // What was given and is still wanted, for longer or for more, stands as it was given.
      if (want !== undefined) continue;
      await endGiven(tx, row, sharing.by, 'system');
      await decideProposal(tx, row.id, { state: 'revoked', by: sharing.by });
    }
  }
  for (const [pair, { recipient, record }] of wanted) {
    if (settled.has(pair)) continue;
    waiting.add(record.id);
    const id = randomUUID();
    await insertProposal(tx, {
      id,
      identity_id: sharing.identity,
      source: 'samspil',
      reference: keys.hash('key', JSON.stringify(['meeting', id])),
      decision: 'grant',
      recipient,
      domains: [record.domain],
      kinds: [record.kind],
      purposes: sharing.purposes,
      up_to: reachOf(record.sensitivity),
      show: 'content',
      valid_from: copenhagenInstant(copenhagenDay(now)),
      valid_to: sharing.until,
      evidence: sealEvidence(keys, `Netværksmøde ${meeting}`),
      state: 'open',
      consent_id: null,
      meeting_id: meeting,
      record_id: record.id,
    });
  }
  return waiting;
};

/** Takes back what a meeting asks for and was given. `keep`: a record whose consents stand, such as the meeting itself. */
export const endSharing = async (tx: Db, meeting: string, by: string, keep?: string): Promise<void> => {
  for (const row of await lockMeetingProposals(tx, meeting)) {
    const given = row.state === 'confirmed' && row.record_id !== keep;
    if (row.state !== 'open' && !given) continue;
    if (given) await endGiven(tx, row, by, 'system');
    await decideProposal(tx, row.id, { state: 'revoked', by });
  }
};

export interface Answering {
  readonly citizenId: string;
  readonly meeting: string;
  readonly evidence: string | undefined;
}

const writerOf = async (tx: Db, actor: Actor, { citizenId, evidence }: Answering): Promise<Writer> => {
  const writer = mustWrite(await standingOf(tx, actor, citizenId));
  if (writer.as === 'professional' && evidence === undefined)
    throw invalid('evidence', 'A professional states where the citizen said or signed it.');
  return writer;
};

/** The citizen's yes. @throws HubError as for any consent. */
export const acceptMeeting = async (
  tx: Db,
  actor: Actor,
  answering: Answering,
  options: DeclareOptions & { readonly now: Date },
): Promise<readonly Consent[]> => {
  const writer = await writerOf(tx, actor, answering);
  const { citizenId, meeting, evidence } = answering;
  const open = (await lockMeetingProposals(tx, meeting)).filter(
    (row) => row.state === 'open' && (row.valid_to === null || row.valid_to > options.now),
  );
  const records = [...new Set(open.flatMap((row) => row.record_id ?? []))];
  const seen = new Set(
    (await visibleRecords(tx, actor, { citizens: [citizenId], records }))
      .filter(({ show }) => show === 'content')
      .map(({ recordId }) => recordId),
  );
  const given: Consent[] = [];
  for (const row of open) {
    // Nobody says yes to what names themselves, nor to what they cannot see; it may be gone since.
    if (row.recipient === `person:${actor.person}` || !seen.has(row.record_id ?? '')) continue;
    const said = evidence === undefined ? options : { ...options, evidence };
    given.push(await confirmWithin(tx, actor, writer, row, said));
  }
  return given;
};

/** The citizen's no, whatever was said before. */
export const declineMeeting = async (tx: Db, actor: Actor, answering: Answering): Promise<void> => {
  const writer = await writerOf(tx, actor, answering);
  for (const row of await lockMeetingProposals(tx, answering.meeting)) {
    if (row.state !== 'open' && row.state !== 'confirmed') continue;
    if (row.state === 'confirmed') await endGiven(tx, row, actor.person, writer.as);
    await decideProposal(tx, row.id, { state: 'dismissed', by: actor.person });
  }
};
