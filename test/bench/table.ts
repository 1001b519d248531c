// What the benchmarks say: one table, each row a ratio to a ceiling measured in the same run, with its mark.

export interface Row {
  readonly benchmark: string;
  /** Of the hub, and of its ceiling, with unit. */
  readonly hub: string;
  readonly ceiling: string;
  /** What the mark is about: a ratio, megabytes, megabytes a second and core, entries a second, percent of a core, seconds. */
  readonly value: number;
  readonly unit: 'ratio' | 'MB' | 'MB/s' | 'entries/s' | '%' | 's';
  /** At least, for a ratio or speed; below, for megabytes and percent. Absent: told, not judged. */
  readonly mark?: number;
}

export interface Result {
  readonly rows: readonly Row[];
  /** How it was measured, and anything that makes a number doubtful. */
  readonly notes: readonly string[];
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 1 ? middle : middle - 1], sorted[middle]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
};

export const rate = (perSecond: number, what: string): string =>
  `${Math.round(perSecond).toLocaleString('en-GB')} ${what}/s`;

const below = (unit: Row['unit']): boolean => unit === 'MB' || unit === '%' || unit === 's';

export const isMet = ({ value, unit, mark }: Row): boolean | undefined =>
  mark === undefined ? undefined : below(unit) ? value < mark : value >= mark;

const verdict = (row: Row): string => ({ true: 'met', false: 'MISSED', undefined: '' })[`${isMet(row)}`] ?? '';
const shown = ({ value, unit }: Row): string => (unit === 'ratio' ? value.toFixed(2) : `${Math.round(value)} ${unit}`);
const marked = ({ mark, unit }: Row): string =>
  mark === undefined ? '–' : below(unit) ? `< ${mark} ${unit}` : unit === 'ratio' ? `≥ ${mark}` : `≥ ${mark} ${unit}`;

export const format = ({ rows, notes }: Result): string => {
  const cells = [
    ['benchmark', 'hub', 'ceiling', 'ratio', 'mark', ''],
    ...rows.map((row) => [row.benchmark, row.hub, row.ceiling, shown(row), marked(row), verdict(row)]),
  ];
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const table = cells.map((line) =>
    line
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...table, '', ...notes.map((note) => `- ${note}`)].join('\n');
};
