// FHIR R4 search over the stub's store: _lastUpdated with ge, gt, le and lt, _id, identifier, subject and patient,
// _count, _sort, _summary=count. Pages are opaque tokens kept by the server, as real servers do.
import { randomUUID } from 'node:crypto';
import type { FhirStore, Row } from './data.ts';

interface Position {
  readonly type: string;
  readonly query: URLSearchParams;
  readonly after?: { readonly at: number; readonly seq: number };
}

export interface Searched {
  readonly rows: readonly Row[];
  readonly total?: number;
  /** Token of the next page. */
  readonly next?: string;
  readonly ignoredParameters: readonly string[];
}

export interface SearchEngine {
  search(type: string, query: URLSearchParams): Searched;
  /** undefined = the token is unknown or expired. */
  page(token: string): (Searched & Position) | undefined;
  expire(): void;
}

const known = new Set([
  '_lastUpdated',
  '_id',
  '_count',
  '_sort',
  '_summary',
  '_format',
  'identifier',
  'subject',
  'patient',
]);
const maximumTokens = 10_000;

const timeFilter = (values: readonly string[]): { from: number; test: (at: number) => boolean } => {
  const tests = values.map((value) => {
    const [, prefix = 'eq', text = ''] = /^(ge|gt|le|lt)?(.*)$/.exec(value) ?? [];
    const at = Date.parse(text);
    if (Number.isNaN(at)) throw new RangeError('_lastUpdated');
    if (prefix === 'ge') return { from: at, test: (t: number) => t >= at };
    if (prefix === 'gt') return { from: at, test: (t: number) => t > at };
    return { from: Number.NEGATIVE_INFINITY, test: (t: number) => (prefix === 'le' ? t <= at : t < at) };
  });
  return {
    from: Math.max(Number.NEGATIVE_INFINITY, ...tests.map((t) => t.from)),
    test: (at) => tests.every((t) => t.test(at)),
  };
};

/** Rows that match, oldest first. */
function* matching(store: FhirStore, type: string, query: URLSearchParams, resumeAt: number): Iterable<Row> {
  const time = timeFilter(query.getAll('_lastUpdated'));
  const patient = query.get('patient') ?? query.get('subject');
  const identifier = query.get('identifier');
  const ids = query.get('_id')?.split(',');
  const bar = identifier?.indexOf('|') ?? -1;
  const rows =
    ids !== undefined
      ? ids.flatMap((id, seq) => {
          const resource = store.get(type, id);
          return resource === undefined ? [] : [{ at: Date.parse(resource.meta?.lastUpdated ?? ''), seq, resource }];
        })
      : identifier !== null
        ? store.patients(identifier.slice(bar + 1), bar > 0 ? identifier.slice(0, bar) : undefined)
        : patient !== null
          ? store.ofPatient(type, patient.replace(/^.*\//, ''))
          : store.since(type, Math.max(time.from, resumeAt));
  for (const row of rows) if (time.test(row.at)) yield row;
}

export interface SearchLimits {
  readonly maximumCount: number;
  /** Pages of this size whatever is asked, as some servers give them. */
  readonly fixedCount?: number | undefined;
}

export const createSearch = (store: FhirStore, { maximumCount, fixedCount }: SearchLimits): SearchEngine => {
  const tokens = new Map<string, Position>();

  const run = ({ type, query, after }: Position): Searched => {
    const asked = Number(query.get('_count') ?? maximumCount);
    const count = fixedCount ?? Math.min(Number.isInteger(asked) && asked >= 0 ? asked : maximumCount, maximumCount);
    const ignoredParameters = [...query.keys()].filter((name) => !known.has(name));
    if (query.get('_summary') === 'count' || count === 0) {
      const plain = [...query.keys()].every(
        (name) => name.startsWith('_') && name !== '_lastUpdated' && name !== '_id',
      );
      const total = plain ? store.count(type) : [...matching(store, type, query, Number.NEGATIVE_INFINITY)].length;
      return { rows: [], total, ignoredParameters };
    }
    const rows: Row[] = [];
    for (const row of matching(store, type, query, after?.at ?? Number.NEGATIVE_INFINITY)) {
      if (after !== undefined && (row.at < after.at || (row.at === after.at && row.seq <= after.seq))) continue;
      if (rows.length === count) {
        const last = rows.at(-1) as Row;
        const token = randomUUID();
        tokens.set(token, { type, query, after: { at: last.at, seq: last.seq } });
        if (tokens.size > maximumTokens) for (const old of [...tokens.keys()].slice(0, 1000)) tokens.delete(old);
        return { rows, next: token, ignoredParameters };
      }
      rows.push(row);
    }
    return { rows, ignoredParameters };
  };

  return {
    search: (type, query) => run({ type, query }),
    page(token) {
      const position = tokens.get(token);
      return position === undefined ? undefined : { ...run(position), ...position };
    },
    expire: () => tokens.clear(),
  };
};
