// What became of the records a source served, per kind: printed so that it can be quoted, and checked to add up.
import { expect } from 'vitest';
import type { RunCounts } from '../../src/store/runs.ts';

export type Counts = Readonly<Record<string, RunCounts>>;

const columns = ['served', 'stored', 'quarantined', 'notMapped', 'deleted', 'notEnrolled'] as const;

export const printCounts = (title: string, counts: Counts): void => {
  const rows = Object.entries(counts).filter(([, one]) => one.served > 0);
  const widths = [20, ...columns.map((column) => column.length + 2)];
  const line = (cells: readonly (string | number)[]): string =>
    cells
      .map((cell, n) => (n === 0 ? String(cell).padEnd(widths[n] ?? 0) : String(cell).padStart(widths[n] ?? 0)))
      .join('');
  console.info(
    [
      title,
      line(['', ...columns]),
      ...rows.map(([kind, one]) => line([kind, ...columns.map((name) => one[name])])),
    ].join('\n'),
  );
};

/** Every record served has exactly one end. With everybody enrolled none is a stranger's; with nobody, all are. */
export const accountFor = (
  counts: Counts,
  served: (kind: string) => number,
  enrolled: 'everybody' | 'nobody' = 'everybody',
): void => {
  for (const [kind, one] of Object.entries(counts)) {
    const ends = one.stored + one.quarantined + one.notMapped + one.deleted + one.notEnrolled;
    expect([kind, one.served, ends]).toEqual([kind, served(kind), served(kind)]);
    expect([kind, enrolled === 'everybody' ? one.notEnrolled : one.stored]).toEqual([kind, 0]);
  }
};
