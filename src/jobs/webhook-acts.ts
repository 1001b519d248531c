// What an operator does to a consumer's webhook, from a page or the command line alike: a new secret, hints sent again, a
// stop, a new beginning. Each is one transaction with the act that tells who did it and why.
import { HubError } from '../errors.ts';
import { type ActName, recordAct } from '../store/acts.ts';
import type { KeyRing } from '../store/crypto.ts';
import { type Pool, type Tx, transaction } from '../store/db.ts';
import { insertChallenge, resendDeliveries, type Selection } from '../store/webhook-outbox.ts';
import { disableWebhook, lockSecretTimes, rotateSecret, type Webhook } from '../store/webhooks.ts';
import { newSecret, publicKeyOf } from '../webhook/secrets.ts';

export interface By {
  readonly at: Date;
  readonly person: string;
  readonly role: string;
  readonly why?: string | undefined;
}

interface Deps {
  readonly pool: Pool;
  readonly keys: KeyRing;
}

const conflict = (message: string, hint: string): HubError =>
  new HubError({ code: 'request/conflict', fault: 'config', message, hint });

const note = (
  tx: Tx,
  what: ActName,
  webhook: Webhook,
  by: By,
  detail: Readonly<Record<string, string | number>> = {},
) => recordAct(tx, { ...by, what, subject: webhook.id, detail: { consumer: webhook.consumer, ...detail } });

/** To be handed over, and shown this once; a public key where the receiver verifies with one. */
export type NewSecret = { readonly formerUntil: Date } & ({ readonly secret: string } | { readonly publicKey: string });

/** `madeAt`: of the secret that is to go. @throws HubError `request/conflict` when somebody has changed it meanwhile. */
export const rotateWebhook = async (
  { pool, keys }: Deps,
  webhook: Webhook,
  overlapMs: number,
  by: By,
  madeAt?: Date,
): Promise<NewSecret> => {
  const formerUntil = new Date(by.at.getTime() + overlapMs);
  const secret = newSecret(webhook.signature);
  await rotateSecret(pool, keys, webhook.id, secret, { now: by.at, formerUntil }, async (tx) => {
    const current = await lockSecretTimes(tx, webhook.id, by.at);
    if (madeAt !== undefined && current.madeAt?.getTime() !== madeAt.getTime())
      throw conflict('The secret has been changed meanwhile.', 'Look at the webhook before changing it again.');
    await note(tx, 'webhook.rotate', webhook, by, { formerUntil: formerUntil.toISOString() });
  });
  const publicKey = publicKeyOf(secret);
  return publicKey === undefined ? { formerUntil, secret } : { formerUntil, publicKey };
};

/** @returns how many. @throws HubError `request/conflict` when nothing may be sent. */
export const resendChosen = (pool: Pool, webhook: Webhook, chosen: Selection, by: By): Promise<number> => {
  if (webhook.state !== 'active') throw conflict('The webhook is not active.', 'Its consumer has it verified first.');
  return transaction(pool, async (tx) => {
    const resent = await resendDeliveries(tx, webhook.id, chosen, by.at);
    await note(tx, 'webhook.resend', webhook, by, { resent });
    return resent;
  });
};

/** Nothing is sent from now on, and its consumer cannot start it again. */
export const stopWebhook = (pool: Pool, webhook: Webhook, by: By): Promise<void> =>
  transaction(pool, async (tx) => {
    await disableWebhook(tx, webhook.id, 'operator', by.at);
    await note(tx, 'webhook.disable', webhook, by);
  });

/** The address is challenged; hints go out once it has answered. */
export const restartWebhook = (pool: Pool, webhook: Webhook, gapMs: number, by: By): Promise<void> =>
  transaction(pool, async (tx) => {
    await insertChallenge(tx, webhook.id, by.at, gapMs);
    await note(tx, 'webhook.enable', webhook, by);
  });
