// What would become of raw records, without storing anything: decode and map, and what came of each. The workbench, the
// quarantine's "would now pass" and the dry run ask the same question.

import type { RawRecord } from '../adapter/contract.ts';
import type { KindMapping } from '../mapping/compile.ts';
import type { Draft, Issue } from '../mapping/result.ts';
import { type Decodable, decode } from './decode.ts';

export interface Rehearsed {
  readonly key: string;
  readonly body: unknown;
  /** `set aside`: it would go to quarantine. `not mapped`: no mapping takes it. `subject unreadable`: nobody can say whose it is. */
  readonly outcome: 'mapped' | 'not mapped' | 'set aside' | 'subject unreadable';
  /** Why it is set aside. */
  readonly code?: string;
  readonly path?: string;
  readonly drafts: readonly Draft[];
  readonly issues: readonly Issue[];
}

export interface RehearsedKind extends Decodable {
  readonly mapping: KindMapping | undefined;
}

const one = (
  mapping: KindMapping | undefined,
  { key, body, failure }: ReturnType<typeof decode>[number],
): Rehearsed => {
  const none = { key, body, drafts: [], issues: [] };
  if (failure !== undefined) return { ...none, outcome: 'set aside', code: failure.code, path: failure.path };
  if (mapping === undefined) return { ...none, outcome: 'not mapped' };
  if (mapping.subjects(body).length === 0) return { ...none, outcome: 'subject unreadable' };
  const { drafts, issues } = mapping.map(body);
  const rejecting = issues.find((issue) => issue.reject);
  if (rejecting !== undefined)
    return { ...none, issues, outcome: 'set aside', code: rejecting.code, path: rejecting.path };
  return { key, body, drafts, issues, outcome: drafts.length === 0 ? 'not mapped' : 'mapped' };
};

export const rehearse = (kind: RehearsedKind, records: readonly RawRecord[]): readonly Rehearsed[] =>
  decode(kind, records).map((decoded) => one(kind.mapping, decoded));
