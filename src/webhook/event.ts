// What a webhook says, as CloudEvents 1.0 in structured JSON: that there is something to read or to confirm, and how to go
// on. No ids of people or records, and no subject.

export const eventTypes = {
  hint: 'dk.samspil.changes.available',
  challenge: 'dk.samspil.subscription.challenge',
  reminder: 'dk.samspil.purge.reminder',
} as const;

export const eventMedia = 'application/cloudevents+json; charset=utf-8';

export interface Envelope {
  /** The delivery's; the same however often it is sent. */
  readonly id: string;
  readonly webhook: string;
  readonly at: Date;
}

const eventText = (type: string, source: string, { id, at }: Pick<Envelope, 'id' | 'at'>, data: object): string =>
  JSON.stringify({
    specversion: '1.0',
    type,
    source,
    id,
    time: at.toISOString(),
    datacontenttype: 'application/json',
    data,
  });

const subscription = ({ webhook }: Envelope): string => `/v1/subscriptions/${webhook}`;

/** `cursor` absent: the consumer has received no page yet and begins with a snapshot. */
export const hintText = (envelope: Envelope, event: number, cursor: string | undefined): string =>
  eventText(eventTypes.hint, subscription(envelope), envelope, { event, ...(cursor === undefined ? {} : { cursor }) });

/** `deadline`: when what it owes must have been confirmed; it may be over. */
export const reminderText = (envelope: Envelope, deadline: Date, cursor: string | undefined): string =>
  eventText(eventTypes.reminder, subscription(envelope), envelope, {
    deadline: deadline.toISOString(),
    ...(cursor === undefined ? {} : { cursor }),
  });

export const challengeText = (envelope: Envelope, challenge: string): string =>
  eventText(eventTypes.challenge, subscription(envelope), envelope, { challenge });

/** What an operators' contact is told: nothing about a citizen either. */
export const alertText = (
  envelope: Pick<Envelope, 'id' | 'at'>,
  event: 'opened' | 'worsened' | 'resolved' | 'digest' | 'trial',
  data: object,
): string => eventText(`dk.samspil.alert.${event}`, '/admin/alerts', envelope, data);
