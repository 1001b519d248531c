// What waits for the citizen's word, for the top of their plan: who asks to see something, which meeting asks, and whether it
// is time to say how it goes. For the citizen and whoever represents them.
import { copenhagenDay } from '../../../clock.ts';
import type { At } from './frame.ts';
import { waitingMeetings } from './sharing-read.ts';
import type { ShownMeeting, ShownProposal } from './sharing-view.ts';

export interface Waiting {
  readonly id: string;
  /** Absent: they did not say who they are. */
  readonly who?: string;
  readonly meeting?: ShownMeeting;
}

export interface ForTheirWord {
  readonly waiting: readonly Waiting[];
  /** Time to rate. */
  readonly rate: boolean;
}

const whoOf = ({ asked }: ShownProposal): string =>
  [asked?.name, asked?.unit].filter((part) => part !== undefined).join(', ');

/** What this viewer may not ask for is not theirs to answer. */
const askedFor = async <T>(at: At, tail: string): Promise<Partial<T>> => {
  const answer = await at.ask({ path: `/v1/citizens/${at.id}${tail}` });
  return answer.status === 200 ? answer.json<Partial<T>>() : {};
};

export const forTheirWord = async (at: At, now: Date): Promise<ForTheirWord> => {
  if (!at.own && at.viewer.actor.kind !== 'representative') return { waiting: [], rate: false };
  const [{ proposals = [] }, { meetings = [] }, { due }] = await Promise.all([
    askedFor<{ readonly proposals: readonly ShownProposal[] }>(at, '/consent-proposals'),
    askedFor<{ readonly meetings: readonly ShownMeeting[] }>(at, '/meetings'),
    askedFor<{ readonly due: string }>(at, '/ratings'),
  ]);
  const asking = proposals
    .filter(({ meeting, state }) => meeting === undefined && state !== 'takenBack')
    .map((one): Waiting => ({ id: one.id, ...(whoOf(one) === '' ? {} : { who: whoOf(one) }) }));
  return {
    waiting: [...asking, ...waitingMeetings({ meetings }, now).map((meeting) => ({ id: meeting.id, meeting }))],
    rate: due !== undefined && due <= copenhagenDay(now),
  };
};
