// Runs page by page, the newest first, by filters that fit in an address. A page goes on after a run's id, so it costs the
// same however far back it lies and shifts nothing when new runs come.
import type { Db } from './db.ts';
import { type Run, type RunMode, type RunRow, type RunState, runOf } from './runs.ts';

export interface RunFilter {
  readonly source?: string | undefined;
  readonly kind?: string | undefined;
  readonly states?: readonly RunState[] | undefined;
  readonly modes?: readonly RunMode[] | undefined;
  /** First word of what began it: `schedule`, `history`, `notices`, `watchdog`, `resume`, `start`, `command`, … */
  readonly trigger?: string | undefined;
  readonly errorCode?: string | undefined;
  /** Queued at or after this, and before that. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** Go on after this run: its id, as `next` of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface RunPage {
  readonly runs: readonly Run[];
  /** The id to go on after; null: these are the last. */
  readonly next: string | null;
}

/** Only what was asked becomes a condition: the planner then takes the index of the source, the kind, or of all. */
const conditionsOf = (filter: RunFilter): { readonly where: string; readonly values: readonly unknown[] } => {
  const values: unknown[] = [];
  const parts: string[] = [];
  const add = (value: unknown, condition: (place: string) => string): void => {
    if (value === undefined) return;
    values.push(value);
    parts.push(condition(`$${values.length}`));
  };
  add(filter.source, (at) => `source = ${at}`);
  add(filter.kind, (at) => `kind = ${at}`);
  // Said as it is in the index of failed runs, which are few among many.
  if (filter.states?.length === 1 && filter.states[0] === 'failed') parts.push(`state = 'failed'`);
  else add(filter.states, (at) => `state = any(${at}::text[])`);
  add(filter.modes, (at) => `mode = any(${at}::text[])`);
  add(filter.trigger, (at) => `split_part(trigger, ' ', 1) = ${at}`);
  add(filter.errorCode, (at) => `error_code = ${at}`);
  add(filter.from, (at) => `queued_at >= ${at}`);
  add(filter.to, (at) => `queued_at < ${at}`);
  add(filter.after, (at) => `(queued_at, id) < (select queued_at, id from run where id = ${at}::uuid)`);
  return { where: parts.length === 0 ? 'true' : parts.join(' and '), values };
};

export const readRunPage = async (db: Db, filter: RunFilter): Promise<RunPage> => {
  const { where, values } = conditionsOf(filter);
  const { rows } = await db.query<RunRow>(
    `select * from run where ${where} order by queued_at desc, id desc limit $${values.length + 1}`,
    [...values, filter.limit + 1],
  );
  const shown = rows.slice(0, filter.limit);
  return { runs: shown.map(runOf), next: rows.length > filter.limit ? (shown.at(-1)?.id ?? null) : null };
};
