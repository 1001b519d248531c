// A contact's places: each of its mail addresses, and its webhook. The outbox names an address by a hash, because whose it is
// stands in the configuration alone; a place that was taken out of the configuration is found no more.
import { createHash } from 'node:crypto';
import type { AlertsConfig } from '../config/alerts.ts';
import type { AlertSettings } from './alert-settings.ts';

export type Place =
  | { readonly place: string; readonly by: 'mail'; readonly address: string }
  | { readonly place: 'webhook'; readonly by: 'webhook'; readonly url: string; readonly secret: string };

/** A contact as it may be shown: how it is told, and not where. */
export interface ShownContact {
  readonly contact: string;
  readonly language: 'da' | 'en';
  /** How many addresses. */
  readonly mail: number;
  /** The host alone: the rest of an address may hold a token. */
  readonly webhook: string | undefined;
  /** Rules it is told of, and whether it gets the digest. */
  readonly rules: readonly string[];
  readonly digest: boolean;
}

export const shownContacts = (config: AlertsConfig, settings: AlertSettings): readonly ShownContact[] =>
  Object.entries(config.contacts).map(([contact, { mail, webhook, language }]) => ({
    contact,
    language: language ?? config.language,
    mail: mail.length,
    webhook: webhook === undefined ? undefined : new URL(webhook.url).host,
    rules: Object.entries(settings).flatMap(([rule, { on, to }]) => (on && to.includes(contact) ? [rule] : [])),
    digest: config.digest.to.includes(contact),
  }));

const mailPlace = (address: string): string =>
  `mail:${createHash('sha256').update(address.toLowerCase()).digest('hex').slice(0, 16)}`;

export const placesOf = ({ contacts }: AlertsConfig, contact: string): readonly Place[] => {
  const { mail = [], webhook } = contacts[contact] ?? {};
  return [
    ...mail.map((address): Place => ({ place: mailPlace(address), by: 'mail', address })),
    ...(webhook === undefined ? [] : [{ place: 'webhook', by: 'webhook', ...webhook } as const]),
  ];
};
