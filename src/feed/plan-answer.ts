// The plan as text: stored texts are joined, not parsed; only `fields` parses. The ETag is a keyed hash of what this
// reader gets, never of a citizen-wide counter or of when it was asked.
import { type ListedKind, planLists } from '../model/kinds.ts';
import type { KeyRing } from '../store/crypto.ts';
import type { MasterFields } from '../store/master-data.ts';
import { type PlanLink, type PlanRecord, type StoredPlan, textOf } from '../store/plans.ts';
import { type SourceState, stateKey } from './freshness.ts';
import { pick, type Selection } from './plan-fields.ts';

export interface PlanAnswer {
  readonly citizen: MasterFields;
  readonly plan: StoredPlan;
  readonly states: readonly SourceState[];
  readonly selection: Selection | undefined;
}

const listed = Object.entries(planLists) as readonly (readonly [ListedKind, string])[];

const citizenPart = ({ citizen, selection }: PlanAnswer): object =>
  selection === undefined ? citizen : pick(citizen, selection.citizen ?? new Set(['id', 'kind']));

const linkText = (link: PlanLink): string => `{"from":"${link.from}","rel":"${link.rel}","to":"${link.to}"}`;

const hiddenText = (record: PlanRecord): string =>
  JSON.stringify({ domain: record.domain, source: record.source, kind: record.kind });

/** A weak validator: equal exactly when the reader would get the same records, links, fields and source states. */
export const planTag = (keys: KeyRing, answer: PlanAnswer): string => {
  const { plan, states, selection } = answer;
  const seen = plan.records.map(
    (r) => `${r.id}${r.hash}${r.stripped ? 's' : ''}${r.staleSince === null ? '' : r.staleSince.getTime()}`,
  );
  const links = plan.links.map((link) => `${link.from}${link.rel}${link.to}`);
  const stubs = plan.stubs.map(hiddenText).sort();
  const master = JSON.stringify(citizenPart(answer));
  const parts = [seen.join(), links.join(), stubs.join(), master, selection?.text ?? '*', stateKey(states)];
  return `W/"${keys.hash('etag', parts.join('\n')).toString('base64url', 0, 18)}"`;
};

/** Does If-None-Match name this tag? Weak comparison (RFC 9110). */
export const sameTag = (header: string | undefined, tag: string): boolean => {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const strong = tag.replace(/^W\//, '');
  return header.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === strong);
};

/** The answer's JSON text. */
export const planText = (keys: KeyRing, answer: PlanAnswer, now: Date): string => {
  const { plan, selection } = answer;
  const texts = new Map<string, string[]>(listed.map(([kind]) => [kind, []]));
  for (const record of plan.records) {
    const text = textOf(keys, record);
    const wanted = selection?.lists.get(record.kind as ListedKind) ?? 'all';
    const shown = wanted === 'all' ? text : JSON.stringify(pick(JSON.parse(text) as Record<string, unknown>, wanted));
    texts.get(record.kind)?.push(shown);
  }
  const parts = [
    `"citizen":${JSON.stringify(citizenPart(answer))}`,
    `"asOf":"${now.toISOString()}"`,
    `"sources":${JSON.stringify(answer.states)}`,
  ];
  for (const [kind, list] of listed)
    if (selection === undefined || selection.lists.has(kind))
      parts.push(`"${list}":[${texts.get(kind)?.join() ?? ''}]`);
  if (selection === undefined || selection.links) parts.push(`"links":[${plan.links.map(linkText).join()}]`);
  if (plan.stubs.length > 0) parts.push(`"hidden":[${plan.stubs.map(hiddenText).sort().join()}]`);
  return `{${parts.join()}}`;
};
