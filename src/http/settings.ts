// The hub's configuration as the plain data the feed and the door work with.
import type { HubConfig } from '../config/hub.ts';
import type { FeedConsumer, FeedSettings } from '../feed/context.ts';

const hour = 3_600_000;

/** `freshForMs` fills in sources that leave it to their schedule; two hours where nobody says. */
export const feedSettings = (config: HubConfig, freshForMs: Readonly<Record<string, number>>): FeedSettings => ({
  sources: Object.entries(config.sources).map(([id, source]) => ({
    id,
    title: source.title,
    domain: source.domain,
    freshForMs: source.freshFor ?? freshForMs[id] ?? 2 * hour,
    existenceShown: source.existenceShown,
  })),
  consumers: config.consumers,
  purposes: config.purposes,
  enrolmentBases: config.enrolmentBases.map((basis) => basis.code),
  emergencyRoles: config.emergencyRoles,
  legalBasis: config.legalBasis,
  masterDataOrder: config.masterDataOrder,
  changeRetentionMs: config.changeRetention,
  purgeDeadlineMs: config.purgeDeadline,
  ratingEveryMs: config.ratingEvery,
  custodyUntil: config.representation.custodyUntil,
  webhooks: {
    addresses: { allowPrivate: config.webhooks.allowPrivate, allowHttp: config.webhooks.allowHttp },
    overlapMs: config.webhooks.rotationOverlap,
    gapMs: config.webhooks.atMostEvery,
  },
});

export const consumersOf = (
  config: HubConfig,
): {
  readonly known: ReadonlyMap<string, FeedConsumer>;
  readonly purposes: ReadonlyMap<string, readonly string[]>;
} => ({
  known: new Map(config.consumers.map((consumer) => [consumer.id, consumer])),
  purposes: new Map(config.consumers.map(({ id, purposes }) => [id, purposes])),
});
