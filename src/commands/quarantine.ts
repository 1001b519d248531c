// quarantine list|show|replay|cancel|discard: records that could not be stored, by cause. Seeing a body takes a reason, which
// is in the access log before the body is on the screen.
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { HubError } from '../errors.ts';
import { composeSource, type Hub } from '../main.ts';
import { quarantineVerdicts } from '../pipeline/quarantine.ts';
import { replayQuarantine } from '../pipeline/replay.ts';
import type { SyncSource } from '../pipeline/source.ts';
import { createAccessLog } from '../store/access-log.ts';
import { recordAct } from '../store/acts.ts';
import { transaction } from '../store/db.ts';
import { logQuarantineLook } from '../store/quarantine-look.ts';
import {
  discardQuarantine,
  type QuarantineFilter,
  type QuarantineRow,
  readQuarantine,
} from '../store/quarantine-read.ts';
import { wantStop } from '../store/runs.ts';
import { acting, configOf, operator, print, say, wantsJson, withHub } from './context.ts';

interface CauseOptions {
  readonly source?: string;
  readonly kind?: string;
  readonly code?: string;
  readonly path?: string;
}

const refuse = (message: string, hint: string): HubError =>
  new HubError({ code: 'request/invalid', fault: 'config', message, hint });

const noSuchRecord = (): HubError =>
  new HubError({
    code: 'request/not-found',
    fault: 'config',
    message: 'There is no such open record.',
    hint: '`samspil quarantine list` shows what there is.',
  });

/** The sources as deployed, or as the mappings in the folder would have them. */
const sourcesOf = (hub: Hub, draft: string | undefined): ((name: string) => SyncSource | undefined) => {
  if (draft === undefined) return (name) => hub.sources.get(name)?.source;
  const folders = [draft, ...hub.mappingFolders];
  const drafted = new Map<string, SyncSource>();
  return (name) => {
    const config = hub.config.sources[name];
    if (config === undefined) return undefined;
    const source = drafted.get(name) ?? composeSource(name, config, { log: hub.log, mappingFolders: folders }).source;
    drafted.set(name, source);
    return source;
  };
};

const list = (command: Command, draft: string | undefined) =>
  withHub(configOf(command), async ({ hub }) => {
    const verdicts = await quarantineVerdicts(hub, sourcesOf(hub, draft));
    print(
      command,
      wantsJson(command)
        ? verdicts
        : verdicts.map(({ source, kind, code, path, count, passing, first, last, keys, replayable }) => ({
            source,
            kind,
            code,
            path,
            records: count,
            'would now pass': `${passing} of ${replayable}`,
            first,
            last,
            'for example': keys.join(' '),
          })),
      'Quarantine is empty.',
    );
  });

/** Who looks, at whose record, and why: committed before anything is shown. */
const logRead = async (hub: Hub, row: QuarantineRow, reason: string): Promise<void> => {
  const log = createAccessLog(hub.pool, hub.keys, { sealStopMs: hub.config.sealStop, clock: hub.clock });
  try {
    await transaction(hub.pool, (tx) =>
      logQuarantineLook(tx, log, row, {
        actor: { kind: 'administrator', person: operator() },
        endpoint: 'samspil quarantine show',
        reason,
        correlation: randomUUID(),
      }),
    );
  } finally {
    await log.close();
  }
};

const show = (command: Command, id: string, options: { body?: boolean; reason?: string }) =>
  withHub(configOf(command), async ({ hub }) => {
    const [row] = await readQuarantine(hub.pool, hub.keys, { id: Number(id), limit: 1 });
    if (row === undefined) throw noSuchRecord();
    const { content, arrival: _, ...about } = row;
    const reason = options.reason?.trim() ?? '';
    if (options.body === true && reason === '')
      throw refuse('The record itself is personal data: say why you need it.', 'Add --reason "…"; it is logged.');
    if (options.body === true && content !== undefined) await logRead(hub, row, reason);
    const body = options.body === true ? { content } : { body: content === undefined ? 'not kept' : 'kept, encrypted' };
    process.stdout.write(`${JSON.stringify({ ...about, ...body }, null, 2)}\n`);
  });

