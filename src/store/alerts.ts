// Alerts as people see them: what is open, what was, who has said that they know, and who wants to hear no more for a
// while. Written by rounds (alert-episodes.ts); only what people say about them is written here, each as an act.
import { type ActName, recordAct } from './acts.ts';
import { type Db, type Pool, type Tx, transaction } from './db.ts';

export type Severity = 'warning' | 'critical';
/** Names and numbers an alert's texts are made of; instants as ISO text. Nothing about a citizen. */
export type Said = Readonly<Record<string, string | number>>;

export interface Alert {
  readonly id: string;
  readonly rule: string;
  /** What the rule says it of: `momentum/case`, a consumer's or webhook's id, `log`. */
  readonly subject: string;
  readonly source: string | null;
  readonly severity: Severity;
  readonly step: number;
  readonly said: Said;
  /** When the condition began, and when it had held long enough. */
  readonly since: Date;
  readonly openedAt: Date;
  /** The condition is gone, and has not been for long enough. */
  readonly goneAt: Date | null;
  readonly resolvedAt: Date | null;
  readonly acknowledged: { readonly at: Date; readonly by: string; readonly why: string } | null;
  readonly snoozed: { readonly until: Date; readonly by: string; readonly why: string } | null;
}

interface Row {
  readonly id: string;
  readonly rule: string;
  readonly subject: string;
  readonly source: string | null;
  readonly severity: Severity;
  readonly step: number;
  readonly said: Said;
  readonly since: Date;
  readonly opened_at: Date;
  readonly gone_at: Date | null;
  readonly resolved_at: Date | null;
  readonly acknowledged_at: Date | null;
  readonly acknowledged_by: string | null;
  readonly acknowledged_why: string | null;
  readonly until: Date | null;
  readonly by: string | null;
  readonly why: string | null;
}

const alertOf = (row: Row): Alert => ({
  id: row.id,
  rule: row.rule,
  subject: row.subject,
  source: row.source,
  severity: row.severity,
  step: row.step,
  said: row.said,
  since: row.since,
  openedAt: row.opened_at,
  goneAt: row.gone_at,
  resolvedAt: row.resolved_at,
  acknowledged:
    row.acknowledged_at === null
      ? null
      : { at: row.acknowledged_at, by: row.acknowledged_by ?? '', why: row.acknowledged_why ?? '' },
  snoozed: row.until === null ? null : { until: row.until, by: row.by ?? '', why: row.why ?? '' },
});

const selectAlerts = `select a.*, s.until, s.by, s.why from alert a
  left join alert_snooze s on s.rule = a.rule and s.subject = a.subject and s.until > $1`;

/** What nobody has said they know comes first, then what is worst, then what is newest; what is snoozed comes last. */
export const openAlerts = async (db: Db, now: Date): Promise<readonly Alert[]> => {
  const { rows } = await db.query<Row>(
    `${selectAlerts} where a.resolved_at is null
     order by s.until is not null, a.acknowledged_at is not null, a.severity = 'critical' desc, a.opened_at desc, a.id`,
    [now],
  );
  return rows.map(alertOf);
};

export interface AlertFilter {
  readonly rule?: string;
  readonly source?: string;
  readonly subject?: string;
  /** Opened then or later, and before then. */
  readonly from?: Date;
  readonly to?: Date;
  /** Only those that opened before this one. */
  readonly after?: string;
  readonly limit: number;
}

/** Open and resolved, newest first. */
export const alertHistory = async (db: Db, filter: AlertFilter, now: Date): Promise<readonly Alert[]> => {
  const { rows } = await db.query<Row>(
    `${selectAlerts} where ($2::text is null or a.rule = $2) and ($3::text is null or a.source = $3)
       and ($4::text is null or a.subject = $4)
       and ($5::timestamptz is null or a.opened_at >= $5) and ($6::timestamptz is null or a.opened_at < $6)
       and ($7::uuid is null or (a.opened_at, a.id) < (select b.opened_at, b.id from alert b where b.id = $7))
     order by a.opened_at desc, a.id desc limit $8`,
    [
      now,
      filter.rule ?? null,
      filter.source ?? null,
      filter.subject ?? null,
      filter.from ?? null,
      filter.to ?? null,
      filter.after ?? null,
      filter.limit,
    ],
  );
  return rows.map(alertOf);
};

/** How many have opened and resolved since then. */
export const alertCounts = async (
  db: Db,
  since: Date,
): Promise<{ readonly opened: number; readonly resolved: number }> => {
  const { rows } = await db.query<{ opened: number; resolved: number }>(
    `select (count(*) filter (where opened_at > $1))::int as opened, (count(*) filter (where resolved_at > $1))::int as resolved
     from alert where opened_at > $1 or resolved_at > $1`,
    [since],
  );
  return rows[0] ?? { opened: 0, resolved: 0 };
};

export const readAlert = async (db: Db, id: string, now: Date): Promise<Alert | undefined> => {
  const { rows } = await db.query<Row>(`${selectAlerts} where a.id = $2`, [now, id]);
  return rows[0] === undefined ? undefined : alertOf(rows[0]);
};

/** Who says it, when, and why. */
export interface Word {
  readonly person: string;
  readonly role: string;
  readonly why: string;
  readonly now: Date;
}

const spoken = async (
  tx: Tx,
  what: ActName,
  { rule, subject, source, id }: Pick<Row, 'rule' | 'subject' | 'source' | 'id'>,
  { person, role, why, now }: Word,
  detail: Said = {},
): Promise<void> => {
  await recordAct(tx, {
    at: now,
    person,
    role,
    what,
    subject: `${rule} ${subject}`,
    ...(source === null ? {} : { source }),
    why,
    detail: { alert: id, ...detail },
  });
};

/** Somebody knows and sees to it. @returns false when it is not open, or somebody has said so already. */
export const acknowledgeAlert = (pool: Pool, id: string, word: Word): Promise<boolean> =>
  transaction(pool, async (tx) => {
    const { rows } = await tx.query<Row>(
      `update alert set acknowledged_at = $2, acknowledged_by = $3, acknowledged_why = $4
       where id = $1 and resolved_at is null and acknowledged_at is null returning *`,
      [id, word.now, word.person, word.why],
    );
    const [row] = rows;
    if (row === undefined) return false;
    await spoken(tx, 'alert.acknowledge', row, word);
    return true;
  });

/**
 * Nobody is told of this rule and subject until then, whatever comes and goes; a later word takes its place, and a time
 * that has passed ends it. @returns false when it is not open.
 */
export const snoozeAlert = (pool: Pool, id: string, until: Date, word: Word): Promise<boolean> =>
  transaction(pool, async (tx) => {
    const { rows } = await tx.query<Row>('select * from alert where id = $1 and resolved_at is null for share', [id]);
    const [row] = rows;
    if (row === undefined) return false;
    await tx.query(
      `insert into alert_snooze (rule, subject, until, by, why, at) values ($1, $2, $3, $4, $5, $6)
       on conflict (rule, subject) do update set until = excluded.until, by = excluded.by, why = excluded.why, at = excluded.at`,
      [row.rule, row.subject, until, word.person, word.why, word.now],
    );
    await spoken(tx, 'alert.snooze', row, word, { until: until.toISOString() });
    return true;
  });
