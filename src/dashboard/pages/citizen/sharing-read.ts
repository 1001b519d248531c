// What every page of "who may see what" asks the feed first: the readers, what the citizen has said, who asks, and the
// meetings that ask.

import { copenhagenDay } from '../../../clock.ts';
import type { MarkedConsent } from '../../../consent/before-party.ts';
import type { DashboardContext } from '../../context.ts';
import type { At } from './frame.ts';
import {
  everybody,
  namesOf,
  type SharingReader,
  type ShownMeeting,
  type ShownProposal,
  type ShownStatute,
  standing,
} from './sharing-view.ts';

export interface SharingFacts {
  readonly readers: readonly SharingReader[];
  /** In force or to come. */
  readonly said: readonly MarkedConsent[];
  readonly statutes: readonly ShownStatute[];
  readonly asked: readonly ShownProposal[];
  /** Asked a while ago and taken back by whoever asked. */
  readonly takenBack: readonly ShownProposal[];
  readonly meetings: readonly ShownMeeting[];
  /** Of persons, by recipient. */
  readonly names: ReadonlyMap<string, string>;
}

export const readSharing = async (at: At, now: Date): Promise<SharingFacts> => {
  const [{ readers }, { consents, statutes }, { proposals }, { meetings }] = await Promise.all([
    at.get<{ readonly readers: readonly SharingReader[] }>('/sharing'),
    at.get<{ readonly consents: readonly MarkedConsent[]; readonly statutes: readonly ShownStatute[] }>('/consents'),
    at.get<{ readonly proposals: readonly ShownProposal[] }>('/consent-proposals'),
    at.get<{ readonly meetings: readonly ShownMeeting[] }>('/meetings'),
  ]);
  const said = standing(consents, copenhagenDay(now));
  // A no to everybody has no reader of its own; it is shown as one.
  const all: SharingReader = { recipient: everybody, because: [], cells: [] };
  return {
    readers: [...readers, all],
    said,
    statutes,
    asked: proposals.filter(({ state }) => state !== 'takenBack'),
    takenBack: proposals.filter(({ state }) => state === 'takenBack'),
    meetings,
    names: namesOf(meetings),
  };
};

/** Meetings that still wait for a word. */
export const waitingMeetings = ({ meetings }: Pick<SharingFacts, 'meetings'>, now: Date): readonly ShownMeeting[] =>
  meetings.filter(
    ({ answer, start, end = start, status }) =>
      answer === 'proposed' && Date.parse(end) > now.getTime() && status !== 'cancelled',
  );

/** What sources are called, for words such as "recorded in". */
export const sourceTitles = ({ sources }: DashboardContext): Readonly<Record<string, string>> =>
  Object.fromEntries(sources.map(({ name, title }) => [name, title]));
