// Runs as rows of a page: what a list and a source show of each, and how its state looks.
import type { Run } from '../../store/runs.ts';

export interface RunShown {
  readonly id: string;
  readonly source: string;
  readonly title: string;
  /** Undefined: several at once. */
  readonly kind: string | undefined;
  readonly mode: Run['mode'];
  /** First word of what began it. */
  readonly trigger: string;
  readonly state: Run['state'];
  readonly badge: string;
  readonly at: Date;
  /** From start to end, or until now; undefined: it never began. Milliseconds. */
  readonly ms: number | undefined;
  readonly served: number;
  /** New, different or gone. */
  readonly written: number;
  readonly quarantined: number;
  readonly errorCode: string | null;
}

export const badgeOfRun: Readonly<Record<Run['state'], string>> = {
  queued: 'badge-info',
  running: 'badge-info',
  done: 'badge-success',
  failed: 'badge-error',
  skipped: 'is-plain',
  cancelled: 'badge-warning',
};

export const badgeOfStanding: Readonly<Record<string, string>> = {
  failing: 'badge-error',
  'breaker-open': 'badge-error',
  late: 'badge-warning',
  paused: 'badge-warning',
  never: 'badge-warning',
  loading: 'badge-info',
  ok: 'badge-success',
};

export const isGoing = ({ state }: Pick<Run, 'state'>): boolean => state === 'queued' || state === 'running';

export const shownRun = (run: Run, titles: ReadonlyMap<string, string>, now: Date): RunShown => {
  const { created = 0, changed = 0, removed = 0, served = 0, quarantined = 0 } = run.counts;
  const end = run.endedAt ?? (run.state === 'running' ? now : undefined);
  return {
    id: run.id,
    source: run.source,
    title: titles.get(run.source) ?? run.source,
    kind: run.kind.startsWith('*') ? undefined : run.kind,
    mode: run.mode,
    trigger: run.trigger.split(' ')[0] ?? '',
    state: run.state,
    badge: badgeOfRun[run.state],
    at: run.startedAt ?? run.queuedAt,
    ms: run.startedAt === null || end === undefined ? undefined : Math.max(0, end.getTime() - run.startedAt.getTime()),
    served,
    written: created + changed + removed,
    quarantined,
    errorCode: run.errorCode,
  };
};
