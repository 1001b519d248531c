// The plan as text: stored texts are joined, not parsed; only `fields` parses. The ETag is a keyed hash of what this
// reader gets, never of a citizen-wide counter or of when it was asked.
import { type ListedKind, planLists } from '../model/kinds.ts';
import type { KeyRing } from '../store/crypto.ts';
import type { MasterFields } from '../store/master-data.ts';
import type { StoredPlan } from '../store/plans.ts';
import { type SourceState, stateKey } from './freshness.ts';
import { pick, type Selection } from './plan-fields.ts';

export interface PlanAnswer {
  readonly citizen: MasterFields;
  readonly plan: StoredPlan;
  readonly states: readonly SourceState[];
  readonly selection: Selection | undefined;
}

const listed = Object.entries(planLists) as readonly (readonly [ListedKind, string])[];

const stubTexts = (plan: StoredPlan): string =>
  plan.stubs
    .map((stub) => JSON.stringify(stub))
    .sort()
    .join();

const citizenPart = ({ citizen, selection }: PlanAnswer): object =>
  selection === undefined ? citizen : pick(citizen, selection.citizen ?? new Set(['id', 'kind']));

/** A weak validator: equal exactly when the reader would get the same records, links, fields and source states. */
export const planTag = (keys: KeyRing, answer: PlanAnswer): string => {
  const { plan, states, selection } = answer;
  const lists = plan.lists.map((list) => `${list.kind}=${list.hash}`).sort();
  const master = JSON.stringify(citizenPart(answer));
  const parts = [lists.join(), plan.links, stubTexts(plan), master, selection?.text ?? '*', stateKey(states)];
  return `W/"${keys.hash('etag', parts.join('\n')).toString('base64url', 0, 18)}"`;
};

/** Does If-None-Match name this tag? Weak comparison (RFC 9110). */
export const sameTag = (header: string | undefined, tag: string): boolean => {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const strong = tag.replace(/^W\//, '');
  return header.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === strong);
};

const picked = (texts: string, wanted: ReadonlySet<string> | 'all'): string =>
  wanted === 'all'
    ? `[${texts}]`
    : JSON.stringify((JSON.parse(`[${texts}]`) as Record<string, unknown>[]).map((record) => pick(record, wanted)));

/** Everything after `sources`: the same for as long as a remembered plan stands. */
const restOf = ({ plan, selection }: PlanAnswer): Buffer => {
  const texts = new Map(plan.lists.map((list) => [list.kind, list.texts]));
  const parts: string[] = [];
  for (const [kind, list] of listed) {
    const wanted = selection === undefined ? 'all' : selection.lists.get(kind);
    if (wanted !== undefined) parts.push(`"${list}":${picked(texts.get(kind) ?? '', wanted)}`);
  }
  if (selection === undefined || selection.links) parts.push(`"links":[${plan.links}]`);
  if (plan.stubs.length > 0) parts.push(`"hidden":[${stubTexts(plan)}]`);
  return Buffer.from(`${parts.map((part) => `,${part}`).join('')}}`);
};

/** By a plan's lists, which a remembered plan keeps; they go together. */
const rests = new WeakMap<StoredPlan['lists'], Map<string, Buffer>>();

/** The answer's JSON. */
export const planBody = (answer: PlanAnswer, now: Date): Buffer => {
  const { plan, selection } = answer;
  const known = rests.get(plan.lists) ?? new Map<string, Buffer>();
  rests.set(plan.lists, known);
  const name = selection?.text ?? '*';
  const rest = known.get(name) ?? restOf(answer);
  if (known.size < 4) known.set(name, rest);
  const citizen = JSON.stringify(citizenPart(answer));
  const head = `{"citizen":${citizen},"asOf":"${now.toISOString()}","sources":${JSON.stringify(answer.states)}`;
  return Buffer.concat([Buffer.from(head), rest]);
};
