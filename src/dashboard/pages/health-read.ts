// What the page on the running of the hub is made of: database, workers, log, keys, credentials that end, messages that do
// not arrive, versions. Each part by itself: one that cannot be read is said to be unknown.
import product from '../../../package.json' with { type: 'json' };
import { daysLeft } from '../../jobs/expiry.ts';
import { keyInUseSince } from '../../store/alert-facts.ts';
import { undelivered } from '../../store/alert-notices.ts';
import { readDatabaseHealth, readMigrations } from '../../store/health-view.ts';
import { readLogHealth } from '../../store/log-health.ts';
import { schemaIsCurrent } from '../../store/migrate.ts';
import { readWorkers, type SeenWorker, seenEveryMs } from '../../store/workers.ts';
import type { DashboardContext } from '../context.ts';
import { readQueues } from './queue-list.ts';

export type Level = 'good' | 'warn' | 'bad';

/** Not seen for so many of its beats: it has stopped. */
const beatsMissed = 3;
/** Days before something ends. */
const soon = 30;
const verySoon = 7;
/** A transaction that stays open for so long keeps dead rows from going. */
const longTransactionSeconds = 3600;
const attemptsBeforeTold = 2;

export const worksAt = ({ seenAt }: SeenWorker, now: Date): boolean =>
  now.getTime() - seenAt.getTime() < beatsMissed * seenEveryMs;

const worst = (...levels: readonly Level[]): Level =>
  levels.includes('bad') ? 'bad' : levels.includes('warn') ? 'warn' : 'good';
const over = (value: number, warn: number, bad: number): Level =>
  value > bad ? 'bad' : value > warn ? 'warn' : 'good';

const readDatabase = async ({ pool }: DashboardContext) => {
  const [database, migrations, current] = await Promise.all([
    readDatabaseHealth(pool),
    readMigrations(pool),
    schemaIsCurrent(pool),
  ]);
  const { open, most } = database.connections;
  const level = worst(
    over(open / Math.max(1, most), 0.7, 0.9),
    over(database.oldestTransactionSeconds, longTransactionSeconds, 24 * longTransactionSeconds),
    over(database.transactionIdShare, 0.5, 0.8),
    database.waitingForLocks > 0 || database.bloated.length > 0 ? 'warn' : 'good',
    current ? 'good' : 'bad',
  );
  return { ...database, migrations, current, level };
};

const readWork = async ({ pool, clock }: DashboardContext) => {
  const now = clock.now();
  const workers = (await readWorkers(pool)).map((worker) => ({
    ...worker,
    short: worker.id.slice(0, 8),
    works: worksAt(worker, now),
  }));
  const level: Level = !workers.some(({ works }) => works)
    ? 'bad'
    : workers.every(({ works, version }) => works && version === product.version)
      ? 'good'
      : 'warn';
  return { workers, working: workers.filter(({ works }) => works).length, level };
};

const readLog = async ({ pool, keys }: DashboardContext) => {
  const log = await readLogHealth(pool, keys);
  const level = worst(
    over(log.waitingSeconds, 10, 60),
    log.sealed === 'forged' || log.anchor?.state === 'broken' ? 'bad' : log.anchor?.state === 'fails' ? 'warn' : 'good',
  );
  return { ...log, level };
};

const readKeys = async ({ pool, keys, clock }: DashboardContext) => {
  const now = clock.now();
  const since = await keyInUseSince(pool, keys.currentKeyId, now);
  const days = Math.floor((now.getTime() - since.getTime()) / 86_400_000);
  return { current: keys.currentKeyId, since, days, level: over(days, 365, 3 * 365) };
};

const expiriesOf = ({ sources, clock }: DashboardContext) => {
  const now = clock.now();
  const list = sources
    .flatMap(({ name, title, expiries }) =>
      expiries.map((one) => {
        const days = daysLeft(one, now);
        const level: Level = days < verySoon ? 'bad' : days <= soon ? 'warn' : 'good';
        return { source: name, title, ...one, days, level };
      }),
    )
    .sort((a, b) => a.at.getTime() - b.at.getTime());
  return { list, level: worst(...list.map(({ level }) => level)) };
};

const readMessages = async ({ pool, alerts, clock }: DashboardContext) => {
  const waiting = await undelivered(pool, attemptsBeforeTold, clock.now());
  const level: Level = waiting.length > 0 ? 'bad' : alerts.contacts.length === 0 ? 'warn' : 'good';
  return { waiting, contacts: alerts.contacts.length, level };
};

const queueLevel = (queues: Awaited<ReturnType<typeof readQueues>>): Level =>
  queues.some(({ depth }) => depth === undefined)
    ? 'bad'
    : queues.some(({ depth }) => (depth?.failed ?? 0) > 0 || (depth?.waiting ?? 0) > 1000)
      ? 'warn'
      : 'good';

export const readHealth = async (context: DashboardContext) => {
  const unknown = (): undefined => undefined;
  const [database, work, log, keys, messages, queues] = await Promise.all([
    readDatabase(context).catch(unknown),
    readWork(context).catch(unknown),
    readLog(context).catch(unknown),
    readKeys(context).catch(unknown),
    readMessages(context).catch(unknown),
    readQueues(context),
  ]);
  const queued = {
    list: queues,
    level: queueLevel(queues),
    /** That somebody should look at: something waits, was given up, or nobody knows. */
    busy: queues.filter(({ depth }) => depth === undefined || depth.failed > 0 || depth.waiting > 0),
    failed: queues.reduce((n, q) => n + (q.depth?.failed ?? 0), 0),
  };
  const expiries = expiriesOf(context);
  return {
    at: context.clock.now(),
    database,
    work,
    log,
    keys,
    messages,
    expiries,
    queues,
    queued,
    backend: context.queues.backend,
    versions: { hub: product.version, node: process.version, postgres: database?.version },
    parts: [
      ['database', database?.level],
      ['work', work?.level],
      ['queues', queued.level],
      ['log', log?.level],
      ['keys', keys?.level],
      ['expiries', expiries.level],
      ['messages', messages?.level],
    ].map(([part, level]) => ({ part, level: level ?? 'bad', known: level !== undefined })),
  };
};