const replay = (command: Command, options: CauseOptions) =>
  withHub(configOf(command), async ({ hub }) => {
    const stop = new AbortController();
    const onSignal = (): void => {
      say('Stopping after the page in hand …');
      stop.abort();
    };
    process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
    const { source: only, ...of } = options;
    const rows = [];
    for (const [name, { source }] of hub.sources) {
      if ((only ?? name) !== name || stop.signal.aborted) continue;
      const progress = (done: number, planned: number): void => {
        if (process.stderr.isTTY) process.stderr.write(`\r${name}: ${done} of ${planned} `);
      };
      const { state, runId, planned, counts } = await replayQuarantine(hub, {
        source,
        of,
        trigger: `quarantine ${operator()}`,
        signal: stop.signal,
        progress,
      });
      if (process.stderr.isTTY && planned > 0) process.stderr.write('\n');
      if (state === 'nothing') continue;
      await recordAct(hub.pool, {
        ...acting(hub),
        what: 'quarantine.replay',
        subject: runId ?? name,
        source: name,
        outcome: state,
        detail: { planned, stored: counts.stored, ...of },
      });
      rows.push({
        source: name,
        state,
        run: runId,
        planned,
        stored: counts.stored,
        'still set aside': counts.quarantined,
      });
    }
    print(command, rows, 'Nothing is in quarantine.');
  });

const discard = (command: Command, id: string | undefined, options: CauseOptions & { reason: string }) =>
  withHub(configOf(command), async ({ hub }) => {
    const { reason, kind, ...cause } = options;
    const filter: QuarantineFilter =
      id === undefined ? { ...cause, ...(kind === undefined ? {} : { kinds: [kind] }) } : { id: Number(id) };
    if (id === undefined && options.code === undefined)
      throw refuse(
        'Say which: an id, or the cause.',
        'For example --source sensum --kind indsats --code status/unknown-code.',
      );
    if (reason.trim() === '') throw refuse('Say why.', 'Add --reason "…".');
    const discarded = await transaction(hub.pool, async (tx) => {
      const count = await discardQuarantine(tx, filter, { by: operator(), reason: reason.trim() });
      if (count > 0)
        await recordAct(tx, {
          ...acting(hub),
          what: 'quarantine.discard',
          subject: id ?? options.code ?? '',
          source: options.source,
          why: reason.trim(),
          detail: { discarded: count, ...cause, ...(kind === undefined ? {} : { kind }) },
        });
      return count;
    });
    if (discarded === 0) throw noSuchRecord();
    print(command, [{ discarded }], '');
  });

const withCause = (command: Command): Command =>
  command
    .option('--source <source>')
    .option('--kind <kind>')
    .option('--code <code>', 'only this cause')
    .option('--path <path>', 'only at this place');

export const registerQuarantine = (program: Command): void => {
  const quarantine = program.command('quarantine').description('records that could not be stored');
  quarantine
    .command('list')
    .option('--draft <folder>', 'judge by the mappings in this folder instead of the deployed ones')
    .description('grouped by cause, and how many would now pass; values are never shown')
    .action((options: { draft?: string }, command: Command) => list(command, options.draft));
  quarantine
    .command('show')
    .argument('<id>')
    .option('--body', 'with the record itself: personal data')
    .option('--reason <text>', 'why: it is in the access log, where the citizen can read it')
    .description('one record: reason, age, source')
    .action((id: string, options: { body?: boolean; reason?: string }, command: Command) => show(command, id, options));
  withCause(quarantine.command('replay'))
    .description('try the records again with the mappings as they are now, in the order they came')
    .action((options: CauseOptions, command: Command) => replay(command, options));
  quarantine
    .command('cancel')
    .argument('<run>', 'the replay’s run')
    .description('stop a replay that is under way after its page in hand')
    .action((run: string, _, command: Command) =>
      withHub(configOf(command), async ({ hub }) => {
        const stopping = await transaction(hub.pool, async (tx) => {
          const wanted = await wantStop(tx, run);
          if (wanted) await recordAct(tx, { ...acting(hub), what: 'quarantine.cancel', subject: run });
          return wanted;
        });
        if (!stopping) throw refuse('This run is not under way.', '`samspil runs` shows what is.');
        say('It stops after the page in hand.');
      }),
    );
  withCause(quarantine.command('discard'))
    .argument('[id]', 'one record; default: all of the cause')
    .requiredOption('--reason <text>', 'why nobody needs it')
    .description('give records up: their bodies go now; a newer version is taken as usual')
    .action((id: string | undefined, options: CauseOptions & { reason: string }, command: Command) =>
      discard(command, id, options),
    );
};
