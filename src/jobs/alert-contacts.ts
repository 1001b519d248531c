// A contact's places: each of its mail addresses, and its webhook. The outbox names an address by a hash, because whose it is
// stands in the configuration alone; a place that was taken out of the configuration is found no more.
import { createHash } from 'node:crypto';
import type { AlertsConfig } from '../config/alerts.ts';

export type Place =
  | { readonly place: string; readonly by: 'mail'; readonly address: string }
  | { readonly place: 'webhook'; readonly by: 'webhook'; readonly url: string; readonly secret: string };

const mailPlace = (address: string): string =>
  `mail:${createHash('sha256').update(address.toLowerCase()).digest('hex').slice(0, 16)}`;

export const placesOf = ({ contacts }: AlertsConfig, contact: string): readonly Place[] => {
  const { mail = [], webhook } = contacts[contact] ?? {};
  return [
    ...mail.map((address): Place => ({ place: mailPlace(address), by: 'mail', address })),
    ...(webhook === undefined ? [] : [{ place: 'webhook', by: 'webhook', ...webhook } as const]),
  ];
};
