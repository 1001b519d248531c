// alerts list|history|ack|snooze|test|contacts|rules: what the hub warns of, who has said that they know, and whether contacts can be
// reached.
import type { Command } from 'commander';
import { duration } from '../config/values.ts';
import { HubError } from '../errors.ts';
import { placesOf, shownContacts } from '../jobs/alert-contacts.ts';
import { sendAlertNotice } from '../jobs/alert-send.ts';
import { alertSettings } from '../jobs/alert-settings.ts';
import { wordsOf } from '../jobs/alert-texts.ts';
import type { Hub } from '../main.ts';
import { recordAct } from '../store/acts.ts';
import { putNotice } from '../store/alert-notices.ts';
import { type Alert, acknowledgeAlert, alertHistory, openAlerts, snoozeAlert } from '../store/alerts.ts';
import { alertDepsOf } from '../work.ts';
import { acting, configOf, countOf, print, say, wantsJson, withHub } from './context.ts';

const refuse = (code: 'request/invalid' | 'request/not-found', message: string, hint: string): HubError =>
  new HubError({ code, fault: 'config', message, hint });

const stateOf = ({ resolvedAt, acknowledged, snoozed }: Alert): string => {
  if (resolvedAt !== null) return 'resolved';
  if (snoozed !== null) return `snoozed by ${snoozed.by}`;
  return acknowledged === null ? 'open' : `known to ${acknowledged.by}`;
};

const show = (command: Command, found: readonly Alert[], empty: string): void =>
  print(
    command,
    wantsJson(command)
      ? found
      : found.map((alert) => ({
          id: alert.id,
          severity: alert.severity,
          rule: alert.rule,
          what: wordsOf(alert, 'en').title,
          opened: alert.openedAt,
          resolved: alert.resolvedAt,
          state: stateOf(alert),
        })),
    empty,
  );

/** By its id, or as much of it as tells it apart from the other open ones. */
const named = async ({ pool, clock }: Hub, id: string): Promise<Alert> => {
  const found = (await openAlerts(pool, clock.now())).filter((alert) => id.length >= 4 && alert.id.startsWith(id));
  if (found.length === 1 && found[0] !== undefined) return found[0];
  throw refuse('request/not-found', 'There is no such open alert.', '`samspil alerts` shows which there are.');
};

const wordOf = (hub: Hub, why: string) => {
  const { at: now, person, role } = acting(hub);
  return { now, person, role, why };
};

const acknowledge = (command: Command, id: string, why: string) =>
  withHub(configOf(command), async ({ hub }) => {
    const alert = await named(hub, id);
    if (!(await acknowledgeAlert(hub.pool, alert.id, wordOf(hub, why))))
      throw refuse('request/invalid', 'Somebody has said so already.', '`samspil alerts` shows who.');
    say(`${alert.rule} ${alert.subject}: you know of it.`);
  });

const snooze = (command: Command, id: string, given: string, why: string) =>
  withHub(configOf(command), async ({ hub }) => {
    const length = duration.safeParse(given);
    if (!length.success) throw refuse('request/invalid', '--for is not a duration.', 'For example 30m, 4h or 2d.');
    const alert = await named(hub, id);
    const until = new Date(hub.clock.now().getTime() + length.data);
    await snoozeAlert(hub.pool, alert.id, until, wordOf(hub, why));
    say(`${alert.rule} ${alert.subject}: nobody is told until ${until.toISOString()}.`);
  });

