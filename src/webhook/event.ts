// What a webhook says, as CloudEvents 1.0 in structured JSON: that there is something to read, and how to go on. No ids of
// people or records, and no subject.

export const eventTypes = {
  hint: 'dk.samspil.changes.available',
  challenge: 'dk.samspil.subscription.challenge',
} as const;

export const eventMedia = 'application/cloudevents+json; charset=utf-8';

export interface Envelope {
  /** The delivery's; the same however often it is sent. */
  readonly id: string;
  readonly webhook: string;
  readonly at: Date;
}

const eventText = (type: string, { id, webhook, at }: Envelope, data: object): string =>
  JSON.stringify({
    specversion: '1.0',
    type,
    source: `/v1/subscriptions/${webhook}`,
    id,
    time: at.toISOString(),
    datacontenttype: 'application/json',
    data,
  });

/** `cursor` absent: the consumer has received no page yet and begins with a snapshot. */
export const hintText = (envelope: Envelope, event: number, cursor: string | undefined): string =>
  eventText(eventTypes.hint, envelope, { event, ...(cursor === undefined ? {} : { cursor }) });

export const challengeText = (envelope: Envelope, challenge: string): string =>
  eventText(eventTypes.challenge, envelope, { challenge });
