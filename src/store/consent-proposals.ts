// What other systems say that citizens have consented to, and what a yes to a meeting would let its participants see, as
// rows: nothing in them lets anybody see anything. They belong to the number they came under, so that merges and splits
// move nothing, and go with the enrolment.
import type { Db } from './db.ts';

export interface ProposalRow {
  readonly id: string;
  readonly citizen_id: string;
  readonly source: string;
  readonly decision: 'grant' | 'refuse';
  readonly recipient: string | null;
  readonly domains: readonly string[] | null;
  readonly kinds: readonly string[] | null;
  readonly purposes: readonly string[] | null;
  readonly up_to: 'normal' | 'confidential' | 'sensitive';
  readonly show: 'content' | 'busy';
  readonly valid_from: Date;
  /** Null: no end. */
  readonly valid_to: Date | null;
  readonly evidence: string | null;
  readonly proposed_at: Date;
  readonly state: 'open' | 'confirmed' | 'dismissed' | 'revoked';
  readonly consent_id: string | null;
  /** What it became is withdrawn or over. */
  readonly ended: boolean;
  /** The meeting it is asked for, and the one record it is about. */
  readonly meeting_id: string | null;
  readonly record_id: string | null;
  /** The professional who asks for it, and, sealed, who they say they are and why. */
  readonly asked_by: string | null;
  readonly asked: string | null;
}
type Loaded = { [K in keyof ProposalRow]: ProposalRow[K] };

const columns = `p.id, i.citizen_id, p.source, p.decision, p.recipient, p.domains, p.kinds, p.purposes, p.up_to, p.show, p.valid_from,
  nullif(p.valid_to, 'infinity') as valid_to, p.evidence, p.proposed_at, p.state, p.consent_id,
  exists (select from consent c where c.id = p.consent_id and c.superseded_at = 'infinity'
    and (c.withdrawn or c.valid_to <= now())) as ended,
  p.meeting_id, p.record_id, p.asked_by, p.asked`;
const from = 'from consent_proposal p join identity i on i.id = p.identity_id';

/** What waits for the citizen's word, newest first; what has lapsed meanwhile is not asked any more. */
export const openProposals = async (db: Db, citizenId: string): Promise<readonly ProposalRow[]> => {
  const { rows } = await db.query<Loaded>(
    `select ${columns} ${from} where i.citizen_id = $1 and p.state = 'open' and p.valid_to > now()
     order by p.proposed_at desc, p.record_id, p.recipient, p.id`,
    [citizenId],
  );
  return rows;
};

/** What this person has asked the citizen for, whatever became of it, newest first. */
export const proposalsAskedBy = async (db: Db, citizenId: string, person: string): Promise<readonly ProposalRow[]> => {
  const { rows } = await db.query<Loaded>(
    `select ${columns} ${from} where i.citizen_id = $1 and p.asked_by = $2 order by p.proposed_at desc, p.id limit 100`,
    [citizenId, person],
  );
  return rows;
};

/** What professionals asked the citizen for and took back since then, newest first. */
export const proposalsTakenBack = async (db: Db, citizenId: string, since: Date): Promise<readonly ProposalRow[]> => {
  const { rows } = await db.query<Loaded>(
    `select ${columns} ${from} where i.citizen_id = $1 and p.asked_by is not null and p.state = 'revoked' and p.decided_at >= $2
     order by p.proposed_at desc, p.id`,
    [citizenId, since],
  );
  return rows;
};

/** Everything that was ever asked for a meeting, held until the transaction ends. */
export const lockMeetingProposals = async (tx: Db, meeting: string): Promise<readonly ProposalRow[]> => {
  const { rows } = await tx.query<Loaded>(
    `select ${columns} ${from} where p.meeting_id = $1 order by p.proposed_at, p.record_id, p.recipient, p.id for update of p`,
    [meeting],
  );
  return rows;
};

export const lockProposal = async (db: Db, id: string): Promise<ProposalRow | undefined> => {
  const { rows } = await db.query<Loaded>(`select ${columns} ${from} where p.id = $1 for update of p`, [id]);
  return rows[0];
};

/** By the source's own reference, as keyed hash. */
export const lockProposalOf = async (db: Db, source: string, reference: Buffer): Promise<ProposalRow | undefined> => {
  const { rows } = await db.query<Loaded>(
    `select ${columns} ${from} where p.source = $1 and p.reference_hash = $2 for update of p`,
    [source, reference],
  );
  return rows[0];
};

export interface NewProposal
  extends Omit<ProposalRow, 'citizen_id' | 'proposed_at' | 'ended' | 'meeting_id' | 'record_id' | 'asked_by' | 'asked'>,
    Partial<Pick<ProposalRow, 'meeting_id' | 'record_id' | 'asked_by' | 'asked'>> {
  readonly identity_id: number;
  readonly reference: Buffer;
}

export const insertProposal = async (db: Db, row: NewProposal): Promise<void> => {
  await db.query(
    `insert into consent_proposal (id, identity_id, source, reference_hash, decision, recipient, domains, kinds, purposes, up_to,
       show, valid_from, valid_to, evidence, state, consent_id, decided_at, decided_by, meeting_id, record_id,
       asked_by, asked)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, coalesce($13, 'infinity'::timestamptz), $14, $15, $16,
       case when $15 = 'open' then null else now() end, case when $15 = 'open' then null else $3 end, $17, $18,
       $19, $20)`,
    [
      row.id,
      row.identity_id,
      row.source,
      row.reference,
      row.decision,
      row.recipient,
      row.domains,
      row.kinds,
      row.purposes,
      row.up_to,
      row.show,
      row.valid_from,
      row.valid_to,
      row.evidence,
      row.state,
      row.consent_id,
      row.meeting_id ?? null,
      row.record_id ?? null,
      row.asked_by ?? null,
      row.asked ?? null,
    ],
  );
};

/** Closes a proposal that is open, or one that was confirmed and is revoked. */
export const decideProposal = async (
  db: Db,
  id: string,
  as: { readonly state: 'confirmed' | 'dismissed' | 'revoked'; readonly by: string; readonly consentId?: string },
): Promise<void> => {
  await db.query(
    `update consent_proposal set state = $2, decided_at = now(), decided_by = $3, consent_id = coalesce($4, consent_id) where id = $1`,
    [id, as.state, as.by, as.consentId ?? null],
  );
};

/** For another to take its reference. */
export const forgetProposal = async (tx: Db, id: string): Promise<void> => {
  await tx.query('delete from consent_proposal where id = $1', [id]);
};

export const eraseProposals = async (tx: Db, citizenId: string): Promise<void> => {
  await tx.query('delete from consent_proposal p using identity i where i.id = p.identity_id and i.citizen_id = $1', [
    citizenId,
  ]);
};
