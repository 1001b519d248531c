// No published table lets anybody find what was left out, whatever else they know: not by its total, not when they know every
// cell that is shown to the last person, and not by the month after.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ExactCell, leastShown, rounded, suppressEach, suppressPartition } from '../../src/store/suppression.ts';

const table = fc
  .array(fc.oneof(fc.nat(8), fc.nat(400)), { minLength: 1, maxLength: 7 })
  .map((counts) => counts.map((persons, index): ExactCell => ({ cell: `c${index}`, persons, amount: persons * 2 })));

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
/** What a shown number may have been. */
const range = (shown: number): readonly [number, number] =>
  shown === 0 ? [0, 0] : [Math.max(leastShown, shown - 2), shown + 2];

describe('a table in which everybody is in one cell', () => {
  test('shows nobody as nobody, no cell of one to four, and the others to the nearest five', () => {
    fc.assert(
      fc.property(table, (cells) => {
        const { cells: shown } = suppressPartition(cells);
        for (const [index, { persons: exact, cell }] of cells.entries()) {
          const one = shown[index];
          expect(one?.cell).toBe(cell);
          if (exact === 0) expect(one?.persons).toBe(0);
          else if (exact < leastShown) expect(one).toMatchObject({ persons: null, amount: null });
          else if (one?.persons !== null) {
            expect(one?.persons).toBe(rounded(exact));
            expect(Math.abs((one?.persons ?? 0) - exact)).toBeLessThanOrEqual(2);
            expect((one?.persons ?? 1) % 5).toBe(0);
          }
        }
      }),
    );
  });

  test('gives nobody away who knows all that is shown exactly, and the total', () => {
    fc.assert(
      fc.property(table, (cells) => {
        const { cells: shown, total } = suppressPartition(cells);
        const leftOut = cells.filter((_, index) => shown[index]?.persons === null);
        if (leftOut.length === 0 || total === null) return;
        const together = sum(leftOut.map(({ persons }) => persons));
        // One of them alone may be anything from one to this: it may be somebody's, and it may be five and more.
        expect(leftOut.length).toBeGreaterThan(1);
        expect(together - (leftOut.length - 1)).toBeGreaterThanOrEqual(leastShown);
      }),
    );
  });

  test('gives nobody away who only reads it: each cell left out may be one, and may be five', () => {
    fc.assert(
      fc.property(table, (cells) => {
        const { cells: shown, total } = suppressPartition(cells);
        const hidden = shown.filter(({ persons }) => persons === null).length;
        if (hidden === 0 || total === null) return;
        const known = shown.flatMap(({ persons }) => (persons === null ? [] : [range(persons)]));
        const [leastTotal, mostTotal] = range(total);
        const most = mostTotal - sum(known.map(([low]) => low)) - (hidden - 1);
        const least = leastTotal - sum(known.map(([, high]) => high));
        expect(most).toBeGreaterThanOrEqual(leastShown);
        // With another left out beside it, no total makes one of them more than one.
        expect(hidden > 1 || least <= 1).toBe(true);
      }),
    );
  });

  test('has no total where it would tell: few people, or nobody to hide behind', () => {
    const of = (...counts: readonly number[]) =>
      suppressPartition(counts.map((persons, index) => ({ cell: `c${index}`, persons, amount: persons })));
    expect(of(3, 0)).toMatchObject({ total: null, cells: [{ persons: null }, { persons: 0 }] });
    expect(of(1, 1).total).toBeNull();
    expect(of(2, 2, 40)).toMatchObject({ total: 45, cells: [{ persons: null }, { persons: null }, { persons: null }] });
    expect(of(3, 12, 40)).toMatchObject({ total: 55, cells: [{ persons: null }, { persons: null }, { persons: 40 }] });
    expect(of(0, 0)).toMatchObject({ total: 0, cells: [{ persons: 0 }, { persons: 0 }] });
  });
});

describe('two tables', () => {
  test('of the same people, or of two months, do not tell by their difference of one person', () => {
    fc.assert(
      fc.property(table, fc.nat(6), fc.integer({ min: 1, max: 4 }), (cells, at, more) => {
        const index = at % cells.length;
        const later = cells.map((cell, i) => (i === index ? { ...cell, persons: cell.persons + more } : cell));
        const [one, other] = [suppressPartition(cells), suppressPartition(later)];
        const [before, after] = [one.cells[index]?.persons, other.cells[index]?.persons];
        if (before === null || after === null || before === undefined || after === undefined || before === 0) return;
        // The difference shown is none or a step: both are what zero to eight people more would look like.
        const [low, high] = [range(after)[0] - range(before)[1], range(after)[1] - range(before)[0]];
        expect(low).toBeLessThanOrEqual(more);
        expect(high).toBeGreaterThanOrEqual(more);
        expect(high - low).toBeGreaterThanOrEqual(4);
      }),
    );
  });

  test('in which people may be in several cells leave out the small ones alone', () => {
    expect(
      suppressEach([
        { cell: 'social', persons: 4, amount: 9 },
        { cell: 'health', persons: 13, amount: 21 },
      ]),
    ).toEqual([
      { cell: 'social', persons: null, amount: null },
      { cell: 'health', persons: 15, amount: 20 },
    ]);
  });
});
