// One table of the Momentum stub: rows by id, by one indexed value (citizen or CPR), and in order of change, so that
// a page of 100,000 rows is answered without copying them. New rows are appended and sorted once, when first read.

export interface Table<Row extends { readonly id: string; readonly updatedAt: string }> {
  readonly size: number;
  /** Inserts or replaces by id. */
  put(row: Row): void;
  remove(id: string): void;
  get(id: string): Row | undefined;
  /** Rows by the indexed value: the citizen's guid (for citizens: a CPR). */
  by(value: string): readonly Row[];
  all(): IterableIterator<Row>;
  /** Rows changed at or after an instant (null: all), ordered by updatedAt and id. */
  changed(since: string | null, skip: number, take: number): { readonly rows: readonly Row[]; readonly total: number };
}

const byChange = <Row extends { readonly id: string; readonly updatedAt: string }>(a: Row, b: Row): number => {
  if (a.updatedAt !== b.updatedAt) return a.updatedAt < b.updatedAt ? -1 : 1;
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
};

/** First position whose updatedAt is at or after `since`. */
const lowerBound = (rows: readonly { readonly updatedAt: string }[], since: string): number => {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.updatedAt ?? '') < since) low = middle + 1;
    else high = middle;
  }
  return low;
};

export const createTable = <Row extends { readonly id: string; readonly updatedAt: string }>(
  indexed: (row: Row) => readonly string[],
): Table<Row> => {
  const rows = new Map<string, Row>();
  const index = new Map<string, Set<string>>();
  let ordered: Row[] = [];
  let stale = false;

  const unlink = (row: Row): void => {
    for (const value of indexed(row)) {
      const ids = index.get(value);
      ids?.delete(row.id);
      if (ids?.size === 0) index.delete(value);
    }
  };
  const inOrder = (): readonly Row[] => {
    if (stale) ordered = [...rows.values()].sort(byChange);
    stale = false;
    return ordered;
  };

  return {
    get size() {
      return rows.size;
    },
    put(row) {
      const old = rows.get(row.id);
      if (old !== undefined) unlink(old);
      rows.set(row.id, row);
      for (const value of indexed(row)) {
        const ids = index.get(value);
        if (ids === undefined) index.set(value, new Set([row.id]));
        else ids.add(row.id);
      }
      stale = true;
    },
    remove(id) {
      const old = rows.get(id);
      if (old === undefined) return;
      unlink(old);
      rows.delete(id);
      stale = true;
    },
    get: (id) => rows.get(id),
    by: (value) => [...(index.get(value) ?? [])].flatMap((id) => rows.get(id) ?? []),
    all: () => rows.values(),
    changed(since, skip, take) {
      const sorted = inOrder();
      const from = since === null ? 0 : lowerBound(sorted, since);
      return { rows: sorted.slice(from + skip, from + skip + take), total: sorted.length - from };
    },
  };
};
