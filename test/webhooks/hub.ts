// A hub whose consumer system has webhooks: the feed over HTTP, the sender with a clock that is set by hand, a receiver on
// loopback. Rounds are taken by hand too: look for news, send what is due.
import type { LightMyRequestResponse } from 'fastify';
import type { Clock } from '../../src/clock.ts';
import { createWebhookNews, type WebhookNews } from '../../src/feed/webhook-news.ts';
import { feedSettings } from '../../src/http/settings.ts';
import { type SendDeps, sendDelivery } from '../../src/jobs/webhook-send.ts';
import { createLogger } from '../../src/log.ts';
import type { Pool } from '../../src/store/db.ts';
import { dueDeliveries, webhooksToLook } from '../../src/store/webhook-outbox.ts';
import { createSender } from '../../src/webhook/send.ts';
import { createFeedHub, type FeedHub } from '../changes/hub.ts';
import { config as plain } from '../feed/fixture.ts';
import { type Receiver, startReceiver } from './receiver.ts';

export const config = { ...plain, webhooks: { ...plain.webhooks, allowPrivate: ['127.0.0.1'], allowHttp: true } };

export interface Shown {
  readonly id: string;
  readonly url: string;
  readonly state: string;
  readonly reason?: string;
  readonly secret?: string;
  readonly publicKeys?: readonly string[];
  readonly formerUntil?: string;
}
export interface ShownDelivery {
  readonly id: string;
  readonly kind: string;
  readonly event?: number;
  readonly state: string;
  readonly nextAt?: string;
  readonly attempts: readonly { readonly at: string; readonly outcome: string }[];
}

export interface WebhookHub extends FeedHub {
  readonly receiver: Receiver;
  readonly deps: SendDeps;
  readonly news: WebhookNews;
  /** The log of the worker, line by line. */
  readonly lines: readonly string[];
  /** Moves the clock. */
  pass(ms: number): void;
  now(): Date;
  post(path: string, payload?: object, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  /** A subscription to the receiver; not yet verified. */
  subscribe(options?: { readonly signature?: 'hmac' | 'ed25519'; readonly url?: string }): Promise<Shown>;
  /** The same, verified, and its first hint delivered. */
  subscribed(options?: { readonly signature?: 'hmac' | 'ed25519' }): Promise<Shown>;
  shown(id: string): Promise<Shown>;
  deliveries(id: string): Promise<readonly ShownDelivery[]>;
  /** Looks for news. @returns how many hints that made. */
  scan(): Promise<number>;
  /** Sends what is due. @returns how many were. */
  send(): Promise<number>;
}

const path = '/v1/subscriptions';

/** `gapMs`: how far two hints are apart at least. */
export const createWebhookHub = async (pool: Pool, gapMs = 5000): Promise<WebhookHub> => {
  let at = Date.now();
  const clock: Clock = { now: () => new Date(at) };
  const hub = await createFeedHub(pool, { config, clock: { now: () => new Date() } });
  const receiver = await startReceiver();
  const lines: string[] = [];
  const log = createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const settings = feedSettings({ ...config, webhooks: { ...config.webhooks, atMostEvery: gapMs } }, {});
  const news = createWebhookNews({ pool, keys: hub.keys, clock, settings });
  const send = createSender(settings.webhooks.addresses);
  const deps: SendDeps = { pool, keys: hub.keys, clock, log, news, send, random: () => 0.5 };
  const get = (url: string) => hub.ask('consumer-system', url);
  const all = async (work: () => Promise<number>): Promise<number> => {
    for (let sum = 0; ; ) {
      const count = await work();
      if (count === 0) return sum;
      sum += count;
    }
  };
  const made: WebhookHub = {
    ...hub,
    receiver,
    deps,
    news,
    lines,
    pass: (ms) => {
      at += ms;
    },
    now: () => clock.now(),
    post: (to, payload = {}, headers = {}) =>
      hub.ask('consumer-system', { method: 'POST', url: `${path}${to}`, payload, headers }),
    async subscribe(options = {}) {
      const answer = await made.post('', { url: receiver.url, ...options });
      if (answer.statusCode !== 201) throw new Error(answer.body);
      // What is written over HTTP is of the real clock, which goes on.
      at = Math.max(at, Date.now());
      return answer.json() as Shown;
    },
    async subscribed(options) {
      const one = await made.subscribe(options);
      await made.send();
      await made.scan();
      await made.send();
      receiver.got.length = 0;
      made.pass(60_000);
      return one;
    },
    shown: async (id) => (await get(`${path}/${id}`)).json() as Shown,
    deliveries: async (id) =>
      ((await get(`${path}/${id}/deliveries`)).json() as { deliveries: ShownDelivery[] }).deliveries,
    scan: () =>
      all(async () => {
        let count = 0;
        for (const id of await webhooksToLook(pool, clock.now())) {
          let more = true;
          while (more) {
            const looked = await news.look(id);
            count += looked.hinted ? 1 : 0;
            more = looked.more && !looked.hinted;
          }
        }
        return count;
      }),
    send: async () => {
      const due = await dueDeliveries(pool, clock.now(), clock.now(), 100);
      let sent = 0;
      for (const { id } of due) if (await sendDelivery(deps, id)) sent += 1;
      return sent;
    },
  };
  return made;
};

/** Everything webhooks and consumers have left behind. */
export const emptied = async (pool: Pool): Promise<void> => {
  for (const table of [
    'webhook',
    'consumer_hold',
    'consumer_page',
    'purge',
    'purge_reminder',
    'consumer',
    'change',
    'consent',
  ])
    await pool.query(`delete from ${table}`);
  await pool.query('update change_horizon set pruned_to = 0, due_to = now()');
};
