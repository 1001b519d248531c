// What waits in quarantine, by cause, with what would come of it: "would now pass: n of m" by the deployed mappings or by a
// draft of them. Nothing is stored. Keys are shown by their ends, values not at all.
import { maskKey } from '../model/mask.ts';
import { type QuarantineGroup, quarantineGroups, readQuarantine } from '../store/quarantine-read.ts';
import { rehearse } from './rehearse.ts';
import type { PipelineDeps, SyncKind, SyncSource } from './source.ts';

export interface QuarantineVerdict extends QuarantineGroup {
  /** Would no longer be set aside, of those whose body is kept. */
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
): Promise<QuarantineVerdict> => {
  const { source, code, path } = group;
  const keys: string[] = [];
  let passing = 0;
  for (let after = 0; ; ) {
    const filter = { source, kinds: [group.kind], code, path, after, limit: batch };
    const rows = await readQuarantine(deps.pool, deps.keys, filter);
    if (rows.length === 0) return { ...group, passing, keys };
    after = rows.at(-1)?.arrival ?? after;
    const records = rows.flatMap((row) => (row.content === undefined ? [] : [row.content]));
    if (kind?.keyIsCpr !== true)
      keys.push(...records.slice(0, mostKeys - keys.length).map((record) => maskKey(record.key)));
    if (kind?.mapping !== undefined)
      passing += rehearse(kind, records).filter(
        ({ outcome }) => outcome === 'mapped' || outcome === 'not mapped',
      ).length;
  }
};

/** @param sourceNamed the source as deployed, or as a draft of its mappings would have it. */
export const quarantineVerdicts = async (
  deps: Pick<PipelineDeps, 'pool' | 'keys'>,
  sourceNamed: (name: string) => SyncSource | undefined,
): Promise<readonly QuarantineVerdict[]> => {
  const verdicts = [];
  for (const group of await quarantineGroups(deps.pool)) {
    const kind = sourceNamed(group.source)?.kinds.find((one) => one.name === group.kind);
    verdicts.push(await judge(deps, group, kind));
  }
  return verdicts;
};
