// log verify: is the access log whole, also by what the file outside the database says? log export: its entries for a SIEM,
// from where the last export stopped.
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { HubError } from '../errors.ts';
import { type AnchorFile, readAnchorFile } from '../store/anchor-file.ts';
import { sealedAfter } from '../store/log-export.ts';
import { otlpOf } from '../store/log-otlp.ts';
import { type Finding, type Verification, verifyLog } from '../store/verify.ts';
import { configOf, wantsJson, withHub } from './context.ts';

const explain = (finding: Finding): string => {
  if (finding.type === 'forged')
    return finding.mark === 'file'
      ? `  forged    line ${finding.line} of the anchor file is not the hub’s, or does not follow the one before`
      : `  forged    the ${finding.mark} is missing or not signed with this hub’s key`;
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

const outsideText = (outside: AnchorFile | undefined): string => {
  const last = outside?.lines.at(-1);
  if (outside === undefined) return 'Note the end of the chain down elsewhere; give it as --expect next time.';
  return last === undefined
    ? 'anchor file         says nothing yet'
    : `anchor file        ${outside.lines.length} lines, the last about no. ${last.number} at ${last.at}`;
};

const textOf = (report: Verification, outside: AnchorFile | undefined): string =>
  [
    report.ok ? 'The log is whole.' : 'THE LOG IS NOT WHOLE:',
    ...report.findings.map(explain),
    ...(report.more ? ['  … and more'] : []),
    `sealed entries     ${report.sealed}`,
    `not yet sealed     ${report.unsealed}${report.unsealed === 0 ? '' : `, the oldest for ${Math.round(report.oldestUnsealedSeconds)} s`}`,
    `end of the chain   ${report.head.number}:${report.head.hash}`,
    outsideText(outside),
    '',
  ].join('\n');

const verify = (command: Command, options: { readonly expect?: string; readonly anchor?: string }) =>
  withHub(configOf(command), async ({ hub }) => {
    const expect = expected(options.expect);
    const file = options.anchor ?? hub.config.log.anchorFile;
    const outside = file === undefined ? undefined : await readAnchorFile(file, hub.keys);
    const report = await verifyLog(hub.pool, hub.keys, {
      keepMs: hub.config.logRetention,
      ...(expect === undefined ? {} : { expect }),
      ...(outside === undefined ? {} : { outside }),
    });
    if (!report.ok) process.exitCode = 1;
    process.stdout.write(wantsJson(command) ? `${JSON.stringify(report, null, 2)}\n` : textOf(report, outside));
  });

const cursorOf = async (path: string | undefined): Promise<number> => {
  if (path === undefined) return 0;
  const text = await readFile(path, 'utf8').catch((error: { code?: unknown }) => {
    if (error.code === 'ENOENT') return '0';
    throw error;
  });
  if (/^\d{1,15}\s*$/.test(text)) return Number(text);
  throw new HubError({
    code: 'request/invalid',
    fault: 'config',
    message: 'The cursor file holds no number.',
    hint: 'Name the file of the last export, or a new one.',
  });
};

/** Lines are out before the cursor moves: after a break some come again, none is lost. */
const exportLog = (command: Command, options: { readonly cursor?: string }) =>
  withHub(configOf(command), async ({ hub }) => {
    for (let after = await cursorOf(options.cursor); ; ) {
      const entries = await sealedAfter(hub.pool, after, 500);
      const last = entries.at(-1);
      if (last === undefined) return;
      const line = JSON.stringify(otlpOf(entries, hub.config.municipality.code, hub.clock.now()));
      await new Promise<void>((done, failed) =>
        process.stdout.write(`${line}\n`, (error) => (error ? failed(error) : done())),
      );
      after = last.number;
      if (options.cursor === undefined) continue;
      await writeFile(`${options.cursor}.new`, `${after}\n`, { mode: 0o600 });
      await rename(`${options.cursor}.new`, options.cursor);
    }
  });

export const registerLog = (program: Command): void => {
  const log = program.command('log').description('the access log');
  log
    .command('verify')
    .option('--expect <number:hash>', 'an end of the chain noted down earlier: it must still be in it')
    .option('--anchor <file>', 'the file outside the database to hold the chain against (default: `log.anchorFile`)')
    .description('follow the sealed chain from its beginning')
    .action((options: { expect?: string; anchor?: string }, command: Command) => verify(command, options));
  log
    .command('export')
    .requiredOption('--otel', 'as OpenTelemetry log records: one OTLP/JSON request per line')
    .option('--cursor <file>', 'remembers how far the last export came')
    .description('sealed entries for a SIEM, to standard output, oldest first')
    .action((options: { cursor?: string }, command: Command) => exportLog(command, options));
};
