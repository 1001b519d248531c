// Meetings convened in the hub, beside their records: who is asked to them, what their agendas are about, and what the
// citizen says. What the meeting itself says is its record (an appointment).
import type { Sensitivity } from '../model/values.ts';
import type { Db } from './db.ts';

export interface MeetingRow {
  readonly record_id: string;
  /** Consent's recipients, in the order of the record's participants. */
  readonly recipients: readonly (string | null)[];
  /** What each line of the agenda is about. */
  readonly agenda: readonly (string | null)[];
  readonly purposes: readonly string[];
  readonly days_after: number;
  readonly answer: 'accepted' | 'declined' | null;
  readonly answered_at: Date | null;
}
type Loaded = { [K in keyof MeetingRow]: MeetingRow[K] };

const columns = 'record_id, recipients, agenda, purposes, days_after, answer, answered_at';

export const meetingRows = async (db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, MeetingRow>> => {
  if (ids.length === 0) return new Map();
  const { rows } = await db.query<Loaded>(`select ${columns} from meeting where record_id = any($1::uuid[])`, [ids]);
  return new Map(rows.map((row) => [row.record_id, row]));
};

export const saveMeeting = async (tx: Db, row: MeetingRow): Promise<void> => {
  await tx.query(
    `insert into meeting (${columns}) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (record_id) do update set recipients = excluded.recipients, agenda = excluded.agenda,
       purposes = excluded.purposes, days_after = excluded.days_after, answer = excluded.answer, answered_at = excluded.answered_at`,
    [row.record_id, row.recipients, row.agenda, row.purposes, row.days_after, row.answer, row.answered_at],
  );
};

/** What a grant for one record must say to reach it. */
export interface AgendaRecord {
  readonly id: string;
  readonly kind: string;
  readonly domain: string;
  readonly sensitivity: Sensitivity;
  readonly withheld: boolean;
}

/** Those of these records that the hub has of the citizen. */
export const agendaRecords = async (
  db: Db,
  citizenId: string,
  ids: readonly string[],
): Promise<readonly AgendaRecord[]> => {
  if (ids.length === 0) return [];
  const { rows } = await db.query<AgendaRecord>(
    `select record_id as id, kind, domain, sensitivity, withheld from record_version
     where citizen_id = $1 and record_id = any($2::uuid[]) and valid_to = 'infinity' order by record_id`,
    [citizenId, ids],
  );
  return rows;
};
