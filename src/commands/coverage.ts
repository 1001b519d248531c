// What a kind's mapping makes of records: of those the hub has kept, or of the examples in its files; the same for the
// command line and the pages. Names and counts, never a value.
import type { RawRecord } from '../adapter/contract.ts';
import type { Coverage } from '../dashboard/steering.ts';
import type { Hub } from '../main.ts';
import { coverageOf, type KindCoverage } from '../mapping/coverage.ts';
import type { MappingFolders } from '../mapping/load.ts';
import { decode } from '../pipeline/decode.ts';
import type { SyncKind } from '../pipeline/source.ts';
import { listDrift } from '../store/drift.ts';
import { readRetained } from '../store/retained.ts';
import { exampleRecords } from './workbench.ts';

const together = 500;

export const bodiesIn = (kind: SyncKind, records: readonly RawRecord[]): readonly unknown[] =>
  decode(kind, records).flatMap(({ body, failure }) => (failure === undefined ? [body] : []));

/** What the hub has kept of a kind as it came. */
export const keptRecords = async (
  { pool, keys }: Pick<Hub, 'pool' | 'keys'>,
  source: string,
  kind: string,
  most = Number.POSITIVE_INFINITY,
): Promise<readonly RawRecord[]> => {
  const found: RawRecord[] = [];
  for (let after = ''; found.length < most; ) {
    const rows = await readRetained(pool, keys, { source, kind, after, limit: together });
    if (rows.length === 0) break;
    after = rows.at(-1)?.key ?? after;
    found.push(...rows.map(({ content }) => content));
  }
  return found;
};

/** With the fields the hub has met and nobody reads, and since when. Undefined: nothing maps the kind. */
export const coverageWith = async (
  { pool }: Pick<Hub, 'pool'>,
  source: string,
  { name, mapping, spec }: SyncKind,
  bodies: readonly unknown[],
): Promise<KindCoverage | undefined> => {
  if (mapping === undefined) return undefined;
  const unknown = (await listDrift(pool, { source, kind: name, all: true })).filter(
    ({ type }) => type === 'unknown-field',
  );
  const unknownSince = new Map(unknown.map((one) => [one.name, one.firstSeen]));
  return coverageOf({ mapping, schema: spec.body, bodies, unknownSince });
};

const mostOnPage = 2000;

/** For a page: over what is kept where anything is, else over the examples. */
export const shownCoverage = async (
  hub: Pick<Hub, 'pool' | 'keys'>,
  of: { readonly source: string; readonly system: string; readonly kind: SyncKind; readonly folders: MappingFolders },
): Promise<Coverage | undefined> => {
  const kept = await keptRecords(hub, of.source, of.kind.name, mostOnPage);
  const records = kept.length > 0 ? kept : (exampleRecords(of.system, of.folders).get(of.kind.name) ?? []);
  const found = await coverageWith(hub, of.source, of.kind, bodiesIn(of.kind, records));
  return found === undefined ? undefined : { ...found, from: kept.length > 0 ? 'kept' : 'examples' };
};
