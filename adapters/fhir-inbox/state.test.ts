// What a thread of messages comes to: events as last corrected, cancelled ones gone with what they carried, the best known
// state where messages are missing; and correspondences with corrections, withdrawals and forwardings.
import { describe, expect, it } from 'vitest';
import { chained, discussion, id, mistake, stillThere, ward, whole, withdrawn } from '../../test/inbox/threads.ts';
import { bundleOf, type CareNote, type StayNote, type Thread } from '../../test/sandbox/fhir-inbox/bundle.ts';
import { readBundle } from './bundle.ts';
import { stateOfConversation } from './conversation.ts';
import type { CareMessage, Message, StayMessage } from './message.ts';
import { readHeader, readMessage } from './read.ts';
import type { ConversationBody, StayBody } from './records.ts';
import { stateOfStay } from './stay.ts';

const messageOf = (thread: Thread, at: number): Message => {
  const resources = readBundle(JSON.stringify(bundleOf(thread, at)));
  return readMessage(resources, readHeader(resources), { messageText: false });
};
/** Some of a thread's messages, all of them by default. */
const messagesOf = (thread: Thread, only = thread.notes.map((_, at) => at)): readonly Message[] =>
  only.map((at) => messageOf(thread, at));
const stay = (thread: Thread, only?: readonly number[]): StayBody | undefined =>
  stateOfStay('key', messagesOf(thread, only?.slice()) as readonly StayMessage[]);
const talk = (thread: Thread, only?: readonly number[]): ConversationBody | undefined =>
  stateOfConversation('key', messagesOf(thread, only?.slice()) as readonly CareMessage[]);
const eventsOf = (body: StayBody | undefined): readonly (readonly string[])[] =>
  (body?.events ?? []).map(({ event, at }) => [event, at]);

