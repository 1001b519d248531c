// The alerts in English; says the same as the Danish ones.

import type { AllWords, Values } from './alert-words.ts';
import type { danishFrame } from './alert-words-da.ts';

const queues: Readonly<Record<string, string>> = {
  webhooks: 'messages to consumer systems',
  history: 'fetches of newly enrolled citizens’ history',
  notices: 'change notices from the source',
};
const anchorStates: Readonly<Record<string, string>> = {
  silent: 'Nobody has looked at the anchor file for a while.',
  fails: 'The anchor file cannot be written.',
  broken: 'The log’s chain no longer agrees with what the anchor file says.',
};
/** Errors of a source, as its page says them too. */
const errors: Readonly<Record<string, string>> = {
  'source/unauthorised': 'The source refuses the access that Samspil is set up with.',
  'source/forbidden': 'The source knows us but does not let us.',
  'source/not-found': 'The source does not have what we ask for.',
  'source/bad-request': 'The source does not understand our question.',
  'source/bad-answer': 'The source answered with something we cannot read.',
  'source/not-delivered': 'The file that was due has not come.',
  'source/unreachable': 'The source cannot be reached.',
  'source/timeout': 'The source did not answer in time.',
  'source/unavailable': 'The source is down or overloaded.',
  'source/rate-limited': 'The source asks us to slow down.',
};
/** Why a webhook was disabled. */
const reasons: Readonly<Record<string, string>> = {
  failing: 'Nothing has arrived in 75 hours.',
  gone: 'The receiver answers that the address is no more.',
};
const outcomes: Readonly<Record<string, string>> = {
  refused: 'refused by the receiver',
  failing: 'the receiver has a fault',
  timeout: 'the receiver does not answer in time',
  unreachable: 'the receiver cannot be reached',
  tls: 'the connection is not secure',
};
const namedOf = (v: Values): string =>
  `${v.text(v.has('kinds') ? 'kinds' : 'kind')}${v.number('more') === 0 ? '' : ` and ${v.count('more')} more`}`;
const kindsOf = (v: Values): string => (v.has('kinds') ? `: ${namedOf(v)}` : '');
const days = (left: number): string =>
  left < 0 ? 'has expired' : left === 0 ? 'expires today' : left === 1 ? 'expires in 1 day' : `expires in ${left} days`;

