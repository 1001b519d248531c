// sandbox step, showcase, token: playing with the running sandbox municipality.
import type { Command } from 'commander';
import { configOf, dataFolder, say, wantsJson, withHub } from './context.ts';

export const registerSandbox = (program: Command): void => {
  program
    .command('sandbox')
    .description('the synthetic municipality that `up` runs')
    .command('step')
    .description('let something happen: the next version of every added FHIR file, or events for some citizens')
    .action(async (_, command: Command) => {
      const { stepSandbox } = await import('../../test/sandbox/control.ts');
      const result = await stepSandbox(dataFolder());
      if (wantsJson(command)) process.stdout.write(`${JSON.stringify(result)}\n`);
      else
        say(
          `${result.citizens} citizens and ${result.resources} added FHIR resources moved on; the next sync finds them.`,
        );
    });
  program
    .command('showcase')
    .description('the showcase citizen: a plan that spans every source')
    .action((_, command: Command) =>
      withHub(configOf(command), async ({ hub }) => {
        const { showcaseOf } = await import('../../test/sandbox/open.ts');
        const showcase = await showcaseOf(hub);
        if (wantsJson(command)) process.stdout.write(`${JSON.stringify(showcase)}\n`);
        else
          process.stdout.write(
            `The showcase citizen is synthetic; the number belongs to nobody.\n  cpr  ${showcase.cpr}\n  id   ${showcase.id}\n`,
          );
      }),
    );
  program
    .command('token')
    .requiredOption(
      '--as <persona>',
      'caseworker-employment, caseworker-social, caseworker-family, nurse-health, private-provider, citizen, network-person, consumer-system, administrator, administrator-view or dpo',
    )
    .option('--citizen <id>', 'for the persona citizen: which citizen (default: the showcase citizen)')
    .description('print a token of the sandbox’s issuer')
    .action((options: { as: string; citizen?: string }, command: Command) =>
      withHub(configOf(command), async ({ hub }) => {
        const { tokenFor } = await import('../../test/sandbox/open.ts');
        process.stdout.write(`${await tokenFor(hub, dataFolder(), options.as, options.citizen)}\n`);
      }),
    );
};
