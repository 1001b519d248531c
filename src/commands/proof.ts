// log verify: is the access log whole? Finds entries altered, removed or inserted, and says how far sealing has come.
import type { Command } from 'commander';
import { HubError } from '../errors.ts';
import { unconfirmedPurges } from '../store/consumers.ts';
import { type Finding, verifyLog } from '../store/verify.ts';
import { configOf, print, wantsJson, withHub } from './context.ts';

const explain = (finding: Finding): string => {
  if (finding.type === 'forged') return `  forged    the ${finding.mark} is missing or not signed with this hub’s key`;
  const place = finding.number === undefined ? '' : ` no. ${finding.number}`;
  const end = 'to' in finding && finding.to !== undefined ? `–${finding.to}` : '';
  return `  ${finding.type.padEnd(8)} ${place}${end} ${finding.entry ?? ''}`.trimEnd();
};

const expected = (text: string | undefined): { number: number; hash: Buffer } | undefined => {
  if (text === undefined) return undefined;
  const [number, hash] = text.split(':');
  if (!/^\d+$/.test(number ?? '') || !/^[0-9a-f]{64}$/.test(hash ?? ''))
    throw new HubError({
      code: 'request/invalid',
      fault: 'config',
      message: '--expect is not <number>:<hash>.',
      hint: 'Use the line “end of the chain” of an earlier verification.',
    });
  return { number: Number(number), hash: Buffer.from(hash ?? '', 'hex') };
};

const verify = (command: Command, options: { expect?: string }) =>
  withHub(configOf(command), async ({ hub }) => {
    const expect = expected(options.expect);
    const report = await verifyLog(hub.pool, hub.keys, expect === undefined ? {} : { expect });
    if (!report.ok) process.exitCode = 1;
    if (wantsJson(command)) {
      process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
      return;
    }
    process.stdout.write(
      [
        report.ok ? 'The log is whole.' : 'THE LOG IS NOT WHOLE:',
        ...report.findings.map(explain),
        ...(report.more ? ['  … and more'] : []),
        `sealed entries     ${report.sealed}`,
        `not yet sealed     ${report.unsealed}${report.unsealed === 0 ? '' : `, the oldest for ${Math.round(report.oldestUnsealedSeconds)} s`}`,
        `end of the chain   ${report.head.number}:${report.head.hash}`,
        'Note the end of the chain down elsewhere; give it as --expect next time.',
        '',
      ].join('\n'),
    );
  });

const listPurges = (command: Command) =>
  withHub(configOf(command), async ({ hub }) => {
    const rows = await unconfirmedPurges(hub.pool);
    print(
      command,
      rows.map(({ consumer, citizenId, records, toldAt }) => ({
        consumer,
        citizen: citizenId,
        records,
        'told at': toldAt,
      })),
      'Every consumer has confirmed what it was told to delete.',
    );
  });

export const registerProof = (program: Command): void => {
  program
    .command('purges')
    .description('what consumers were told to delete and have not confirmed')
    .action((_, command: Command) => listPurges(command));
  program
    .command('log')
    .description('the access log')
    .command('verify')
    .option('--expect <number:hash>', 'an end of the chain noted down earlier: it must still be in it')
    .description('follow the sealed chain from its beginning')
    .action((options: { expect?: string }, command: Command) => verify(command, options));
};
