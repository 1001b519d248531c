// acts: what operators did, on the pages and on the command line alike, newest first.
import type { Command } from 'commander';
import { HubError } from '../errors.ts';
import { listActs } from '../store/acts.ts';
import { configOf, countOf, instantOf, print, say, wantsJson, withHub } from './context.ts';

interface ActOptions {
  readonly by?: string;
  readonly what?: string;
  readonly source?: string;
  readonly on?: string;
  readonly from?: string;
  readonly to?: string;
  readonly after?: string;
  readonly limit: string;
}

const numberOf = (text: string): number => {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new HubError({
    code: 'request/invalid',
    fault: 'config',
    message: '--after is not an act’s number.',
    hint: 'Use the number of the last act you have seen.',
  });
};

const list = (command: Command, { by, what, source, on, after, ...options }: ActOptions) =>
  withHub(configOf(command), async ({ hub }) => {
    const [from, to] = [instantOf('from', options.from), instantOf('to', options.to)];
    const limit = countOf('limit', options.limit);
    const found = await listActs(hub.pool, {
      limit,
      ...(by === undefined ? {} : { person: by }),
      ...(what === undefined ? {} : { what }),
      ...(source === undefined ? {} : { source }),
      ...(on === undefined ? {} : { subject: on }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(after === undefined ? {} : { after: numberOf(after) }),
    });
    const rows = found.map(({ id, at, person, role, what: did, subject, why, outcome, detail }) => ({
      no: id,
      at,
      who: `${person} (${role})`,
      what: did,
      on: subject,
      outcome,
      why,
      detail: Object.entries(detail)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
    }));
    print(command, wantsJson(command) ? found : rows, 'Nobody did anything of the kind.');
    const last = found.at(-1);
    if (last !== undefined && found.length === limit) say(`Older ones: --after ${last.id}`);
  });

export const registerActs = (program: Command): void => {
  program
    .command('acts')
    .option('--by <person>', 'whose')
    .option('--what <act>', 'such as source.pause, or source for all that was done to sources')
    .option('--source <source>')
    .option('--on <subject>', 'such as momentum/case, or a webhook’s id')
    .option('--from <instant>', 'then or later')
    .option('--to <instant>', 'before then')
    .option('--after <number>', 'only those before this one')
    .option('--limit <n>', 'how many', '50')
    .description('what operators did: who, when, on what, why, and with what result')
    .action((options: ActOptions, command: Command) => list(command, options));
};
