// The kinds and their bodies: loose, so that a new field is drift and not a failure. Only what a mapping must be able
// to rely on is required. Where each kind and field is known from, and which are guesses: README.md.
import { z } from 'zod';
import type { Capabilities } from '../../src/adapter/contract.ts';

const id = z.string().min(1);
const text = z.string().nullish();
const flag = z.boolean().nullish();
const department = { departmentId: text, departmentName: text };
const changes = { createdAt: text, updatedAt: text };
const ofCitizen = { id, citizenId: id, ...changes };

const citizen = z.looseObject({
  id,
  cpr: z.string().min(1),
  previousCprs: z.array(z.string()).nullish(),
  displayName: text,
  gender: text,
  birthDate: text,
  contactInformation: z
    .looseObject({
      primaryAddress: z
        .looseObject({ street: text, building: text, suite: text, postalCode: text, city: text })
        .nullish(),
    })
    .nullish(),
  municipalityCode: text,
  protection: z.looseObject({ name: flag, address: flag, until: text }).nullish(),
  targetGroupCode: text,
  targetGroupName: text,
  targetGroupStartDate: text,
  ...department,
  ...changes,
});

const goal = z.looseObject({
  id,
  type: z.string(),
  description: z.string(),
  state: z.string(),
  isPrimary: flag,
  startDate: text,
  endDate: text,
  parentGoalId: text,
});

const progress = z.looseObject({
  id,
  date: z.string(),
  text,
  scale: text,
  value: z.number().nullish(),
  label: text,
});

const plan = z.looseObject({
  ...ofCitizen,
  ...department,
  planType: z.string(),
  title: z.string(),
  state: z.string(),
  purpose: text,
  legalBasis: z.array(z.string()).nullish(),
  startDate: text,
  endDate: text,
  expectedDuration: text,
  specialMatters: text,
  caseworkerName: text,
  confidentiality: text,
  goals: z.array(goal).nullish(),
  progress: z.array(progress).nullish(),
});

const offer = z.looseObject({
  ...ofCitizen,
  ...department,
  planId: text,
  goalId: text,
  offerTypeCode: z.string(),
  title: z.string(),
  state: z.string(),
  legalParagraph: text,
  providerName: text,
  hoursPerWeek: z.number().nullish(),
  startDate: text,
  endDate: text,
  grantedDate: text,
  followUpDate: text,
  endReason: text,
  confidentiality: text,
});

const meeting = z.looseObject({
  ...ofCitizen,
  ...department,
  planId: text,
  bookingNumber: text,
  conversationTypeCode: z.string(),
  title: z.string(),
  start: z.string(),
  end: text,
  state: z.string(),
  contactForm: text,
  location: text,
  organizerName: text,
  participants: z.array(z.looseObject({ name: text, roleName: text, isProtected: flag })).nullish(),
  agenda: z.array(z.string()).nullish(),
  rebookDeadline: text,
  cancelDeadline: text,
});

const task = z.looseObject({
  ...ofCitizen,
  ...department,
  title: z.string(),
  description: text,
  taskType: text,
  state: z.string(),
  priority: text,
  deadline: text,
  assignee: text,
  meetingId: text,
});

const journal = z.looseObject({
  ...ofCitizen,
  ...department,
  title: z.string(),
  categoryCode: text,
  journalNumber: text,
  eventDate: text,
  text,
  confidentiality: text,
});

const tag = z.looseObject({ ...ofCitizen, tag: z.looseObject({ id, title: z.string() }), start: text, end: text });

const caseworker = z.looseObject({
  ...ofCitizen,
  ...department,
  caseworkerId: id,
  displayName: text,
  role: z.number().nullish(),
  responsibilityCode: text,
  responsibilityName: text,
  startDate: text,
  endDate: text,
  caseworkerIsActive: z.union([z.boolean(), z.number()]).nullish(),
  showInJobnet: flag,
  phone: text,
  email: text,
});

const privateContact = z.looseObject({
  ...ofCitizen,
  title: text,
  name: text,
  mobile: z.looseObject({ number: text }).nullish(),
  email: z.looseObject({ address: text }).nullish(),
  isActive: flag,
  isProtected: flag,
});

/**
 * A list, read in order of change. `since`: rows changed at or after this instant are still to come. `page`: which
 * page of them, above 0 only while one instant fills whole pages. `done`: the pull ended here.
 */
export const listCheckpoint = z.strictObject({
  since: z.string().nullable(),
  page: z.int().min(0),
  done: z.boolean(),
});
export type ListCheckpoint = z.infer<typeof listCheckpoint>;

const list = <Body extends z.ZodType>(title: string, body: Body) => ({
  title,
  body,
  checkpoint: listCheckpoint,
  capabilities: { mode: 'incremental', deletes: 'unseen' } as const satisfies Capabilities,
  after: ['citizen'],
});
const crawl = <Body extends z.ZodType>(title: string, body: Body) => ({
  title,
  body,
  checkpoint: z.null(),
  capabilities: { mode: 'snapshot', deletes: 'absent' } as const satisfies Capabilities,
  after: ['citizen'],
  crawl: true as const,
});

export const kinds = {
  citizen: { ...list('Borgere', citizen), after: [] },
  plan: list('Planer med jobmål (Min Plan m.fl.)', plan),
  offer: list('Tilbud og aktiviteter', offer),
  meeting: list('Samtaler og møder', meeting),
  task: list('Opgaver', task),
  journal: crawl('Journalnotater', journal),
  tag: crawl('Markeringer', tag),
  caseworker: crawl('Ansvarlige sagsbehandlere', caseworker),
  privateContact: crawl('Private kontaktpersoner', privateContact),
} as const;

export type MomentumKinds = typeof kinds;
export type ListKind = 'citizen' | 'plan' | 'offer' | 'meeting' | 'task';
export type CrawlKind = 'journal' | 'tag' | 'caseworker' | 'privateContact';
export const listKinds: readonly ListKind[] = ['citizen', 'plan', 'offer', 'meeting', 'task'];
export const crawlKinds: readonly CrawlKind[] = ['journal', 'tag', 'caseworker', 'privateContact'];