/** Sends at once, whether or not a worker runs, and tells what came of it. */
const test = (command: Command, contact: string) =>
  withHub(configOf(command), async ({ hub }) => {
    const places = placesOf(hub.config.alerts, contact);
    if (places.length === 0)
      throw new HubError({
        code: 'config/unknown-name',
        fault: 'config',
        message: 'There is no such contact.',
        hint: `Contacts: ${Object.keys(hub.config.alerts.contacts).join(', ') || 'none are configured under alerts.contacts'}.`,
      });

    // The table says what went wrong.
    const deps = { ...alertDepsOf(hub), log: hub.log.child({}, { level: 'error' }) };
    const rows = [];
    for (const { place, by, ...of } of places) {
      const id = await putNotice(hub.pool, { event: 'trial', contact, place, said: {} }, hub.clock.now());
      const outcome = await sendAlertNotice(deps, id);
      rows.push({
        by,
        to: 'address' in of ? of.address : new URL(of.url).host,
        outcome: outcome ?? 'sent by a worker',
      });
    }
    const failed = rows.filter(({ outcome }) => outcome !== 'delivered').length;
    await recordAct(hub.pool, {
      ...acting(hub),
      what: 'alert.test',
      subject: contact,
      outcome: failed === 0 ? 'done' : 'failed',
      detail: { places: rows.length, failed },
    });
    print(command, rows, '');
    if (failed > 0) process.exitCode = 1;
  });

const inWords = (ms: number): string => (ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1000} s`);

const rules = (command: Command) =>
  withHub(configOf(command), async ({ hub }) => {
    const settings = alertSettings(hub.config.alerts);
    print(
      command,
      Object.entries(settings).map(([rule, { on, severity, forMs, clearMs, threshold, to }]) => ({
        rule,
        on: on ? 'yes' : 'no',
        severity,
        for: inWords(forMs),
        clear: inWords(clearMs),
        threshold,
        to: to.join(', ') || 'dashboard and log only',
      })),
      '',
    );
  });

const contacts = (command: Command) =>
  withHub(configOf(command), async ({ hub }) => {
    const { alerts } = hub.config;
    const shown = shownContacts(alerts, alertSettings(alerts));
    const table = shown.map(({ rules: told, digest, ...one }) => ({
      ...one,
      rules: told.length,
      digest: digest ? 'yes' : 'no',
    }));
    print(command, wantsJson(command) ? shown : table, 'No contacts are configured under alerts.contacts.');
  });

export const registerAlerts = (program: Command): void => {
  const alerts = program.command('alerts').description('what the hub warns of');
  alerts
    .command('list', { isDefault: true })
    .description('what is open now')
    .action((_, command: Command) =>
      withHub(configOf(command), async ({ hub }) =>
        show(command, await openAlerts(hub.pool, hub.clock.now()), 'Nothing is wrong.'),
      ),
    );
  alerts
    .command('history')
    .option('--rule <rule>')
    .option('--source <source>')
    .option('--limit <n>', 'how many', '50')
    .description('what is and was, newest first')
    .action(({ limit, ...of }: { rule?: string; source?: string; limit: string }, command: Command) =>
      withHub(configOf(command), async ({ hub }) => {
        const filter = { ...of, limit: countOf('limit', limit) };
        show(command, await alertHistory(hub.pool, filter, hub.clock.now()), 'There was nothing of the kind.');
      }),
    );
  alerts
    .command('ack')
    .argument('<alert>', 'its id, or the beginning of it')
    .requiredOption('--reason <text>', 'what you do about it')
    .description('say that you know, and see to it')
    .action((id: string, { reason }: { reason: string }, command: Command) => acknowledge(command, id, reason));
  alerts
    .command('snooze')
    .argument('<alert>', 'its id, or the beginning of it')
    .requiredOption('--for <duration>', 'such as 4h')
    .requiredOption('--reason <text>', 'why nobody need hear of it')
    .description('nobody is told of it for a while, whatever comes and goes')
    .action((id: string, options: { for: string; reason: string }, command: Command) =>
      snooze(command, id, options.for, options.reason),
    );
  alerts
    .command('test')
    .argument('<contact>')
    .description('send a contact a trial message at each of its places')
    .action((contact: string, _, command: Command) => test(command, contact));
  alerts
    .command('contacts')
    .description('who is told, how, and of how many rules')
    .action((_, command: Command) => contacts(command));
  alerts
    .command('rules')
    .description('what is looked at, where the line is, and who is told')
    .action((_, command: Command) => rules(command));
};
