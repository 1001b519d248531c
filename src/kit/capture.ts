// A few records of every kind of an open source, as they would be pulled; of kinds that are asked for citizen by citizen,
// those of the given citizens and of those who were found on the way. Nothing is stored, and it ends when told to.
import type { Kinds, Page, RawRecord } from '../adapter/contract.ts';
import type { HubError } from '../errors.ts';
import type { KindMapping } from '../mapping/compile.ts';
import { parseNumber } from '../model/cpr.ts';

/** An open source, its own types forgotten. */
export interface LiveSource {
  readonly pull: Readonly<
    Record<string, ((options: { after: null; signal: AbortSignal }) => AsyncIterable<Page<unknown>>) | undefined>
  >;
  readonly byCitizen?: Readonly<
    Record<string, ((options: { cpr: string; signal: AbortSignal }) => AsyncIterable<Page<unknown>>) | undefined>
  >;
}

export interface CaptureOptions {
  readonly source: LiveSource;
  readonly specs: Kinds;
  readonly mappings: ReadonlyMap<string, KindMapping>;
  /** In pulling order. */
  readonly kinds: readonly string[];
  /** Of each kind. */
  readonly limit: number;
  /** Ten characters each. With them every kind that can be is asked for them only. */
  readonly citizens: readonly string[];
  readonly signal: AbortSignal;
  readonly onRecord?: (kind: string, sofar: number) => void;
  /** A kind that fails ends; the others are looked at. */
  readonly onFailure: (kind: string, thrown: unknown) => HubError;
}

export interface Captured {
  readonly kind: string;
  readonly records: readonly RawRecord[];
  readonly deleted: number;
  /** There was more than the limit. */
  readonly cut: boolean;
  readonly failure?: HubError;
}

/** How many citizens a crawled kind is asked for when nobody named any. */
const MOST_CITIZENS = 20;

async function* pagesOf(
  options: CaptureOptions,
  kind: string,
  found: ReadonlySet<string>,
): AsyncIterable<Page<unknown>> {
  const { source, specs, citizens, signal } = options;
  const ask = source.byCitizen?.[kind];
  if (specs[kind]?.crawl === true || (citizens.length > 0 && ask !== undefined)) {
    const whom = citizens.length > 0 ? citizens : [...found].slice(0, MOST_CITIZENS);
    for (const cpr of whom) {
      try {
        yield* ask?.({ cpr, signal }) ?? [];
      } catch (thrown) {
        // One citizen the source refuses says nothing about the next.
        if ((thrown as { code?: string }).code !== 'source/forbidden') throw thrown;
      }
    }
  } else yield* source.pull[kind]?.({ after: null, signal }) ?? [];
}

const captureKind = async (options: CaptureOptions, kind: string, found: Set<string>): Promise<Captured> => {
  const records: RawRecord[] = [];
  let deleted = 0;
  let cut = false;
  const mapping = options.mappings.get(kind);
  try {
    for await (const page of pagesOf(options, kind, found)) {
      for (const record of page.records) {
        if (records.length === options.limit) {
          cut = true;
          break;
        }
        records.push(record);
        for (const subject of mapping?.subjects(record.body) ?? []) {
          const number = 'cpr' in subject ? parseNumber(subject.cpr)?.number : undefined;
          if (number !== undefined) found.add(number);
        }
      }
      deleted += page.deleted.length;
      options.onRecord?.(kind, records.length);
      if (cut || options.signal.aborted) break;
      // One page more only to know that there is more would be asked of the source.
      if (records.length === options.limit) {
        cut = true;
        break;
      }
    }
  } catch (thrown) {
    if (options.signal.aborted) return { kind, records, deleted, cut: true };
    return { kind, records, deleted, cut, failure: options.onFailure(kind, thrown) };
  }
  return { kind, records, deleted, cut };
};

export const capture = async (options: CaptureOptions): Promise<readonly Captured[]> => {
  const found = new Set<string>();
  const captured: Captured[] = [];
  for (const kind of options.kinds) {
    if (options.signal.aborted) break;
    captured.push(await captureKind(options, kind, found));
  }
  return captured;
};
