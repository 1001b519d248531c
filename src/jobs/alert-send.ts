// One try of one message about an alert: claimed, put into the contact's language, sent by mail or as a signed webhook,
// recorded. What fails is tried again as webhooks are; that it does is itself told, by the rule `notice-undelivered`.
import type { Clock } from '../clock.ts';
import type { AlertsConfig } from '../config/alerts.ts';
import type { Logger } from '../log.ts';
import type { Mailer } from '../mail/send.ts';
import {
  type ClaimedNotice,
  claimNotice,
  type NoticeEvent,
  type NoticeResult,
  recordNotice,
} from '../store/alert-notices.ts';
import type { Pool } from '../store/db.ts';
import { alertText, eventMedia } from '../webhook/event.ts';
import { type OutcomeName, verdictOf } from '../webhook/schedule.ts';
import { signedHeaders } from '../webhook/secrets.ts';
import type { SendWebhook } from '../webhook/send.ts';
import { placesOf } from './alert-contacts.ts';
import { type AlertLanguage, type Sender, tellNotice } from './alert-texts.ts';

export interface AlertSendDeps {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: AlertsConfig;
  readonly sender: Sender;
  readonly post: SendWebhook;
  /** Absent: no server is configured. */
  readonly mailer?: Mailer | undefined;
  /** 0 to 1, for jitter. */
  readonly random?: () => number;
}

/** no-such-contact: taken out of the configuration meanwhile. unreadable: written by another version of the hub. */
export type TryOutcome = OutcomeName | 'no-such-contact' | 'unreadable';

interface Tried {
  readonly name: TryOutcome;
  readonly ms: number;
  readonly retryAfterMs?: number;
}

const inWords = (event: NoticeEvent, said: unknown, language: AlertLanguage, { sender }: AlertSendDeps) => {
  try {
    return tellNotice(event, said, language, sender);
  } catch {
    return undefined;
  }
};

const tryOnce = async (deps: AlertSendDeps, notice: ClaimedNotice): Promise<Tried> => {
  const { id, event, contact, said, createdAt } = notice;
  const place = placesOf(deps.config, contact).find((one) => one.place === notice.place);
  if (place === undefined) return { name: 'no-such-contact', ms: 0 };
  const language = deps.config.contacts[contact]?.language ?? deps.config.language;
  const told = inWords(event, said, language, deps);
  if (told === undefined) return { name: 'unreadable', ms: 0 };
  const { letter, follows, data } = told;
  if (place.by === 'mail') {
    if (deps.mailer === undefined) return { name: 'no-such-contact', ms: 0 };
    return deps.mailer.send({ id, to: place.address, letter, ...(follows === undefined ? {} : { follows }) });
  }
  const body = alertText({ id, at: createdAt }, event, data);
  const headers = signedHeaders([place.secret], id, deps.clock.now(), body);
  return deps.post({
    url: place.url,
    body,
    headers: { 'content-type': eventMedia, 'user-agent': 'Samspil', ...headers },
  });
};

const resultOf = ({ event, attempts }: ClaimedNotice, { name, ...tried }: Tried, deps: AlertSendDeps): NoticeResult => {
  if (name === 'no-such-contact' || name === 'unreadable') return { state: 'dropped' };
  // Somebody watches a trial: it is not tried again behind their back.
  const verdict = verdictOf(
    event === 'trial' ? 'challenge' : 'hint',
    attempts,
    { name, ...tried },
    deps.random ?? Math.random,
  );
  if (verdict.state !== 'waiting') return { state: verdict.state };
  if (event === 'trial') return { state: 'failed' };
  return { state: 'waiting', nextAt: new Date(deps.clock.now().getTime() + verdict.waitMs) };
};

/** `only`: this message, if it is due. @returns what came of it; undefined when nothing was due. */
export const sendAlertNotice = async (deps: AlertSendDeps, only?: string): Promise<TryOutcome | undefined> => {
  const notice = await claimNotice(deps.pool, deps.clock.now(), only);
  if (notice === undefined) return undefined;
  const tried = await tryOnce(deps, notice);
  await recordNotice(deps.pool, notice.id, tried.name, resultOf(notice, tried, deps), deps.clock.now());
  const line = { contact: notice.contact, by: notice.place.split(':')[0], about: notice.event };
  if (tried.name === 'delivered') deps.log.debug({ event: 'alert.told', ...line });
  else deps.log.warn({ event: 'alert.not-told', ...line, outcome: tried.name, attempt: notice.attempts });
  return tried.name;
};
