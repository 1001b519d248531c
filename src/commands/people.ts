// enrol, citizens merge|split: numbers come from standard input or a file, never from arguments, which other people on
// the machine can read.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { HubError } from '../errors.ts';
import { type ParsedNumber, parseNumber } from '../model/cpr.ts';
import { recordAct } from '../store/acts.ts';
import { enrol } from '../store/enrolment.ts';
import { mergeCitizens, splitCitizen } from '../store/people.ts';
import { acting, configOf, operator, print, say, withHub } from './context.ts';

const readLines = (file: string | undefined): readonly string[] => {
  if (file === undefined && process.stdin.isTTY) say('Type the numbers, one per line, and end with Ctrl-D.');
  return readFileSync(file ?? 0, 'utf8')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
};

/** Errors name the line, never what stands in it. */
const readNumbers = (file: string | undefined): readonly ParsedNumber[] =>
  readLines(file).map((line, n) => {
    const parsed = parseNumber(line);
    if (parsed === undefined)
      throw new HubError({
        code: 'request/invalid',
        fault: 'config',
        message: `Line ${n + 1} is not a CPR or replacement number.`,
        hint: 'One number of ten characters per line.',
      });
    return parsed;
  });

const enrolAll = (command: Command, options: { file?: string; basis?: string; evidence?: string }) =>
  withHub(configOf(command), async ({ hub }) => {
    const numbers = readNumbers(options.file);
    const bases = hub.config.enrolmentBases.map((basis) => basis.code);
    const basis = options.basis ?? bases[0] ?? '';
    if (!bases.includes(basis))
      throw new HubError({
        code: 'request/invalid',
        fault: 'config',
        message: `--basis: "${basis}" is not configured.`,
        hint: `Use one of ${bases.join(', ')}.`,
      });
    let fresh = 0;
    for (const number of numbers) {
      const done = await enrol(hub.pool, hub.keys, [...hub.sources.keys()], {
        number,
        basis,
        by: operator(),
        ...(options.evidence === undefined ? {} : { evidence: options.evidence }),
      });
      if (done.fresh) fresh += 1;
    }
    await recordAct(hub.pool, {
      ...acting(hub),
      what: 'citizen.enrol',
      subject: basis,
      detail: { numbers: numbers.length, enrolled: fresh },
    });
    print(command, [{ numbers: numbers.length, enrolled: fresh, 'enrolled before': numbers.length - fresh }], '');
  });

const two = (file: string | undefined): readonly [ParsedNumber, ParsedNumber] => {
  const [current, former, ...more] = readNumbers(file);
  if (current === undefined || former === undefined || more.length > 0)
    throw new HubError({
      code: 'request/invalid',
      fault: 'config',
      message: 'Exactly two numbers are needed.',
      hint: 'First line: the current number. Second line: the former one.',
    });
  return [current, former];
};

export const registerPeople = (program: Command): void => {
  program
    .command('enrol')
    .option('--file <file>', 'numbers, one per line; default: standard input')
    .option('--basis <code>', 'configured basis; default: the first')
    .option('--evidence <reference>', 'where the consent or decision is filed')
    .description('enrol citizens; their history is fetched from every source')
    .action((options: { file?: string; basis?: string; evidence?: string }, command: Command) =>
      enrolAll(command, options),
    );
  const citizens = program.command('citizens').description('numbers of one person');
  citizens
    .command('merge')
    .option('--file <file>', 'two lines: current number, former number; default: standard input')
    .requiredOption('--reason <text>', 'why; logged')
    .description('make two numbers one citizen')
    .action((options: { file?: string; reason: string }, command: Command) =>
      withHub(configOf(command), async ({ hub }) => {
        const [current, former] = two(options.file);
        const by = { reason: options.reason, actor: operator() };
        const merged = await mergeCitizens(hub.pool, hub.keys, { current, former }, by);
        await recordAct(hub.pool, {
          ...acting(hub),
          what: 'citizen.merge',
          subject: 'two numbers',
          why: options.reason,
        });
        print(command, [merged], '');
      }),
    );
  citizens
    .command('split')
    .option('--file <file>', 'one line: the number that is another person; default: standard input')
    .requiredOption('--reason <text>', 'why; logged')
    .description('undo a merge: the number gets its own citizen back')
    .action((options: { file?: string; reason: string }, command: Command) =>
      withHub(configOf(command), async ({ hub }) => {
        const [number] = readNumbers(options.file);
        if (number === undefined)
          throw new HubError({ code: 'request/invalid', fault: 'config', message: 'One number is needed.' });
        const split = await splitCitizen(hub.pool, hub.keys, number, { reason: options.reason, actor: operator() });
        await recordAct(hub.pool, { ...acting(hub), what: 'citizen.split', subject: 'a number', why: options.reason });
        print(command, [split], '');
      }),
    );
};
