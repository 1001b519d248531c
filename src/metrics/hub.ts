// What the database knows of the hub, read at each scrape: sources against their promise, today's runs, queues, the log's
// seal, alerts, people signed in. Every web process tells the same; take the maximum over them. What cannot be read is
// left out, and samspil_database_up is 0.
import { setTimeout } from 'node:timers/promises';
import { Counter, Gauge } from 'prom-client';
import type { Queues } from '../jobs/queue.ts';
import { openAlerts } from '../store/alerts.ts';
import type { Pool } from '../store/db.ts';
import { type OverviewSource, readOverview } from '../store/overview.ts';
import { readRunTotals } from '../store/run-totals.ts';
import { countSessions } from '../store/sessions.ts';
import { readWorkers, seenEveryMs } from '../store/workers.ts';
import type { Metrics } from './registry.ts';

export interface MeasuredHub {
  readonly pool: Pool;
  readonly clock: { readonly now: () => Date };
  readonly queues: Queues;
  readonly sources: readonly OverviewSource[];
  readonly sessionIdleMs: number;
}

/** Asking every queue opens a connection for each: not at every scrape. */
const queuesEveryMs = 60_000;
/** What takes longer is told by the next scrape. */
const queuesWaitMs = 2000;
const counted = ['runs', 'failed', 'served', 'stored', 'removed', 'quarantined', 'requests'] as const;

const describe = {
  runs: 'Runs that ended today.',
  failed: 'Tries of runs that failed today.',
  served: 'Records sources gave today.',
  stored: 'Records stored today, also unchanged ones.',
  removed: 'Records removed today.',
  quarantined: 'Records set aside today.',
  requests: 'Requests made to sources today.',
} as const;

export const measureHub = ({ registry, before }: Metrics, hub: MeasuredHub): void => {
  const registers = [registry];
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> =>
    new Gauge({ name: `samspil_${name}`, help, labelNames: [...labelNames], registers });
  const up = gauge('database_up', 'Could the database be read?');
  const source = {
    age: gauge('source_age_seconds', 'Age of the oldest complete pull among the source’s kinds.', ['source']),
    promise: gauge('source_fresh_for_seconds', 'How old it may be.', ['source']),
    standing: gauge('source_standing', '1 for the state the source is in.', ['source', 'standing']),
    lag: gauge('source_lag_seconds', 'How long a slot has passed without firing.', ['source']),
    quarantined: gauge('source_quarantined_records', 'Records in quarantine.', ['source']),
    held: gauge('source_held_deletions', 'Mass deletions that wait for approval.', ['source']),
    breaker: gauge('source_breaker_open', 'Is the source left alone?', ['source']),
  };
  const totals = Object.fromEntries(
    counted.map((name) => [
      name,
      new Counter({
        name: `samspil_source_${name}_total`,
        help: `${describe[name]} Begins anew at midnight, Copenhagen time.`,
        labelNames: ['source', 'kind'],
        registers,
      }),
    ]),
  ) as Record<(typeof counted)[number], Counter<'source' | 'kind'>>;
  const enrolled = gauge('citizens_enrolled', 'Citizens enrolled now.');
  const records = gauge('records_stored', 'Records stored; an estimate from 100 000 on.');
  const unsealed = gauge('log_unsealed_seconds', 'Age of the oldest log entry that is not sealed; 0: all are.');
  const deaf = gauge('webhooks_disabled', 'Webhooks that are told nothing any more.');
  const owed = gauge('purges_overdue', 'Consumers that owe the confirmation of deletions.');
  const alerts = gauge('alerts_open', 'Open alerts.', ['severity']);
  const workers = gauge('workers_seen', 'Workers that said lately that they are there.');
  const sessions = gauge('sessions', 'People signed in to the pages.');
  const jobs = gauge('queue_jobs', 'Jobs of a queue by where they are; a minute old at most.', ['queue', 'state']);

  const readSources = async (now: Date): Promise<void> => {
    const { hub: figures, sources } = await readOverview(hub.pool, hub.sources, now);
    for (const one of Object.values(source)) one.reset();
    for (const one of sources) {
      const labels = { source: one.source };
      if (one.ageMs !== null) source.age.set(labels, one.ageMs / 1000);
      source.promise.set(labels, one.freshForMs / 1000);
      source.standing.set({ ...labels, standing: one.standing }, 1);
      source.lag.set(labels, one.lagMs / 1000);
      source.quarantined.set(labels, one.quarantined);
      source.held.set(labels, one.held);
      source.breaker.set(labels, one.breaker?.state === 'open' ? 1 : 0);
    }
    enrolled.set(figures.enrolled);
    records.set(figures.records);
    unsealed.set(figures.unsealedSeconds);
    deaf.set(figures.webhooksDisabled);
    owed.set(figures.purgesOverdue);
  };
  const known = new Map(hub.sources.map(({ name, kinds }) => [name, new Set(kinds.map((kind) => kind.name))]));
  const readTotals = async (): Promise<void> => {
    const rows = await readRunTotals(hub.pool);
    for (const name of counted) totals[name].reset();
    for (const row of rows) {
      // What was configured once and is no more keeps its days, and is no label.
      if (row.kind !== '*' && known.get(row.source)?.has(row.kind) !== true) continue;
      if (!known.has(row.source)) continue;
      for (const name of counted) totals[name].inc({ source: row.source, kind: row.kind }, row[name]);
    }
  };
  const readPeople = async (now: Date): Promise<void> => {
    const [open, seen, signedIn] = await Promise.all([
      openAlerts(hub.pool, now),
      readWorkers(hub.pool),
      countSessions(hub.pool, { now, idleMs: hub.sessionIdleMs }),
    ]);
    for (const severity of ['warning', 'critical'] as const)
      alerts.set({ severity }, open.filter((one) => one.severity === severity).length);
    workers.set(seen.filter(({ seenAt }) => now.getTime() - seenAt.getTime() < 3 * seenEveryMs).length);
    sessions.set(signedIn);
  };
  let queuesAt = 0;
  const readQueues = async (): Promise<void> => {
    const asked = [
      ...hub.sources.map(({ name }) => ({ name, queue: hub.queues.queue(name) })),
      { name: 'webhooks', queue: hub.queues.webhooks.queue() },
    ];
    // One after the other, so that the connections are not all there at once.
    for (const { name, queue } of asked) {
      const depth = await queue.depth().catch(() => undefined);
      for (const state of ['waiting', 'active', 'delayed', 'failed'] as const)
        if (depth === undefined) jobs.remove({ queue: name, state });
        else jobs.set({ queue: name, state }, depth[state]);
    }
  };
  before.push(async () => {
    const now = hub.clock.now();
    try {
      await Promise.all([readSources(now), readTotals(), readPeople(now)]);
      up.set(1);
    } catch {
      up.set(0);
      for (const one of Object.values(source)) one.reset();
    }
    if (performance.now() < queuesAt) return;
    queuesAt = performance.now() + queuesEveryMs;
    await Promise.race([readQueues(), setTimeout(queuesWaitMs, undefined, { ref: false })]);
  });
};
