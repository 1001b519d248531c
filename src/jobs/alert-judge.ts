// What becomes of conditions, as a function: one that has held for its time opens an episode, one that has been gone for
// its time resolves it, and one that comes back meanwhile was never gone. What was not looked at stays as it is.
import type { Key, OpenEpisode, Pending } from '../store/alert-episodes.ts';
import type { Said, Severity } from '../store/alerts.ts';

/** What a rule finds wrong with one subject. */
export interface Condition {
  readonly subject: string;
  readonly source?: string;
  readonly said: Said;
  /** How bad it is, where a rule counts on from 1; each further step is told. */
  readonly step?: number;
  /** Where it differs from the rule's own. */
  readonly severity?: Severity;
}

/** A rule that was looked at, and all that it found. */
export interface Looked {
  readonly rule: string;
  readonly severity: Severity;
  readonly forMs: number;
  readonly clearMs: number;
  readonly conditions: readonly Condition[];
}

type Found = Required<Pick<Condition, 'said' | 'step' | 'severity'>>;

export interface Verdicts {
  readonly begin: readonly Pending[];
  readonly forget: readonly Key[];
  readonly open: readonly (Key & Found & { readonly source: string | undefined; readonly since: Date })[];
  readonly confirm: readonly (Found & { readonly id: string })[];
  readonly miss: readonly OpenEpisode[];
  readonly resolve: readonly OpenEpisode[];
}

const keyOf = ({ rule, subject }: Key): string => `${rule}\n${subject}`;

/** Is there anything to write down of it? */
const differs = (was: OpenEpisode, now: Found): boolean =>
  was.goneAt !== null || now.step > was.step || !sameSaid(was.said, now.said);

const sameSaid = (a: Said, b: Said): boolean => {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
};

export const judge = (
  looked: readonly Looked[],
  standing: { readonly pending: readonly Pending[]; readonly open: readonly OpenEpisode[] },
  now: Date,
): Verdicts => {
  const pending = new Map(standing.pending.map((one) => [keyOf(one), one]));
  const open = new Map(standing.open.map((one) => [keyOf(one), one]));
  const rules = new Map(looked.map((one) => [one.rule, one]));
  const there = new Set<string>();
  const verdicts = {
    begin: [] as Pending[],
    open: [] as Verdicts['open'][number][],
    confirm: [] as Verdicts['confirm'][number][],
  };
  for (const { rule, conditions, forMs, severity } of looked)
    for (const { subject, source, said, ...own } of conditions) {
      const key = keyOf({ rule, subject });
      if (there.has(key)) continue;
      there.add(key);
      const found = { said, step: own.step ?? 1, severity: own.severity ?? severity };
      const was = open.get(key);
      if (was !== undefined) {
        if (differs(was, found)) verdicts.confirm.push({ id: was.id, ...found });
        continue;
      }
      const since = pending.get(key)?.since ?? now;
      if (now.getTime() - since.getTime() >= forMs) verdicts.open.push({ rule, subject, source, since, ...found });
      else if (!pending.has(key)) verdicts.begin.push({ rule, subject, since });
    }
  const absent = (one: Key): boolean => rules.has(one.rule) && !there.has(keyOf(one));
  const isOver = ({ rule, goneAt }: OpenEpisode): boolean =>
    now.getTime() - (goneAt ?? now).getTime() >= (rules.get(rule)?.clearMs ?? 0);
  const missing = standing.open.filter(absent);
  return {
    ...verdicts,
    forget: standing.pending.filter(absent),
    miss: missing.filter((one) => !isOver(one) && one.goneAt === null),
    resolve: missing.filter(isOver),
  };
};