describe('a stay', () => {
  it('has its events as last corrected, in the order they happened', () => {
    const body = stay(whole);
    expect(body).toMatchObject({ status: 'finished', class: 'IMP', messages: 6, missing: 0, ward });
    expect(eventsOf(body)).toEqual([
      ['admit-inpatient', '2026-10-01T09:00:00+02:00'],
      ['start-leave-inpatient', '2026-10-03T12:00:00+02:00'],
      ['end-leave-inpatient', '2026-10-04T12:00:00+02:00'],
      ['discharge-inpatient-home', '2026-10-05T15:00:00+02:00'],
    ]);
    expect(body?.period).toEqual({ start: '2026-10-01T09:00:00+02:00', end: '2026-10-05T15:00:00+02:00' });
    expect(body?.events.map((event) => event.id)).toEqual([10, 12, 13, 14].map(id));
  });

  it('goes from state to state as its messages come', () => {
    const states = whole.notes.map((_, at) => stay(whole, [...Array(at + 1).keys()])?.status);
    expect(states).toEqual(['in-progress', 'in-progress', 'onleave', 'in-progress', 'finished', 'finished']);
  });

  it('is going on again when its end was a mistake', () => {
    const body = stay(stillThere);
    expect(body?.status).toBe('in-progress');
    expect(body?.period.end).toBeUndefined();
    expect(eventsOf(body)).toEqual([['admit-inpatient', '2026-10-01T12:00:00+02:00']]);
  });

  it('is none when its admission was a mistake, and what followed goes with it', () => {
    expect(stay(mistake)).toBeUndefined();
    expect(stay(mistake, [2])).toBeUndefined();
    expect(stay(mistake, [0, 1])?.status).toBe('onleave');
  });

  it('without an identifier is found by its chain, from whichever message', () => {
    expect(chained.notes.map((_, at) => messageOf(chained, at).thread)).toEqual([id(40), id(40), id(40)]);
    const body = stay(chained);
    expect(eventsOf(body).map(([event]) => event)).toEqual(['admit-emergency', 'admit-inpatient', 'deceased']);
    expect(body?.status).toBe('finished');
  });

  it('keeps its end when its beginning is corrected afterwards', () => {
    const [admit, , , , discharge] = whole.notes as readonly StayNote[];
    if (whole.kind !== 'stay' || admit === undefined || discharge === undefined) throw new Error('a stay was given');
    const late: StayNote = {
      ...admit,
      id: id(19),
      at: '2026-10-09T12:00:00+02:00',
      activity: 'revise-admit-inpatient',
      previous: id(10),
      start: '2026-10-01T07:00:00+02:00',
    };
    const body = stay({ ...whole, notes: [admit, { ...discharge, previous: id(10) }, late] });
    expect(body?.status).toBe('finished');
    expect(eventsOf(body)[0]).toEqual(['admit-inpatient', '2026-10-01T07:00:00+02:00']);
  });

  it('says that something is missing, and what is known all the same', () => {
    const body = stay(whole, [4]);
    expect(body).toMatchObject({ status: 'finished', messages: 1, missing: 4 });
    // The corrected admission and the leave are known by the discharge's Provenances.
    expect(eventsOf(body)).toEqual([
      ['admit-inpatient', '2026-10-01T09:00:00+02:00'],
      ['start-leave-inpatient', '2026-10-03T12:05:00+02:00'],
      ['end-leave-inpatient', '2026-10-04T12:05:00+02:00'],
      ['discharge-inpatient-home', '2026-10-05T12:00:00+02:00'],
    ]);
    expect(body?.events.map((event) => event.note)).toEqual([undefined, undefined, undefined, 'incomplete']);
  });

  it('keeps the names of its events when what was corrected comes after the correction', () => {
    const before = stay(whole, [1]);
    const after = stay(whole, [1, 0]);
    expect(before?.events.map((event) => event.id)).toEqual([id(10)]);
    expect(after?.events.map((event) => event.id)).toEqual([id(10)]);
    expect(eventsOf(before)).toEqual(eventsOf(after));
  });

  it('is the same where resources refer to each other by URN', () => {
    const urns = (at: number): StayMessage => {
      const bundle = structuredClone(bundleOf(whole, at)) as { entry: { fullUrl: string; resource: { id: string } }[] };
      let text = JSON.stringify(bundle);
      for (const { fullUrl, resource } of bundle.entry) {
        const [type] = fullUrl.split('/').slice(-2);
        const urn = `urn:uuid:${resource.id.replace(/^0/, 'f')}`;
        text = text.replaceAll(`"${fullUrl}"`, `"${urn}"`).replaceAll(`"${type}/${resource.id}"`, `"${urn}"`);
      }
      const resources = readBundle(text.replaceAll('MessageHeader/', 'urn:uuid:'));
      return readMessage(resources, readHeader(resources), { messageText: false }) as StayMessage;
    };
    const messages = [2, 0, 1].map(urns);
    expect(stateOfStay('key', messages)).toEqual(stay(whole, [0, 1, 2]));
  });

  it('comes to an end where a chain goes in a circle', () => {
    const [admit, discharge] = stillThere.notes as readonly StayNote[];
    if (stillThere.kind !== 'stay' || admit === undefined || discharge === undefined)
      throw new Error('a stay was given');
    const circle: Thread = { ...stillThere, episode: id(2000), notes: [admit, discharge] };
    const messages = messagesOf(circle) as readonly StayMessage[];
    const bent = messages.map((message) => ({
      ...message,
      own: { ...message.own, previous: messages.map((one) => one.header) },
    }));
    expect(stateOfStay('key', bent)?.status).toBe('finished');
    expect(stateOfStay('key', bent.toReversed())?.events).toEqual(stateOfStay('key', bent)?.events);
  });
});

describe('a correspondence', () => {
  it('lists who wrote when; a correction takes the place of what it corrects', () => {
    const body = talk(discussion);
    expect(body).toMatchObject({
      topic: 'Udskrivelse på mandag',
      messages: 2,
      missing: 0,
      category: { code: 'discharge' },
    });
    expect(body?.entries.map(({ id: own, activity }) => [own, activity])).toEqual([
      [id(51), 'new-message'],
      [id(52), 'reply-message'],
    ]);
    expect(talk(discussion, [0, 2])).toMatchObject({ topic: 'Udskrivelse på mandag', messages: 1 });
    expect(JSON.stringify(body)).not.toContain('Hemmelig');
  });

  it('is none when all of it was withdrawn', () => {
    expect(talk(withdrawn)).toBeUndefined();
    expect(talk(withdrawn, [1])).toBeUndefined();
    expect(talk(withdrawn, [0])?.messages).toBe(1);
  });

  it('that was forwarded is a thread of its own, and misses nothing of the other', () => {
    const [first, reply] = discussion.notes as readonly CareNote[];
    if (discussion.kind !== 'care' || first === undefined || reply === undefined) throw new Error('a talk was given');
    const forward: CareNote = {
      ...reply,
      id: id(59),
      activity: 'forward-message',
      previous: reply.id,
      at: '2026-10-08T12:00:00Z',
    };
    const forwarded: Thread = { ...discussion, identifier: id(5900), notes: [first, reply, forward] };
    const body = talk(forwarded, [2]);
    expect(body).toMatchObject({ messages: 1, missing: 0 });
    expect(body?.entries.map((entry) => entry.activity)).toEqual(['forward-message']);
  });
});
