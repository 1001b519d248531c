// What waits in quarantine, by cause, with what would come of it: "would now pass: n of m" by the deployed mappings or by a
// draft of them. Nothing is stored. Keys are shown by their ends, values not at all.
import { maskKey } from '../model/mask.ts';
import { type QuarantineGroup, quarantineGroups, readQuarantine } from '../store/quarantine-read.ts';
import { rehearse } from './rehearse.ts';
import type { PipelineDeps, SyncKind, SyncSource } from './source.ts';

export interface QuarantineVerdict extends QuarantineGroup {
  /** Tried, of those whose body is kept: all, unless time ran out. */
  readonly tried: number;
  /** Of those: would no longer be set aside. */
  readonly passing: number;
  /** Ends of the keys of the first that wait; none where keys are numbers of people. */
  readonly keys: readonly string[];
}

const batch = 500;
const mostKeys = 3;

const judge = async (
  deps: Pick<PipelineDeps, 'pool' | 'keys'>,
  group: QuarantineGroup,
  kind: SyncKind | undefined,
  until: number,
): Promise<QuarantineVerdict> => {
  const { source, code, path } = group;
  const keys: string[] = [];
  let passing = 0;
  let tried = 0;
  for (let after = 0; ; ) {
    if (performance.now() > until) return { ...group, tried, passing, keys };
    const filter = { source, kinds: [group.kind], code, path, after, limit: batch };
    const rows = await readQuarantine(deps.pool, deps.keys, filter);
    if (rows.length === 0) return { ...group, tried, passing, keys };
    after = rows.at(-1)?.arrival ?? after;
    const records = rows.flatMap((row) => (row.content === undefined ? [] : [row.content]));
    tried += records.length;
    if (kind?.keyIsCpr !== true)
      keys.push(...records.slice(0, mostKeys - keys.length).map((record) => maskKey(record.key)));
    if (kind?.mapping !== undefined)
      passing += rehearse(kind, records).filter(
        ({ outcome }) => outcome === 'mapped' || outcome === 'not mapped',
      ).length;
  }
};

/**
 * @param sourceNamed the source as deployed, or as a draft of its mappings would have it
 * @param budgetMs after so long no more are tried; the smallest causes go first, so that most are told in full
 */
export const quarantineVerdicts = async (
  deps: Pick<PipelineDeps, 'pool' | 'keys'>,
  sourceNamed: (name: string) => SyncSource | undefined,
  budgetMs = Number.POSITIVE_INFINITY,
): Promise<readonly QuarantineVerdict[]> => {
  const until = performance.now() + budgetMs;
  const groups = await quarantineGroups(deps.pool);
  const verdicts = new Map<QuarantineGroup, QuarantineVerdict>();
  for (const group of groups.toSorted((a, b) => a.count - b.count)) {
    const kind = sourceNamed(group.source)?.kinds.find((one) => one.name === group.kind);
    verdicts.set(group, await judge(deps, group, kind, until));
  }
  return groups.flatMap((group) => verdicts.get(group) ?? []);
};
