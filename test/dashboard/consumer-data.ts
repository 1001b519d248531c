// Three systems as they are registered, and one that was: what each has fetched, read, been told to delete, and what became
// of the messages to their webhooks, over some weeks.
import { randomUUID } from 'node:crypto';
import { copenhagenDay } from '../../src/clock.ts';
import type { HubConfig } from '../../src/config/hub.ts';
import type { Hub } from '../../src/main.ts';
import { insertWebhook } from '../../src/store/webhooks.ts';
import { newSecret } from '../../src/webhook/secrets.ts';

const hour = 3_600_000;
const ago = (ms: number): Date => new Date(Date.now() - ms);
export const day = (back: number): string => copenhagenDay(ago(back * 24 * hour));

const consumer = (id: string, more: Partial<HubConfig['consumers'][number]> = {}): HubConfig['consumers'][number] => ({
  id,
  organisation: `egevang-${id}`,
  contact: `drift@${id}.example`,
  copies: true,
  purposes: ['coordinated-plan'],
  streams: 2,
  ...more,
});

export const threeConsumers: HubConfig['consumers'] = [
  consumer('borgerportal', {
    scopes: ['plan.read', 'changes.read', 'calendar.read'],
    dailyReads: 5000,
    requestsPerMinute: 600,
  }),
  consumer('fagsystem'),
  consumer('statistik', { copies: false }),
];

/** @returns the webhook with a history. */
export const fillConsumers = async ({ pool, keys }: Hub, url: string): Promise<string> => {
  const citizen = randomUUID();
  await pool.query(`insert into consumer (id) values ('gammelt-system') on conflict do nothing`);
  await pool.query(`update consumer set known_since = now() - interval '90 days'`);
  // The seam of both: nothing of what follows is about a citizen there is.
  await pool.query(
    `insert into change (position, at, citizen_id, op) select 1000 + n, now() - interval '30 hours' + n * interval '1 minute', $1, 'look'
     from generate_series(1, 640) n on conflict do nothing`,
    [citizen],
  );
  await pool.query(
    `update consumer set reader = decode(repeat('00', 32), 'hex'), position = (select max(position) from change), acknowledged = 412, produced = 412, polled_at = now() where id = 'borgerportal'`,
  );
  await pool.query(`update consumer set position = 1000, acknowledged = 17, produced = 18 where id = 'fagsystem'`);
  for (let n = 0; n < 30; n += 1)
    for (const scope of ['plan.read', 'changes.read'])
      await pool.query(
        `insert into consumer_use (consumer, day, scope, requests, reads) values ('borgerportal', $1, $2, $3, $4)`,
        [day(n), scope, 400 + 37 * (n % 7), 120 + 11 * (n % 5)],
      );
  await pool.query(
    `insert into purge (consumer, citizen_id, record_id, page, told_at, confirmed_at)
     select c, gen_random_uuid(), gen_random_uuid(), p, now() - (40 - p) * interval '1 day', case when p < 22 or c = 'borgerportal' then now() - (39 - p) * interval '1 day' end
     from unnest(array['borgerportal', 'fagsystem', 'gammelt-system']) c, generate_series(1, 30) p, generate_series(1, 3) r`,
  );
  for (const back of [11, 4])
    await pool.query(
      `insert into purge_reminder (consumer, at, records, owed_since, overdue) values ('fagsystem', $1, 27, $2, $3)`,
      [ago(back * 24 * hour), ago(18 * 24 * hour), back === 4],
    );
  const given = { host: new URL(url).hostname, actor: '{}', url };
  const made = async (of: string, signature: 'hmac' | 'ed25519', host = given.host): Promise<string> =>
    (await insertWebhook(
      pool,
      keys,
      { ...given, host, consumer: of, signature, secret: newSecret(signature) },
      5,
      ago(20 * 24 * hour),
    )) ?? '';
  const webhook = await made('borgerportal', 'hmac');
  await pool.query(
    `update webhook set state = 'active', last_delivered_at = now() - interval '3 minutes', events = 60 where id = $1`,
    [webhook],
  );
  await made('borgerportal', 'ed25519', 'nyt.borgerportal.example');
  const deaf = await made('fagsystem', 'ed25519', 'plan.fagsystem.example');
  await pool.query(
    `update webhook set state = 'disabled', reason = 'failing', state_since = now() - interval '2 days' where id = $1`,
    [deaf],
  );
  for (let n = 1; n <= 60; n += 1) {
    const id = randomUUID();
    const failed = n % 9 === 0;
    await pool.query(
      `insert into webhook_delivery (id, webhook, kind, event, created_at, state, attempts, next_at) values ($1, $2, 'hint', $3, $4, $5, $6, $4)`,
      [id, webhook, n, ago((61 - n) * 3 * hour), failed ? 'failed' : 'delivered', failed ? 10 : 1],
    );
    for (let tried = 0; tried < (failed ? 10 : 1); tried += 1)
      await pool.query('insert into webhook_attempt (delivery, at, outcome, ms) values ($1, $2, $3, $4)', [
        id,
        ago((61 - n) * 3 * hour - tried * 60_000),
        failed ? 'timeout' : 'delivered',
        failed ? 10_000 : 84,
      ]);
  }
  return webhook;
};
