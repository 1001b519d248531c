// When each kind of each source is due: cron in Europe/Copenhagen, spread by a jitter, never inside a maintenance window.
// The truth is a row in Postgres; the queue holds one delayed job per slot.
import { createHash } from 'node:crypto';
import { Cron } from 'croner';
import { insideWindow } from '../clock.ts';
import { HubError } from '../errors.ts';
import type { Db } from '../store/db.ts';
import { readSchedule, writeSchedule } from '../store/schedules.ts';
import type { Queues } from './queue.ts';

export interface ScheduleRule {
  readonly source: string;
  readonly kind: string;
  readonly cron: string;
  /** `22:00-05:00`, Copenhagen. */
  readonly maintenance: readonly string[];
  /** Cron of the complete pulls that are swept, for kinds whose deletions nobody reports. */
  readonly reconcile?: string;
}

const timezone = 'Europe/Copenhagen';

const cronOf = (rule: ScheduleRule): Cron => {
  try {
    return new Cron(rule.cron, { timezone, paused: true });
  } catch (cause) {
    throw new HubError({
      code: 'config/invalid',
      fault: 'config',
      message: `sources.${rule.source}: the schedule of ${rule.kind} is not a cron pattern.`,
      hint: 'Five fields (minute hour day month weekday), six with seconds first; Copenhagen time.',
      cause,
    });
  }
};

/** Is this instant inside one of the windows? */
export const inMaintenance = (at: Date, windows: readonly string[]): boolean =>
  windows.some((window) => insideWindow(at, window));

/** Where in the minute (or tenth of the interval) that slots are spread over: stable per source and kind. */
const jitterShare = (rule: ScheduleRule): number =>
  createHash('sha256').update(`${rule.source}/${rule.kind}`).digest().readUInt16BE(0) / 65_536;

/** Has a reconcile fallen due since the last complete load that counts as one? */
export const reconcileDue = (rule: ScheduleRule, lastSweepAt: Date | null, now: Date): boolean => {
  if (rule.reconcile === undefined || lastSweepAt === null) return false;
  const due = cronOf({ ...rule, cron: rule.reconcile }).nextRun(lastSweepAt);
  return due !== null && due <= now;
};

/** The next instant after `after` at which this kind is due. */
export const nextDue = (rule: ScheduleRule, after: Date): Date => {
  const cron = cronOf(rule);
  let at = cron.nextRun(after);
  for (let tries = 0; at !== null && tries < 10_000; tries += 1) {
    const following = cron.nextRun(at) ?? at;
    const spread = Math.min(60_000, (following.getTime() - at.getTime()) / 10);
    const due = new Date(at.getTime() + Math.floor(spread * jitterShare(rule)));
    // A slot just before a window is not spread into it.
    if (!inMaintenance(at, rule.maintenance)) return inMaintenance(due, rule.maintenance) ? at : due;
    at = cron.nextRun(at);
  }
  throw new HubError({
    code: 'config/invalid',
    fault: 'config',
    message: `sources.${rule.source}: the schedule of ${rule.kind} is never due outside its maintenance windows.`,
  });
};

/** Interval between two runs, in milliseconds: what "late" is measured by. */
export const intervalMs = (cron: string): number => {
  const runs = new Cron(cron, { timezone, paused: true }).nextRuns(2);
  return (runs[1]?.getTime() ?? 0) - (runs[0]?.getTime() ?? 0);
};

export const slotId = (rule: ScheduleRule, at: Date): string => `${rule.source}.${rule.kind}.${at.getTime()}`;

/** The slot a job was queued for; undefined for its continuations and for jobs that somebody asked for. */
export const slotOf = (rule: ScheduleRule, jobId: string): Date | undefined => {
  const at = new Date(Number(jobId.slice(`${rule.source}.${rule.kind}.`.length)));
  return !Number.isNaN(at.getTime()) && jobId === slotId(rule, at) ? at : undefined;
};

/** Writes the next slot to Postgres and puts its job in the queue. */
export const arm = async (db: Db, queues: Queues, rule: ScheduleRule, now: Date): Promise<Date> => {
  const at = nextDue(rule, now);
  await writeSchedule(db, { ...rule, nextAt: at, firedAt: undefined, rearmed: false });
  await enqueueSlot(queues, rule, at, now);
  return at;
};

export const enqueueSlot = async (queues: Queues, rule: ScheduleRule, at: Date, now: Date): Promise<void> => {
  await queues
    .queue(rule.source)
    .add(
      slotId(rule, at),
      { type: 'sync', source: rule.source, kind: rule.kind, want: 'next', trigger: `schedule ${at.toISOString()}` },
      { delayMs: at.getTime() - now.getTime() },
    );
};

/** At start: a schedule that is in order stays; a new or changed one is armed. The slot's job is put back either way. */
export const armAtStart = async (db: Db, queues: Queues, rule: ScheduleRule, now: Date): Promise<void> => {
  const known = await readSchedule(db, rule.source, rule.kind);
  if (known === undefined || known.cron !== rule.cron || known.nextAt < now) await arm(db, queues, rule, now);
  else await enqueueSlot(queues, rule, known.nextAt, now);
};
