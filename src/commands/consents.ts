// consents import: what another system says its citizens have consented to. Grants become proposals that the citizen
// confirms; refusals and revocations take effect at once. Numbers stand in the file, never in arguments.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { parse } from 'csv-parse/sync';
import { type ReportOutcome, report } from '../consent/proposals.ts';
import { readReported } from '../consent/reported.ts';
import { HubError } from '../errors.ts';
import { createAccessLog } from '../store/access-log.ts';
import { recordAct } from '../store/acts.ts';
import { acting, configOf, operator, print, withHub } from './context.ts';

const unreadable = (hint: string): HubError =>
  new HubError({ code: 'request/invalid', fault: 'config', message: 'The file cannot be read.', hint });

const rowsOf = (file: string): readonly unknown[] => {
  const text = readFileSync(file === '-' ? 0 : file, 'utf8').replace(/^\ufeff/, '');
  try {
    if (/^\s*[[{]/.test(text)) {
      const rows: unknown = JSON.parse(text);
      if (Array.isArray(rows)) return rows;
    } else {
      const [first = ''] = text.split('\n', 1);
      return parse(text, {
        columns: true,
        delimiter: first.includes(';') ? ';' : ',',
        skip_empty_lines: true,
        trim: true,
      });
    }
  } catch {
    // Messages of parsers repeat what they stumbled over.
    throw unreadable('A list of objects in JSON, or a table in CSV with a line of names.');
  }
  throw unreadable('JSON is a list of objects.');
};

const importAll = (command: Command, file: string, { source }: { source: string }) =>
  withHub(configOf(command), async ({ hub }) => {
    if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(source))
      throw new HubError({
        code: 'request/invalid',
        fault: 'config',
        message: '--source is not valid.',
        hint: 'Lower-case letters, digits and dashes.',
      });
    const { purposes } = hub.config;
    const reported = readReported(rowsOf(file), hub.clock.now(), purposes);
    const counts = new Map<ReportOutcome, number>();
    const log = createAccessLog(hub.pool, hub.keys, { sealStopMs: hub.config.sealStop, clock: hub.clock });
    const correlation = randomUUID();
    try {
      for (const one of reported) {
        const outcome = await report(hub.pool, one, {
          keys: hub.keys,
          source,
          purposes,
          clock: hub.clock,
          witness: (tx, citizen) =>
            log.writeWith(tx, [
              {
                actor: { kind: 'administrator', person: operator() },
                purpose: purposes[0] ?? '',
                endpoint: 'samspil consents import',
                citizen,
                records: [],
                decision: 'allowed',
                bases: [`reported by ${source}`],
                correlation,
              },
            ]),
        });
        counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      }
    } finally {
      await log.close();
    }
    await recordAct(hub.pool, {
      ...acting(hub),
      what: 'consent.import',
      subject: source,
      detail: { rows: reported.length, ...Object.fromEntries(counts) },
    });
    const outcomes = ['proposed', 'refused', 'revoked', 'known', 'not enrolled'] as const;
    print(
      command,
      [{ rows: reported.length, ...Object.fromEntries(outcomes.map((name) => [name, counts.get(name) ?? 0])) }],
      '',
    );
  });

export const registerConsents = (program: Command): void => {
  program
    .command('consents')
    .description('what citizens have said elsewhere')
    .command('import <file>')
    .requiredOption('--source <name>', 'the system that says so')
    .description(
      'JSON list or CSV with cpr, reference, decision (grant, refuse, revoke), recipient, domains, kinds, purposes, upTo, show, from, to, evidence; - is standard input',
    )
    .action((file: string, options: { source: string }, command: Command) => importAll(command, file, options));
};
