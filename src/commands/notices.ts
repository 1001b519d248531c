// sources notices: what sources told and nobody has fetched yet, or could not. Counts by kind and reason, never a key.
import type { Command } from 'commander';
import { HubError } from '../errors.ts';
import { recordAct } from '../store/acts.ts';
import { noticeGroups, retryNotices } from '../store/notices.ts';
import { acting, configOf, print, say, withHub } from './context.ts';

const show = (command: Command, source: string | undefined, options: { retry?: boolean }) =>
  withHub(configOf(command), async ({ hub }) => {
    if (source !== undefined && !hub.sources.has(source))
      throw new HubError({
        code: 'config/unknown-name',
        fault: 'config',
        message: `There is no source "${source}".`,
        hint: `Sources: ${[...hub.sources.keys()].join(', ')}.`,
      });
    if (options.retry === true) {
      const names = source === undefined ? [...hub.sources.keys()] : [source];
      let due = 0;
      for (const name of names) due += await retryNotices(hub.pool, name);
      await recordAct(hub.pool, {
        ...acting(hub),
        what: 'notice.retry',
        subject: source ?? 'all',
        source,
        detail: { due },
      });
      say(`${due} failed notices are due again.`);
    }
    const groups = await noticeGroups(hub.pool, source);
    print(
      command,
      groups.map(({ oldest, code, ...group }) => ({ ...group, oldest, 'last error': code })),
      'No notices wait.',
    );
  });

export const registerNotices = (sources: Command): void => {
  sources
    .command('notices')
    .argument('[source]', 'one source; default all')
    .option('--retry', 'failed ones are due again')
    .description('changes that sources told of and that are not fetched yet, or could not be')
    .action((source: string | undefined, options: { retry?: boolean }, command: Command) =>
      show(command, source, options),
    );
};
