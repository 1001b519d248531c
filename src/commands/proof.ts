// consumers, purges: who copies, and who has not confirmed that copies are gone.
import type { Command } from 'commander';
import { copenhagenDay } from '../clock.ts';
import { consumerUse, unusedScopes } from '../store/consumer-use.ts';
import { unconfirmedPurges } from '../store/consumers.ts';
import { owedByConsumers, owedSince } from '../store/purges.ts';
import { configOf, print, withHub } from './context.ts';

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
};
