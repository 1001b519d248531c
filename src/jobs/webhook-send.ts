// One attempt of one delivery: claimed, composed as of now, signed, sent, recorded. What fails is tried again as the
// schedule says; when it is given up, or the receiver is gone, the webhook is disabled, and that is said.
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { KeyRing } from '../store/crypto.ts';
import type { Pool } from '../store/db.ts';
import { type Claimed, claimDelivery, type Result, recordAttempt } from '../store/webhook-outbox.ts';
import { secretsOf } from '../store/webhooks.ts';
import { challengeText, eventMedia, hintText, reminderText } from '../webhook/event.ts';
import { verdictOf } from '../webhook/schedule.ts';
import { signedHeaders } from '../webhook/secrets.ts';
import type { SendWebhook } from '../webhook/send.ts';

/** What the feed knows; see feed/webhook-news.ts. */
export interface WebhookNews {
  look(webhook: string): Promise<{ readonly hinted: boolean; readonly more: boolean }>;
  cursor(webhook: string): Promise<string | undefined>;
}

export interface SendDeps {
  readonly pool: Pool;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly log: Logger;
  readonly news: WebhookNews;
  readonly send: SendWebhook;
  /** 0 to 1, for jitter. */
  readonly random?: () => number;
}

/** Known to the hub alone, and not stored: the same for every attempt of a challenge. */
const challengeOf = (keys: KeyRing, delivery: string): string =>
  keys.hash('key', `webhook challenge ${delivery}`).toString('base64url');

const bodyOf = async (deps: SendDeps, claimed: Claimed, challenge: string | undefined): Promise<string> => {
  const { id, webhook, event, createdAt, dueBy } = claimed;
  const envelope = { id, webhook: webhook.id, at: createdAt };
  if (challenge !== undefined) return challengeText(envelope, challenge);
  const cursor = await deps.news.cursor(webhook.id);
  return dueBy === null ? hintText(envelope, event ?? 0, cursor) : reminderText(envelope, dueBy, cursor);
};

const resultOf = (verdict: ReturnType<typeof verdictOf>, now: Date): Result =>
  verdict.state === 'waiting'
    ? { state: 'waiting', nextAt: new Date(now.getTime() + verdict.waitMs), quiet: verdict.quiet }
    : verdict;

/** @returns whether it was this one's to send. */
export const sendDelivery = async (deps: SendDeps, id: string): Promise<boolean> => {
  const { pool, keys, clock, log } = deps;
  const claimed = await claimDelivery(pool, keys, id, clock.now());
  if (claimed === undefined) return false;
  const { webhook, kind, attempts } = claimed;
  const challenge = kind === 'challenge' ? challengeOf(keys, id) : undefined;
  const body = await bodyOf(deps, claimed, challenge);
  const at = clock.now();
  const secrets = (await secretsOf(pool, keys, webhook.id, at)).map((one) => one.secret);
  const outcome = await deps.send({
    url: webhook.url,
    body,
    headers: { 'content-type': eventMedia, 'user-agent': 'Samspil', ...signedHeaders(secrets, id, at, body) },
    ...(challenge === undefined ? {} : { echo: challenge }),
  });
  const now = clock.now();
  const result = resultOf(verdictOf(kind, attempts, outcome, deps.random ?? Math.random), now);
  const became = await recordAttempt(pool, claimed, { outcome: outcome.name, ms: outcome.ms, now }, result);
  const line = { webhook: webhook.id, consumer: webhook.consumer };
  log.debug({ event: 'webhook.attempted', ...line, delivery: id, outcome: outcome.name, attempt: attempts });
  if (became === 'active') log.info({ event: 'webhook.verified', ...line });
  else if (became !== undefined) log.warn({ event: 'webhook.disabled', ...line, reason: became });
  return true;
};
