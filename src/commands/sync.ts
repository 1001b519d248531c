// sync, runs: pulling sources by hand, and what was pulled.
import { MultiBar, Presets } from 'cli-progress';
import type { Command } from 'commander';
import { asHubError, HubError } from '../errors.ts';
import { isStopped } from '../jobs/outcome.ts';
import { runSync } from '../pipeline/run.ts';
import type { SyncSource } from '../pipeline/source.ts';
import { recordAct } from '../store/acts.ts';
import { createRun, endRun, listRuns, readRun } from '../store/runs.ts';
import { acting, configOf, type Opened, print, say, sourceNamed, withHub } from './context.ts';
import { sayForecast } from './forecast.ts';

interface SyncOptions {
  readonly kind?: string;
  readonly reload?: boolean;
  readonly rebuild?: boolean;
  readonly confirm?: string;
}

export const noSuchKind = (source: SyncSource, kind: string | undefined): HubError =>
  new HubError({
    code: 'config/unknown-name',
    fault: 'config',
    message: `Source ${source.name} has no kind "${kind}".`,
    hint: `Its kinds: ${source.kinds.map((one) => one.name).join(', ')}.`,
  });

const syncOne = async (opened: Opened, name: string, options: SyncOptions, signal: AbortSignal) => {
  const { source, runSettings } = sourceNamed(opened, name);
  const kinds = source.kinds.filter((kind) =>
    options.kind === undefined ? kind.mapping !== undefined : kind.name === options.kind,
  );
  if (kinds.length === 0) throw noSuchKind(source, options.kind);
  const { hub } = opened;
  // Only a person at a terminal watches it grow.
  const bars = process.stderr.isTTY
    ? new MultiBar(
        { format: '{kind} {served} served, {stored} stored, {seconds} s', stream: process.stderr, hideCursor: true },
        Presets.legacy,
      )
    : undefined;
  const want = options.rebuild === true ? 'rebuild' : options.reload === true ? 'reload' : 'next';
  const done = [];
  for (const kind of kinds) {
    const bar = bars?.create(0, 0, { kind: kind.name.padEnd(20), served: 0, stored: 0, seconds: 0 });
    const runId = await createRun(hub.pool, {
      source: name,
      kind: kind.name,
      mode: 'incremental',
      trigger: 'command line',
      settings: runSettings?.(kind.name),
    });
    const started = performance.now();
    const timer = setInterval(async () => {
      const run = await readRun(hub.pool, runId).catch(() => undefined);
      bar?.update(0, {
        kind: kind.name.padEnd(20),
        served: run?.counts.served ?? 0,
        stored: run?.counts.stored ?? 0,
        seconds: Math.round((performance.now() - started) / 1000),
      });
    }, 500);
    await recordAct(hub.pool, {
      ...acting(hub),
      what: `source.${want === 'next' ? 'sync' : want}`,
      subject: `${name}/${kind.name}`,
      source: name,
      outcome: 'begun',
      detail: { run: runId },
    });
    try {
      const outcome = await runSync(hub, {
        source,
        kind,
        runId,
        want,
        signal,
      });
      const { served, stored, created, changed, removed, quarantined, notMapped, notEnrolled, deleted, held } =
        outcome.counts;
      done.push({
        kind: kind.name,
        state: outcome.state,
        served,
        stored,
        created,
        changed,
        removed,
        quarantined,
        notMapped,
        notEnrolled,
        deleted,
        held,
      });
    } catch (thrown) {
      const error = asHubError(thrown);
      await endRun(hub.pool, runId, isStopped(error) ? 'cancelled' : 'failed', error);
      bars?.stop();
      throw error;
    } finally {
      clearInterval(timer);
    }
  }
  bars?.stop();
  return done;
};

/** Two steps: said once it only tells what it would do. */
const mayRebuild = async (opened: Opened, name: string, options: SyncOptions): Promise<boolean> => {
  if (options.rebuild === true || options.reload === true) await sayForecast(opened, name, options.kind);
  if (options.rebuild !== true || options.confirm === name) return true;
  const kind = options.kind === undefined ? 'every kind' : `the kind ${options.kind}`;
  say(`A rebuild pulls ${kind} of ${name} from the beginning, writes every record anew and removes what is not there`);
  say('(more than the guard allows is held). Until it has ended readers see the source as unknown. To go ahead:');
  say(
    `  samspil sync ${name}${options.kind === undefined ? '' : ` --kind ${options.kind}`} --rebuild --confirm ${name}`,
  );
  return false;
};

const sync = (command: Command, name: string, options: SyncOptions) =>
  withHub(configOf(command), async (opened) => {
    sourceNamed(opened, name);
    if (!(await mayRebuild(opened, name, options))) return;
    const stop = new AbortController();
    const onSignal = (): void => {
      say('Stopping after the page in hand …');
      stop.abort();
    };
    process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
    const rows = await syncOne(opened, name, options, stop.signal);
    print(command, rows, 'Nothing to do.');
    if (rows.some((row) => row.state === 'skipped')) say('Skipped kinds are being pulled by another run right now.');
  });

export const registerSync = (program: Command): void => {
  program
    .command('sync')
    .argument('<source>')
    .option('--kind <kind>', 'only this kind (also one without a mapping: counted, never stored)')
    .option('--reload', 'everything again from the beginning; what is stored stays')
    .option('--rebuild', 'everything again, every record written anew, what is not there removed (two steps)')
    .option('--confirm <source>', 'the second step of --rebuild: the source’s name once more')
    .description('pull one source now')
    .action((name: string, options: SyncOptions, command: Command) => sync(command, name, options));
  program
    .command('runs')
    .argument('[source]')
    .option('--limit <n>', 'how many', '20')
    .description('the latest runs with their counts')
    .action((source: string | undefined, options: { limit: string }, command: Command) =>
      withHub(configOf(command), async ({ hub }) => {
        const runs = await listRuns(hub.pool, {
          ...(source === undefined ? {} : { source }),
          limit: Math.min(1000, Number(options.limit) || 20),
        });
        print(
          command,
          runs.map((run) => ({
            started: run.startedAt,
            source: run.source,
            kind: run.kind,
            mode: run.mode,
            trigger: run.trigger.split(' ')[0],
            state: run.state,
            pages: run.pages,
            requests: run.requests,
            served: run.counts.served ?? 0,
            stored: run.counts.stored ?? 0,
            changed: (run.counts.created ?? 0) + (run.counts.changed ?? 0) + (run.counts.removed ?? 0),
            quarantined: run.counts.quarantined ?? 0,
            error: run.errorCode,
          })),
          'No runs yet.',
        );
      }),
    );
};
