// How counts of people become figures that tell of nobody. A cell of one to four is left out; so is another beside it, until
// what is left out together could be any cell's; and what is shown is shown to the nearest five, so that neither a total,
// nor another table, nor the month after gives away by subtraction what was left out.

/** Fewer people than this are not shown, unless there is nobody. */
export const leastShown = 5;
const step = 5;

export interface ExactCell {
  readonly cell: string;
  /** Citizens counted once each. */
  readonly persons: number;
  /** What they have or did, together; at least as many as they are, where it is counted. */
  readonly amount: number;
}

export interface ShownCell {
  readonly cell: string;
  /** To the nearest five; null: left out. */
  readonly persons: number | null;
  readonly amount: number | null;
}

export interface ShownTable {
  readonly cells: readonly ShownCell[];
  /** Of all cells; null: left out. */
  readonly total: number | null;
}

export const rounded = (count: number): number => Math.round(count / step) * step;

const isSmall = ({ persons }: ExactCell): boolean => persons > 0 && persons < leastShown;

const shown = (cell: ExactCell, leftOut: boolean): ShownCell => ({
  cell: cell.cell,
  persons: leftOut ? null : rounded(cell.persons),
  amount: leftOut ? null : rounded(cell.amount),
});

/** Could each of those left out be five or more, for somebody who knows all the others and the total exactly? */
const hidesEnough = (leftOut: readonly ExactCell[]): boolean => {
  const together = leftOut.reduce((sum, { persons }) => sum + persons, 0);
  // Nobody is shown as nobody: who is left out is at least one.
  return leftOut.length > 1 && together - (leftOut.length - 1) >= leastShown;
};

/** Of a table in which everybody is in exactly one cell. */
export const suppressPartition = (cells: readonly ExactCell[]): ShownTable => {
  const total = cells.reduce((sum, { persons }) => sum + persons, 0);
  const leftOut = cells.filter(isSmall);
  if (leftOut.length === 0) return { cells: cells.map((cell) => shown(cell, false)), total: rounded(total) };
  const others = cells.filter((cell) => cell.persons >= leastShown).sort((a, b) => a.persons - b.persons);
  while (!hidesEnough(leftOut)) {
    const next = others.shift();
    if (next === undefined) break;
    leftOut.push(next);
  }
  return {
    cells: cells.map((cell) => shown(cell, leftOut.includes(cell))),
    total: hidesEnough(leftOut) ? rounded(total) : null,
  };
};

/** Of a table in which somebody may be in several cells or none: it has no total to be held against. */
export const suppressEach = (cells: readonly ExactCell[]): readonly ShownCell[] =>
  cells.map((cell) => shown(cell, isSmall(cell)));
