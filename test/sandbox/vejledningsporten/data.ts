// What Vejledningsporten holds: an invented system for the municipality's guidance of young people and adults about
// education. Rows in the order of their last change, as its lists give them.

export type PortKind = 'borgere' | 'forloeb' | 'samtaler' | 'maal';
export const portKinds: readonly PortKind[] = ['borgere', 'forloeb', 'samtaler', 'maal'];

export interface PortRow {
  readonly id: string;
  /** `2026-11-21T08:00:00.000Z` */
  readonly aendret: string;
  readonly slettet: boolean;
  /** Whose it is; of a citizen, their own id. */
  readonly borgerId: string;
  /** The rest as the system writes it. */
  readonly felter: Readonly<Record<string, unknown>>;
}

export interface PortData {
  /** Adds or replaces; the row moves to where its time of change puts it. */
  put(kind: PortKind, row: PortRow): void;
  /** Marks a row as deleted at this time. */
  remove(kind: PortKind, id: string, at: string): void;
  get(kind: PortKind, id: string): PortRow | undefined;
  /** Rows changed at or after `since`, after the place of `cursor`, of one citizen where one is named. */
  page(
    kind: PortKind,
    ask: { readonly since?: string; readonly cursor?: string; readonly borgerId?: string; readonly size: number },
  ): { readonly rows: readonly PortRow[]; readonly next: string | null };
  /** The id of the citizen with this number. */
  byCpr(cpr: string): string | undefined;
  size(kind: PortKind): number;
}

const placeOf = (row: PortRow): string => `${row.aendret} ${row.id}`;

export const createPortData = (): PortData => {
  const tables = new Map(portKinds.map((kind) => [kind, new Map<string, PortRow>()]));
  const orders = new Map<PortKind, readonly PortRow[]>();
  const numbers = new Map<string, string>();
  const table = (kind: PortKind): Map<string, PortRow> => tables.get(kind) ?? new Map();

  const ordered = (kind: PortKind): readonly PortRow[] => {
    let rows = orders.get(kind);
    if (rows === undefined) {
      rows = [...table(kind).values()].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
      orders.set(kind, rows);
    }
    return rows;
  };

  const put = (kind: PortKind, row: PortRow): void => {
    table(kind).set(row.id, row);
    orders.delete(kind);
    if (kind === 'borgere') numbers.set(String(row.felter['cpr']), row.id);
  };

  return {
    put,
    remove(kind, id, at) {
      const row = table(kind).get(id);
      if (row !== undefined) put(kind, { ...row, slettet: true, aendret: at });
    },
    get: (kind, id) => table(kind).get(id),
    page(kind, { since = '', cursor = '', borgerId, size }) {
      const rows = ordered(kind).filter(
        (row) => row.aendret >= since && placeOf(row) > cursor && (borgerId === undefined || row.borgerId === borgerId),
      );
      const some = rows.slice(0, size);
      const last = some.at(-1);
      return { rows: some, next: rows.length > size && last !== undefined ? placeOf(last) : null };
    },
    byCpr: (cpr) => numbers.get(cpr),
    size: (kind) => [...table(kind).values()].filter(({ slettet }) => !slettet).length,
  };
};
