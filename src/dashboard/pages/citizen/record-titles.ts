// What a citizen's own records are called where one of them is named: in a few words, from what the feed shows of it.
import type { ShownPlan } from './shown.ts';

const most = 90;
const words = (text: string): string => (text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`);

interface Named {
  readonly id: string;
  readonly kind: string;
  readonly domain: string;
  readonly title?: string | undefined;
  readonly text?: string | undefined;
  readonly name?: string | undefined;
  readonly what?: string | undefined;
  readonly type?: unknown;
}

export interface TitledRecord {
  readonly id: string;
  readonly kind: string;
  readonly domain: string;
  readonly title: string;
}

const titleOf = ({ title, text, name, what, type }: Named): string =>
  words(title ?? name ?? text ?? what ?? (type as { readonly display?: string } | undefined)?.display ?? '');

export const titledRecords = (plan: ShownPlan): readonly TitledRecord[] => {
  const lists = [plan.plans, plan.goals, plan.interventions, plan.contacts, plan.appointments, plan.statusEntries];
  const more = [plan.conditions, plan.agreements, plan.journalReferences, plan.comments, plan.requests, plan.ratings];
  return [...lists, ...more]
    .flatMap((list): readonly Named[] => list ?? [])
    .map((record) => ({ id: record.id, kind: record.kind, domain: record.domain, title: titleOf(record) }));
};
