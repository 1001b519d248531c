// The pages about one citizen, in the order of their tabs, and who has them. On their own pages citizens find them in the
// main menu (menu.ts); everybody else as tabs.
import type { Viewer } from '../../context.ts';

export interface Part {
  /** Of the address; the plan's is empty. */
  readonly name: string;
  /** Key of the tab's text. */
  readonly key: string;
  /** `all`; `citizen`: the citizen and who represents them; `staff`: professionals. */
  readonly who: 'all' | 'citizen' | 'staff';
  /** Only for those whose token has it. */
  readonly scope?: string;
}

export const planPart: Part = { name: '', key: 'part.plan', who: 'all' };
export const calendarPart: Part = { name: 'calendar', key: 'part.calendar', who: 'all' };
export const timelinePart: Part = { name: 'timeline', key: 'part.timeline', who: 'all' };
export const contactsPart: Part = { name: 'contacts', key: 'part.contacts', who: 'all' };
export const sharingPart: Part = { name: 'sharing', key: 'part.sharing', who: 'citizen' };
export const lookedPart: Part = { name: 'looked', key: 'part.looked', who: 'citizen' };
export const receiptsPart: Part = { name: 'receipts', key: 'part.receipts', who: 'citizen' };
export const ratingPart: Part = { name: 'rating', key: 'part.rating', who: 'citizen' };
export const downloadPart: Part = { name: 'download', key: 'part.download', who: 'citizen' };
export const askPart: Part = { name: 'ask', key: 'part.ask', who: 'staff' };
export const meetingsPart: Part = { name: 'meetings', key: 'part.meetings', who: 'all' };
export const requestsPart: Part = { name: 'requests', key: 'part.requests', who: 'staff' };
export const coordinatorPart: Part = { name: 'coordinator', key: 'part.coordinator', who: 'staff' };
export const enrolmentPart: Part = {
  name: 'enrolment',
  key: 'part.enrolment',
  who: 'staff',
  scope: 'enrolments.write',
};

const all: readonly Part[] = [
  planPart,
  calendarPart,
  timelinePart,
  contactsPart,
  ratingPart,
  sharingPart,
  lookedPart,
  receiptsPart,
  downloadPart,
  askPart,
  meetingsPart,
  requestsPart,
  coordinatorPart,
  enrolmentPart,
];

/** Those this viewer has of this citizen. */
export const partsFor = ({ actor }: Viewer, own: boolean): readonly Part[] => {
  const citizens = own || actor.kind === 'representative';
  const staff = actor.kind === 'professional';
  return all.filter(
    ({ who, scope }) =>
      (who === 'all' || (who === 'citizen' ? citizens : staff)) &&
      (scope === undefined || actor.scopes.includes(scope)),
  );
};
