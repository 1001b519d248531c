// component: the line that puts <samspil-plan> of this version into a page, with the digest that pins it.
import type { Command } from 'commander';
import { componentIntegrity, componentPath } from '../dashboard/component/served.ts';
import { wantsJson } from './context.ts';

export const registerComponent = (program: Command): void => {
  program
    .command('component')
    .description('the script element of <samspil-plan> for other systems’ pages')
    .option('--hub <url>', 'the hub’s address as browsers reach it', 'http://127.0.0.1:8080')
    .action((options: { hub: string }, command: Command) => {
      const { origin } = new URL(options.hub);
      process.stdout.write(
        wantsJson(command)
          ? `${JSON.stringify({ src: componentPath, integrity: componentIntegrity })}\n`
          : `<script src="${origin}${componentPath}" integrity="${componentIntegrity}" crossorigin="anonymous" defer></script>\n`,
      );
    });
};
