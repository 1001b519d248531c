// deletions: what the guard holds, for an operator to decide. Quarantine and drift, decided the same way, are beside it.
import type { Command } from 'commander';
import { HubError } from '../errors.ts';
import { recordAct } from '../store/acts.ts';
import { approveHeld, listHeld } from '../store/held-deletions.ts';
import { acting, configOf, operator, print, withHub } from './context.ts';
import { registerDrift } from './drift.ts';
import { registerJournalising } from './journalising.ts';
import { registerQuarantine } from './quarantine.ts';

const grown = (): HubError =>
  new HubError({
    code: 'request/conflict',
    fault: 'config',
    message: 'More records have gone missing since it was looked at; nothing was deleted.',
    hint: '`samspil deletions list` shows what it has come to.',
  });

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
    .option('--reason <text>', 'why; it is written down')
    .option('--missing <n>', 'how many the list said; more than that is refused')
    .description('delete what this one held deletion names; the threshold stays')
    .action((id: string, options: { reason?: string; missing?: string }, command: Command) =>
      withHub(configOf(command), async ({ hub }) => {
        const seen = (await listHeld(hub.pool)).find((one) => one.id === Number(id));
        if (options.missing !== undefined && seen !== undefined && !(seen.missing <= Number(options.missing)))
          throw grown();
        const removed = await approveHeld(
          hub.pool,
          Number(id),
          operator(),
          (tx, { source, kind, removed: count }) =>
            recordAct(tx, {
              ...acting(hub),
              what: 'deletion.approve',
              subject: id,
              source,
              why: options.reason,
              detail: { kind, removed: count },
            }),
          seen?.growth,
        );
        if (removed === 'grown') throw grown();
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
  registerDrift(program);
  registerDeletions(program);
  registerJournalising(program);
};
