// Reading who is or was enrolled. Writing is enrolment.ts.
import type { Db } from './db.ts';

export interface EnrolmentRow {
  readonly id: string;
  readonly citizenId: string;
  readonly basis: string;
  readonly startsAt: Date;
  readonly endedAt: Date | null;
  readonly recordedBy: string;
}

const columns = `id, citizen_id as "citizenId", basis, starts_at as "startsAt", ended_at as "endedAt", recorded_by as "recordedBy"`;

export const findEnrolment = async (db: Db, id: string): Promise<EnrolmentRow | undefined> => {
  const { rows } = await db.query<{ [K in keyof EnrolmentRow]: EnrolmentRow[K] }>(
    `select ${columns} from enrolment where id = $1`,
    [id],
  );
  return rows[0];
};

/** Newest first. */
export const enrolmentsOf = async (db: Db, citizenId: string): Promise<readonly EnrolmentRow[]> => {
  const { rows } = await db.query<{ [K in keyof EnrolmentRow]: EnrolmentRow[K] }>(
    `select ${columns} from enrolment where citizen_id = $1 order by starts_at desc, id`,
    [citizenId],
  );
  return rows;
};
