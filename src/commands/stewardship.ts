// quarantine, deletions: what an operator decides about, and the tools to find out why.
import type { Command } from 'commander';
import { HubError } from '../errors.ts';
import { replayQuarantine, wouldPass } from '../pipeline/replay.ts';
import { approveHeld, listHeld } from '../store/deletions.ts';
import { quarantineGroups, readQuarantine } from '../store/quarantine.ts';
import { createRun } from '../store/runs.ts';
import { configOf, print, withHub } from './context.ts';

const replay = (command: Command, options: { source?: string; kind?: string }) =>
  withHub(configOf(command), async ({ hub }) => {
    const rows = [];
    for (const [name, { source }] of hub.sources)
      for (const kind of source.kinds) {
        if (
          (options.source ?? name) !== name ||
          (options.kind ?? kind.name) !== kind.name ||
          kind.mapping === undefined
        )
          continue;
        const before = await wouldPass(hub, source, kind);
        if (before.open === 0) continue;
        const runId = await createRun(hub.pool, {
          source: name,
          kind: kind.name,
          mode: 'replay',
          trigger: 'command line',
        });
        const counts = await replayQuarantine(hub, { source, kind, runId, signal: new AbortController().signal });
        rows.push({
          source: name,
          kind: kind.name,
          open: before.open,
          'would pass': before.passing,
          stored: counts.stored,
          left: counts.quarantined,
        });
      }
    print(command, rows, 'Nothing is in quarantine.');
  });

const registerQuarantine = (program: Command): void => {
  const quarantine = program.command('quarantine').description('records that could not be stored');
  quarantine
    .command('list')
    .description('grouped by cause; values are never shown')
    .action((_, command: Command) =>
      withHub(configOf(command), async ({ hub }) =>
        print(command, await quarantineGroups(hub.pool), 'Quarantine is empty.'),
      ),
    );
  quarantine
    .command('show')
    .argument('<id>')
    .option('--body', 'with the record itself: personal data, say why you need it')
    .description('one record: reason, age, source')
    .action((id: string, options: { body?: boolean }, command: Command) =>
      withHub(configOf(command), async ({ hub }) => {
        const [row] = await readQuarantine(hub.pool, hub.keys, { id: Number(id), limit: 1 });
        if (row === undefined)
          throw new HubError({
            code: 'request/not-found',
            fault: 'config',
            message: 'There is no such open record.',
            hint: '`samspil quarantine list` shows what there is.',
          });
        const { content, ...about } = row;
        process.stdout.write(
          `${JSON.stringify(options.body === true ? row : { ...about, body: content === undefined ? 'not kept' : 'kept, encrypted' }, null, 2)}\n`,
        );
      }),
    );
  quarantine
    .command('replay')
    .option('--source <source>')
    .option('--kind <kind>')
    .description('try the records again with the mappings as they are now, in the order they came')
    .action((options: { source?: string; kind?: string }, command: Command) => replay(command, options));
};

const registerDeletions = (program: Command): void => {
  const deletions = program.command('deletions').description('mass deletions held by the guard');
  deletions
    .command('list')
    .action((_, command: Command) =>
      withHub(configOf(command), async ({ hub }) => print(command, await listHeld(hub.pool), 'No deletions are held.')),
    );
  deletions
    .command('approve')
    .argument('<id>')
    .description('delete what this one held deletion names; the threshold stays')
    .action((id: string, _, command: Command) =>
      withHub(configOf(command), async ({ hub }) => {
        const removed = await approveHeld(hub.pool, Number(id), process.env['USER'] ?? 'command line');
        if (removed === undefined)
          throw new HubError({
            code: 'request/conflict',
            fault: 'config',
            message: 'This deletion is not held (any more).',
            hint: '`samspil deletions list` shows what is.',
          });
        print(command, [{ id: Number(id), removed }], '');
      }),
    );
};

export const registerStewardship = (program: Command): void => {
  registerQuarantine(program);
  registerDeletions(program);
};
