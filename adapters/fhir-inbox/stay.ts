// The state of a stay at hospital after all of its messages: the events that stand (admission, leave, discharge, death) as
// last corrected, and what follows from the latest of them. A cancelled event is gone; without any the stay is an error.
import type { StayMessage } from './message.ts';
import { inOrder, type Step } from './order.ts';
import type { StayBody } from './records.ts';

type EventType = 'admission' | 'leave-start' | 'leave-end' | 'discharge' | 'death';
type Told = Step<StayMessage>;

interface Event {
  /** The message that first told of it: stays the same through corrections. */
  readonly id: string;
  readonly type: EventType;
  /** All messages about it. */
  readonly headers: readonly string[];
  readonly step: Told;
}

const types = {
  admit: 'admission',
  'start-leave': 'leave-start',
  'end-leave': 'leave-end',
  discharge: 'discharge',
} as const;

const statusAfter: Readonly<Record<EventType, StayBody['status']>> = {
  admission: 'in-progress',
  'leave-start': 'onleave',
  'leave-end': 'in-progress',
  discharge: 'finished',
  death: 'finished',
};

const activityOf = (step: Told): keyof typeof types => {
  const bare = step.activity.replace(/^(revise-|cancel-)/, '');
  return (Object.keys(types) as (keyof typeof types)[]).find((name) => bare.startsWith(name)) ?? 'admit';
};

const typeOf = (step: Told): EventType => {
  const [activity, stay] = [activityOf(step), step.message?.stay];
  const isEnd = activity === 'discharge' || (activity === 'admit' && stay?.status === 'finished');
  if (isEnd && stay?.deceased === true) return 'death';
  // Hospitals also report an end under the activity of an admission.
  return isEnd ? 'discharge' : types[activity];
};

const withdraws = (step: Told): boolean =>
  step.activity.startsWith('cancel-') || step.message?.stay.status === 'entered-in-error';

/** The event a correction is about: the one its chain points to, else the latest with the same activity. */
const eventOf = (events: readonly Event[], step: Told): Event | undefined => {
  const own = events.filter((event) => activityOf(event.step) === activityOf(step));
  return own.findLast((event) => step.previous.some((id) => event.headers.includes(id))) ?? own.at(-1);
};

/** Leaving out what a cancelled event carried: the rest of a stay that never began, the return from a leave that was none. */
const without = (events: readonly Event[], cancelled: Event): readonly Event[] => {
  const gone = new Set(cancelled.headers);
  const from = activityOf(cancelled.step);
  return events.filter((event) => {
    if (event === cancelled) return false;
    const activity = activityOf(event.step);
    const carried = from === 'admit' ? activity !== 'admit' : from === 'start-leave' && activity === 'end-leave';
    if (!carried || !event.step.previous.some((id) => gone.has(id))) return true;
    for (const header of event.headers) gone.add(header);
    return false;
  });
};

/** MedCom's own code of the event as it stands; a death has none. */
const codeOf = ({ type, step }: Event): StayBody['events'][number]['event'] => {
  const emergency = (step.message?.stay.class ?? (step.activity.includes('emergency') ? 'EMER' : 'IMP')) === 'EMER';
  if (type === 'death') return 'deceased';
  if (type === 'leave-start') return 'start-leave-inpatient';
  if (type === 'leave-end') return 'end-leave-inpatient';
  if (type === 'discharge') return emergency ? 'discharge-emergency-home' : 'discharge-inpatient-home';
  return emergency ? 'admit-emergency' : 'admit-inpatient';
};

const eventsOf = (steps: readonly Told[]): readonly Event[] => {
  let events: readonly Event[] = [];
  for (const step of steps) {
    const corrects = withdraws(step) || step.activity.startsWith('revise-');
    const known = corrects ? eventOf(events, step) : undefined;
    if (withdraws(step)) {
      if (known !== undefined) events = without(events, known);
      continue;
    }
    const type = typeOf(step);
    if (known !== undefined) {
      const corrected: Event = { ...known, type, headers: [...known.headers, step.header], step };
      events = events.map((event) => (event === known ? corrected : event));
      continue;
    }
    // A correction of what never came keeps the name of what it corrects.
    const id = (corrects ? step.previous[0] : undefined) ?? step.header;
    events = [...events, { id, type, headers: [id, step.header], step }];
  }
  return events;
};

/** When it happened: as the message says, else as any message of the stay says, else when it was reported. */
const timeOf = ({ type, step }: Event, any: StayMessage): string => {
  const stay = step.message?.stay;
  if (type === 'admission') return (stay ?? any.stay).start;
  if (type === 'leave-start') return stay?.leave?.start ?? step.at;
  if (type === 'leave-end') return stay?.leave?.end ?? step.at;
  return stay?.end ?? step.at;
};

/** Undefined when nothing of the stay stands: it was reported in error. */
export const stateOfStay = (thread: string, messages: readonly StayMessage[]): StayBody | undefined => {
  const { steps, missing } = inOrder(messages);
  const told = steps.flatMap((step) => step.message ?? []);
  const [first] = told;
  const events = eventsOf(steps);
  const last = events.at(-1);
  if (first === undefined || last === undefined) return undefined;
  // The latest message that still stands speaks for the stay as a whole.
  const stands = new Set(events.map((event) => event.step));
  const speaker = steps.findLast((step) => stands.has(step) && step.message !== undefined)?.message ?? first;
  const { stay } = speaker;
  const status = statusAfter[last.type];
  const ended = status === 'finished' ? timeOf(last, speaker) : undefined;
  return {
    id: thread,
    cpr: speaker.cpr,
    status,
    class: stay.class,
    period: { start: stay.start, ...(ended === undefined ? {} : { end: ended }) },
    ...(stay.ward === undefined ? {} : { ward: stay.ward }),
    ...(speaker.sender === undefined ? {} : { sender: speaker.sender }),
    events: events.map((event) => ({
      id: event.id,
      event: codeOf(event),
      at: timeOf(event, speaker),
      ...(event === last && missing > 0 ? { note: 'incomplete' as const } : {}),
    })),
    messages: told.length,
    missing,
    updatedAt: steps.at(-1)?.recorded ?? last.step.recorded,
  };
};
