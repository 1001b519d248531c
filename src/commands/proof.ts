// log verify: is the access log whole? Finds entries altered, removed or inserted, and says how far sealing has come.
// consumers, purges: who copies, and who has not confirmed that copies are gone.
import type { Command } from 'commander';
import { copenhagenDay } from '../clock.ts';
import { HubError } from '../errors.ts';
import { consumerUse, unusedScopes } from '../store/consumer-use.ts';
import { unconfirmedPurges } from '../store/consumers.ts';
import { owedByConsumers, owedSince } from '../store/purges.ts';
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
    const { purgeDeadline, consumers } = hub.config;
    const now = hub.clock.now();
    const contactOf = (id: string): string | undefined => consumers.find((one) => one.id === id)?.contact;
    const owed = (since: Date) => {
      const by = new Date(since.getTime() + purgeDeadline);
      return { since, 'confirm by': by, state: by <= now ? 'OVERDUE' : 'open' };
    };
    const all = await owedByConsumers(hub.pool);
    const remindedAt = new Map(all.map((one) => [one.consumer, one.remindedAt]));
    const told = (await unconfirmedPurges(hub.pool)).map(({ consumer, citizenId, records, toldAt }) => ({
      consumer,
      contact: contactOf(consumer),
      citizen: citizenId,
      records,
      ...owed(toldAt),
      reminded: remindedAt.get(consumer),
    }));
    // Whoever does not come back has been told of nothing, and may hold what should be gone.
    const behind = all.flatMap(({ consumer, behindSince }) =>
      behindSince === null
        ? []
        : [
            {
              consumer,
              contact: contactOf(consumer),
              citizen: 'has not fetched',
              records: null,
              ...owed(behindSince),
              reminded: remindedAt.get(consumer),
            },
          ],
    );
    print(command, [...told, ...behind], 'Every consumer has confirmed what it was told to delete.');
  });

const listConsumers = (command: Command) =>
  withHub(configOf(command), async ({ hub }) => {
    const now = hub.clock.now();
    const used = await consumerUse(hub.pool, copenhagenDay(now));
    const owed = new Map((await owedByConsumers(hub.pool)).map((one) => [one.consumer, owedSince(one)]));
    print(
      command,
      hub.config.consumers.map(({ id, organisation, contact, copies, scopes }) => ({
        consumer: id,
        organisation,
        contact,
        copies: copies ? 'yes' : 'no',
        scopes: scopes?.join(' ') ?? 'all',
        unused: unusedScopes(used.get(id), scopes, now).join(' ') || null,
        'last used': used.get(id)?.lastUsed ?? null,
        'reads today': used.get(id)?.readsToday ?? 0,
        'owes since': owed.get(id) ?? null,
      })),
      'No consumers are registered.',
    );
  });

export const registerProof = (program: Command): void => {
  program
    .command('consumers')
    .description('registered systems: contact, scopes and which nobody uses, when they last asked, what they owe')
    .action((_, command: Command) => listConsumers(command));
  program
    .command('purges')
    .description('what consumers were told to delete and have not confirmed, by when, and who has not fetched')
    .action((_, command: Command) => listPurges(command));
  program
    .command('log')
    .description('the access log')
    .command('verify')
    .option('--expect <number:hash>', 'an end of the chain noted down earlier: it must still be in it')
    .description('follow the sealed chain from its beginning')
    .action((options: { expect?: string }, command: Command) => verify(command, options));
};
