// Checks of the access log that somebody asked for: one at a time, how far it has come, and what the last one found. Kept
// beside the chain's own marks; a check whose process went away is over when it has not been heard of for a minute.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Db } from './db.ts';

const silentMs = 60_000;
const runningName = 'log.check-running';
const lastName = 'log.check';

const running = z.object({
  id: z.uuid(),
  person: z.string(),
  startedAt: z.iso.datetime(),
  beatAt: z.iso.datetime(),
  /** Links followed so far, of as many as there were at the beginning. */
  links: z.int(),
  of: z.int(),
});
export type RunningCheck = z.infer<typeof running>;

const finding = z.object({
  type: z.enum(['altered', 'removed', 'inserted', 'forged']),
  number: z.int().optional(),
  to: z.int().optional(),
  entry: z.string().optional(),
  mark: z.enum(['head', 'anchor', 'file']).optional(),
  line: z.int().optional(),
});

const last = z.object({
  person: z.string(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  /** `failed`: it could not be followed to its end, which says nothing of the log. */
  state: z.enum(['whole', 'broken', 'failed']),
  errorCode: z.string().optional(),
  sealed: z.int().optional(),
  unsealed: z.int().optional(),
  head: z.object({ number: z.int(), hash: z.string() }).optional(),
  findings: z.array(finding),
  more: z.boolean(),
  outside: z.object({ lines: z.int(), lastNumber: z.int().optional(), lastAt: z.iso.datetime().optional() }).optional(),
});
export type LastCheck = z.infer<typeof last>;

export interface LogChecks {
  readonly running?: RunningCheck;
  readonly last?: LastCheck;
}

/** @returns undefined when one is under way already. */
export const beginCheck = async (
  tx: Db,
  begun: Pick<RunningCheck, 'person' | 'of'> & { readonly at: Date },
): Promise<RunningCheck | undefined> => {
  const at = begun.at.toISOString();
  const check: RunningCheck = {
    id: randomUUID(),
    person: begun.person,
    startedAt: at,
    beatAt: at,
    links: 0,
    of: begun.of,
  };
  const { rowCount } = await tx.query(
    `insert into hub_setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value
     where (hub_setting.value::jsonb ->> 'beatAt')::timestamptz < $3`,
    [runningName, JSON.stringify(check), new Date(begun.at.getTime() - silentMs)],
  );
  return rowCount === 0 ? undefined : check;
};

/** Says that it goes on. */
export const beatCheck = async (db: Db, check: RunningCheck, at: Date, links: number): Promise<void> => {
  await db.query(`update hub_setting set value = $2 where name = $1 and value::jsonb ->> 'id' = $3`, [
    runningName,
    JSON.stringify({ ...check, beatAt: at.toISOString(), links } satisfies RunningCheck),
    check.id,
  ]);
};

/** Keeps what it found, unless another has begun since. */
export const endCheck = async (tx: Db, check: RunningCheck, found: LastCheck): Promise<void> => {
  const { rowCount } = await tx.query(`delete from hub_setting where name = $1 and value::jsonb ->> 'id' = $2`, [
    runningName,
    check.id,
  ]);
  if (rowCount === 0) return;
  await tx.query(
    `insert into hub_setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value`,
    [lastName, JSON.stringify(found)],
  );
};

export const readChecks = async (db: Db, now: Date): Promise<LogChecks> => {
  const { rows } = await db.query<{ name: string; value: string }>(
    'select name, value from hub_setting where name = any($1::text[])',
    [[runningName, lastName]],
  );
  const keptAs = (name: string): unknown => {
    const row = rows.find((one) => one.name === name);
    return row === undefined ? undefined : JSON.parse(row.value);
  };
  const going = running.optional().parse(keptAs(runningName));
  const ended = last.optional().parse(keptAs(lastName));
  const alive = going !== undefined && now.getTime() - Date.parse(going.beatAt) < silentMs;
  return { ...(alive ? { running: going } : {}), ...(ended === undefined ? {} : { last: ended }) };
};
