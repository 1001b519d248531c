// One entry of `changes`: the stored text joined with its visible links, and the mark it is held under. The mark's second
// half covers what the consumer can notice: when the text was observed or mapped is not among that, so that a change in
// what stays hidden is no change.
import type { ListedKind } from '../model/kinds.ts';
import type { KeyRing } from '../store/crypto.ts';
import { type Difference, textOf } from '../store/holds.ts';
import { type MasterFields, presentMaster } from '../store/master-data.ts';
import type { FeedContext } from './context.ts';
import { pick, type Selection } from './plan-fields.ts';

export interface Entry {
  readonly op: 'created' | 'changed' | 'removed';
  readonly citizen: string;
  readonly record: string;
  readonly kind: string | null;
  /** The record's JSON text; null when removed. */
  readonly text: string | null;
  /** JSON text of its links. */
  readonly links: string;
  readonly rule: number | null;
  readonly basis: string | null;
}

export type WeighContext = Pick<FeedContext, 'keys' | 'clock' | 'settings'>;

export interface Weighed {
  /** Absent: nothing the consumer would notice. */
  readonly entry: Entry | undefined;
  /** What it is held under from now on; null: not at all. */
  readonly mark: Buffer | null;
}

const linksText = (from: string, links: string | null): string =>
  links === null
    ? '[]'
    : JSON.stringify(
        links.split(',').map((link) => {
          const [rel, to] = link.split(' ');
          return { from, rel, to };
        }),
      );

/** Master data as copied: without age, which no copy can keep right. */
const masterText = (context: WeighContext, change: Difference, records: readonly MasterFields[]): string => {
  const { clock, settings } = context;
  const hide = change.hide ?? true;
  const fields = presentMaster(change.citizenId, records, settings.masterDataOrder, clock.now(), hide);
  return JSON.stringify({ ...fields, age: undefined });
};

/** The part of a record that the consumer asked for. */
const selected = (text: string, kind: string | null, selection: Selection | undefined): string => {
  if (selection === undefined) return text;
  const wanted =
    kind === 'citizen' ? (selection.citizen ?? new Set(['id', 'kind'])) : selection.lists.get(kind as ListedKind);
  return wanted === 'all'
    ? text
    : JSON.stringify(pick(JSON.parse(text) as Record<string, unknown>, wanted ?? new Set()));
};

const noticed = (text: string): string => {
  const fields = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify({ ...fields, observedAt: undefined, mapping: undefined, sourceUpdatedAt: undefined });
};

const seenHash = (keys: KeyRing, text: string, links: string): Buffer =>
  keys.hash('etag', `changes\n${noticed(text)}\n${links}`).subarray(0, 8);

/** `selection`: only these kinds and fields are shown to it. */
export const weigh = (
  context: WeighContext,
  change: Difference,
  master: readonly MasterFields[],
  selection?: Selection | undefined,
): Weighed => {
  const base = { citizen: change.citizenId, record: change.recordId, kind: change.kind };
  if (change.mark === null)
    return { entry: { ...base, op: 'removed', text: null, links: '[]', rule: null, basis: null }, mark: null };
  const whole =
    change.recordId === change.citizenId ? masterText(context, change, master) : textOf(context.keys, change);
  const text = selected(whole, change.kind, selection);
  const links = selection?.links === false ? '[]' : linksText(change.recordId, change.links);
  const seen = seenHash(context.keys, text, links);
  const mark = Buffer.concat([change.mark, seen]);
  if (change.held?.subarray(8).equals(seen)) return { entry: undefined, mark };
  const op = change.held === null ? 'created' : 'changed';
  return { entry: { ...base, op, text, links, rule: change.rule, basis: change.basis }, mark };
};

/** The entry's JSON text. */
export const entryText = (entry: Entry): string => {
  const head = `"op":"${entry.op}","citizen":"${entry.citizen}","id":"${entry.record}"`;
  const kind = entry.kind === null ? '' : `,"kind":"${entry.kind}"`;
  return entry.text === null ? `{${head}${kind}}` : `{${head}${kind},"record":${entry.text},"links":${entry.links}}`;
};
