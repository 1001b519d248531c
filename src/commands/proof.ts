// log verify: is the access log whole? Finds entries altered, removed or inserted, and says how far sealing has come.
import type { Command } from 'commander';
import { verifyLog } from '../store/verify.ts';
import { configOf, wantsJson, withHub } from './context.ts';

export const registerProof = (program: Command): void => {
  program
    .command('log')
    .description('the access log')
    .command('verify')
    .description('follow the sealed chain from its beginning')
    .action((_, command: Command) =>
      withHub(configOf(command), async ({ hub }) => {
        const report = await verifyLog(hub.pool, hub.keys);
        process.stdout.write(
          wantsJson(command) ? `${JSON.stringify(report, null, 2)}\n` : `${JSON.stringify(report)}\n`,
        );
      }),
    );
};
