// journalising: how much of what was said in the hub each unit has not confirmed to have in its journal. Counts per unit, never
// a text or a citizen: whoever is to write to a unit needs no more.
import type { Command } from 'commander';
import { journalPatienceMs, waitingPerUnit } from '../store/journal-items.ts';
import { configOf, print, withHub } from './context.ts';

export const registerJournalising = (program: Command): void => {
  program
    .command('journalising')
    .description('what units have not journalised yet, what of it is late, and what is left of ended enrolments')
    .action((_, command: Command) =>
      withHub(configOf(command), async ({ hub }) => {
        const late = new Date(hub.clock.now().getTime() - journalPatienceMs);
        print(command, await waitingPerUnit(hub.pool, late), 'Nothing waits to be journalised.');
      }),
    );
};
