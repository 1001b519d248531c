// Benchmark (i): many subscriptions over many citizens of whom each reads everybody. All change at once: how long until every
// address has its hint, how long until the worker has looked at everything, and what that costs beside one subscription.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/clock.ts';
import { actorText, createWebhookNews } from '../../src/feed/webhook-news.ts';
import { feedSettings } from '../../src/http/settings.ts';
import { openQueues } from '../../src/jobs/queue.ts';
import { startWebhooks } from '../../src/jobs/webhooks.ts';
import { createLogger } from '../../src/log.ts';
import { createKeyRing, type KeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { type Pool, transaction } from '../../src/store/db.ts';
import { activateWebhook, insertWebhook } from '../../src/store/webhooks.ts';
import { newSecret } from '../../src/webhook/secrets.ts';
import { createSender } from '../../src/webhook/send.ts';
import { config } from '../feed/fixture.ts';
import { type BenchDatabase, withDatabase } from './database.ts';
import { enrolMany } from './people.ts';

export interface WebhooksOptions {
  readonly subscriptions: number;
  readonly citizens: number;
}
export interface Burst {
  /** Seconds until the last address had a hint, and until everything had been looked at. */
  readonly hinted: number;
  readonly looked: number;
  /** Hints to an address, on average. */
  readonly hints: number;
}
export interface WebhooksBench {
  readonly one: Burst;
  readonly all: Burst;
}

const systemOf = (n: number): string => `fagsystem-${n}`;

/** A record of each citizen, shown by law to every system. */
const fill = async (pool: Pool, keys: KeyRing, citizens: number, subscriptions: number): Promise<void> => {
  await enrolMany(pool, keys, citizens, { source: 'momentum', kind: 'person', keys: new Map() });
  await pool.query(
    `with made as (
       insert into record (id, source, source_kind, key, entity, part, domain, sensitivity, content_hash, mapping, observed_at)
       select gen_random_uuid(), 'momentum', 'x', id::text, 'plan', '', 'employment', 'normal', uuid_send(id), 'momentum.x@1', now()
       from citizen returning id, key)
     insert into record_version (record_id, citizen_id, identity_id, kind, domain, source, sensitivity, valid_from)
     select m.id, i.citizen_id, i.id, 'plan', 'employment', 'momentum', 'normal', now() - interval '1 day'
     from made m join identity i on i.citizen_id = m.key::uuid`,
  );
  await pool.query(`insert into record_body (record_id, body) select id, '{"kind":"plan"}' from record`);
  await pool.query(
    `insert into statute_version (statute_id, title, recipients, up_to, opt_out, valid_from)
     values ('lov', 'Lov', $1, 'normal', false, now() - interval '1 day')`,
    [Array.from({ length: subscriptions }, (_, n) => `consumer:${systemOf(n)}`)],
  );
  await pool.query('analyze');
};

const subscribe = async (pool: Pool, keys: KeyRing, url: string, n: number): Promise<void> => {
  const consumer = systemOf(n);
  const actor = actorText({
    kind: 'consumer-system',
    person: consumer,
    consumer,
    organisation: consumer,
    sector: 'public',
    purpose: 'coordinated-plan',
    scopes: ['changes.read'],
  });
  const wanted = { consumer, url, host: '127.0.0.1', signature: 'hmac', actor, secret: newSecret('hmac') } as const;
  const id = await insertWebhook(pool, keys, wanted, 1, new Date());
  if (id === undefined) throw new Error('not subscribed');
  await transaction(pool, (tx) => activateWebhook(tx, id, new Date()));
  // What it saw before the burst is not looked at first: with nothing remembered, all of it is news.
  await pool.query('update webhook set walked = null where id = $1', [id]);
};

const burst = async (
  { pool, url: databaseUrl }: BenchDatabase,
  keys: KeyRing,
  subscriptions: number,
): Promise<Burst> => {
  const heard = new Map<string, number[]>();
  const server = createServer((request, response) => {
    const times = heard.get(request.url ?? '') ?? [];
    heard.set(request.url ?? '', [...times, performance.now()]);
    request.resume().on('end', () => response.writeHead(204).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await pool.query('delete from webhook');
  for (let n = 0; n < subscriptions; n += 1) await subscribe(pool, keys, `http://127.0.0.1:${port}/${n}`, n);
  const consumers = Array.from({ length: subscriptions }, (_, n) => ({
    id: systemOf(n),
    organisation: systemOf(n),
    copies: true,
    streams: 1,
    contact: '',
  }));
  const settings = {
    ...feedSettings({ ...config, webhooks: { ...config.webhooks, allowPrivate: ['127.0.0.1'], allowHttp: true } }, {}),
    consumers,
  };
  const [clock, log] = [systemClock, createLogger({ level: 'warn' })];
  const news = createWebhookNews({ pool, keys, clock, settings });
  const queues = openQueues({ databaseUrl });
  const send = createSender(settings.webhooks.addresses);
  await pool.query(
    `select append_changes(array_agg(id order by id), array_agg(null::uuid), array_agg('look'::text)) from citizen`,
  );
  const started = performance.now();
  const webhooks = startWebhooks({ pool, keys, clock, log, news, queues, send, keepMs: 1e9 });
  const left = async (): Promise<number> => {
    const { rows } = await pool.query<{ n: number }>(
      `select (select count(*) from webhook where position < (select max(position) from change))
         + (select count(*) from webhook_delivery where state = 'waiting')::int as n`,
    );
    return Number(rows[0]?.n ?? 0);
  };
  try {
    while (heard.size < subscriptions || (await left()) > 0) await sleep(100);
    const looked = (performance.now() - started) / 1000;
    const firsts = [...heard.values()].map((times) => times[0] ?? Number.NaN);
    const all = [...heard.values()].reduce((sum, times) => sum + times.length, 0);
    return { hinted: (Math.max(...firsts) - started) / 1000, looked, hints: all / subscriptions };
  } finally {
    await webhooks.close();
    await queues.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
};

export const benchWebhooks = ({ subscriptions, citizens }: WebhooksOptions): Promise<WebhooksBench> =>
  withDatabase(async (database) => {
    const keys = createKeyRing(newKeyMaterial());
    await fill(database.pool, keys, citizens, subscriptions);
    return { one: await burst(database, keys, 1), all: await burst(database, keys, subscriptions) };
  });