export const english: AllWords = {
  'source-late': (v) => ({
    title: `${v.text('source')} is late`,
    what: `The source was last pulled completely ${v.time('syncedAt')}. Readers see that what it says is late.`,
    next: 'See on the source’s page what went wrong last, and whose turn it is.',
  }),
  'source-failing': (v) => ({
    title: `${v.text('source')}${kindsOf(v)} cannot be pulled`,
    what: `${errors[v.text('code')] ?? `The error is ${v.text('code')}.`} ${v.has('pulledAt') ? `Last pulled without error ${v.time('pulledAt')}.` : 'It has never been pulled to its end.'}`,
    next: 'The source’s page says what was asked for and with which access, and what to do. Try the connection there.',
  }),
  'breaker-open': (v) => ({
    title: `${v.text('source')} does not answer`,
    what: `${errors[v.text('code')] ?? `The error is ${v.text('code')}.`} After repeated failures it is asked only now and then, so as not to burden it.`,
    next: 'Ask the vendor whether the system is down. Pulling starts again by itself when the source answers.',
  }),
  'deletion-held': (v) => ({
    title: `${v.text('source')}: held back: ${v.of('missing', 'deletion', 'deletions')} of ${v.text('kind')}`,
    what: `${v.count('missing')} of ${v.of('stored', 'record', 'records')} are missing from the source’s latest snapshot. Nothing is deleted until somebody approves it.`,
    next: 'Ask the vendor. Approve the deletion once it is right; if it is not, the next full snapshot corrects it.',
  }),
  'drift-held': (v) => ({
    title: `${v.text('source')}: ${v.text('kind')} has changed shape and waits`,
    what: `Waiting for a person: ${v.of('findings', 'change', 'changes')} in what the source sends. Meanwhile ${v.text('kind')} is not pulled.`,
    next: 'Look at the changes. Accept them if they are right; else correct the mapping or ask the vendor.',
  }),
  'quarantine-large': (v) => ({
    title: `${v.text('source')}: ${v.of('records', 'record', 'records')} of ${v.text('kind')} in quarantine`,
    what: 'The records could not be stored and are missing from citizens’ plans.',
    next: 'Look at the causes in quarantine, correct the mapping and replay them.',
  }),
  'quarantine-growing': (v) => ({
    title: `${v.text('source')}: quarantine of ${v.text('kind')} grows`,
    what: `Set aside within the last hour: ${v.of('records', 'record', 'records')}.`,
    next: 'Look at the causes in quarantine; it may be a new code or a new field of the source’s.',
  }),
  'credential-ends': (v) => ({
    title: `${v.text('source')}: ${v.text('what')} ${days(v.number('days'))}`,
    what: `Access to the source is valid until ${v.day('at')}. After that the source refuses every pull.`,
    next: 'Renew it and correct its date in the configuration.',
  }),
  'schedule-rearmed': (v) => ({
    title: `${v.text('source')}: the schedule of ${namedOf(v)} stalls`,
    what: `The watchdog had to start the pull ${v.of('times', 'time', 'times')} within the last hour.`,
    next: 'See whether the workers run and the queue’s store answers.',
  }),
  'log-unsealed': (v) => ({
    title: 'The access log is not being sealed',
    what: `Entries of the access log have waited to be sealed since ${v.time('since')}. After a quarter of an hour Samspil answers no more, and nobody can see a plan.`,
    next: 'See whether the web processes run and the database has room. Then check the log (samspil log verify).',
  }),
  'log-anchor': (v) => ({
    title: 'The access log’s anchor is not written',
    what: anchorStates[v.text('state')] ?? '',
    next: 'Check the log (samspil log verify) and look after the file that log.anchorFile in the configuration names.',
  }),
  'purge-overdue': (v) => ({
    title: `${v.text('consumer')} has not confirmed deletions`,
    what: `Since ${v.time('since')} the system has not ${v.number('records') === 0 ? 'fetched what has happened' : `confirmed that it deleted ${v.of('records', 'record', 'records')}`}. The deadline has passed, and citizens’ data may lie where they must not.`,
    next: 'Get in touch with the system’s contact.',
  }),
  'webhook-disabled': (v) => ({
    title: `The webhook to ${v.text('consumer')} is disabled`,
    what: `${reasons[v.text('reason')] ?? `${v.text('reason')}:`} ${v.text('host')} has been told nothing since ${v.time('since')}.`,
    next: 'Get in touch with the system’s contact. Once the system is ready, ask the address again on the webhook’s page.',
  }),
  'consumer-lagging': (v) => ({
    title: `${v.text('consumer')} does not fetch changes`,
    what: `The system has not fetched what has happened since ${v.time('since')}.`,
    next: 'Get in touch with the system’s contact: its copy is out of date.',
  }),
  'emergency-access': (v) => ({
    title:
      v.number('count') === 1
        ? `Emergency access was taken on ${v.day('day')}`
        : `Emergency access was taken ${v.count('count')} times on ${v.day('day')}`,
    what: 'A professional opened a plan without consent, because it was urgent.',
    next: 'See who, why and about whom in the access log.',
  }),
  'journal-waiting': (v) => ({
    title: `${v.text('unit')}: ${v.of('items', 'item', 'items')} not journalised`,
    what: `The oldest is of ${v.day('oldest')} and has waited longer than it may.`,
    next: 'Remind the unit to journalise and confirm.',
  }),
  'queue-depth': (v) => ({
    title: `Queue: ${v.count('due')} ${queues[v.text('queue')] ?? v.text('queue')}`,
    what: `Work piles up${v.text('source') === '' ? '' : ` for ${v.text('source')}`}.`,
    next: 'See whether the workers run and keep up.',
  }),
  'key-age': (v) => ({
    title: 'The encryption key should be rotated',
    what: `The key ${v.text('key')} has been in use since ${v.day('since')}.`,
    next: 'Add a new key to the key file and make it the current one.',
  }),
  'database-size': (v) => ({
    title: `The database takes ${v.count('gigabytes')} GB`,
    what: 'It has grown past the line that was drawn for it.',
    next: 'Look at the room on the disk, or move the line.',
  }),
  'notice-undelivered': (v) => ({
    title: `Alerts do not reach ${v.text('contact')}`,
    what: `Not delivered: ${v.of('messages', 'message', 'messages')} by ${v.text('channel')}: ${outcomes[v.text('outcome')] ?? v.text('outcome')}.`,
    next: 'Correct alerts.smtp in the configuration or the contact’s address, and send a trial from the page of contacts.',
  }),
};

type Widened<T> = T extends string
  ? string
  : T extends (...given: infer Given) => string
    ? (...given: Given) => string
    : { readonly [K in keyof T]: Widened<T[K]> };
export type Frame = Widened<typeof danishFrame>;

export const englishFrame: Frame = {
  severity: { warning: 'warning', critical: 'critical' },
  subject: {
    ...{ warning: 'Warning', critical: 'Critical', worsened: 'Worse', resolved: 'Resolved' },
    ...{ digest: 'Status of the day', trial: 'Trial' },
  },
  since: 'Since',
  over: (from, to) => `It began ${from} and was resolved ${to}. You need do nothing.`,
  next: 'To do',
  link: 'See it in Samspil',
  trial: 'This is a trial. Alerts about Samspil come here.',
  digest: {
    open: (n) => (n === 0 ? 'Nothing is wrong right now.' : n === 1 ? '1 alert is open:' : `${n} alerts are open:`),
    lately: (opened, resolved) => `The last day: ${opened} new, ${resolved} resolved.`,
    snoozed: (n) => `${n} are snoozed.`,
    more: (n) => `… and ${n} more.`,
  },
  footer: (municipality) => `Sent by Samspil in ${municipality}, because this address is a contact for alerts.`,
};
