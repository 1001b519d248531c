// The figures as they may be read: months that were counted once, through suppression and nothing else. No person is in what
// is read here. Who reads it is written down by whoever shows it.
import type { Db } from './db.ts';
import {
  type HappeningName,
  happenings,
  type PartitionName,
  partitionCells,
  partitions,
  type StandingName,
  standings,
} from './figure-count.ts';
import {
  type ExactCell,
  rounded,
  type ShownCell,
  type ShownTable,
  suppressEach,
  suppressPartition,
} from './suppression.ts';

/** How things were when a month was counted. */
export interface MonthStanding {
  /** `2026-11`. */
  readonly month: string;
  readonly takenAt: Date;
  /** Enrolled, to the nearest five. */
  readonly citizens: number;
  /**
   * Citizens by their number of plans that are not over, of contacts, of professionals among those, and whether appointments of
   * the next 30 days overlap. Everybody is in one cell. Amounts: plans, contacts, professionals, citizens.
   */
  readonly partitions: Readonly<Record<PartitionName, ShownTable>>;
  /** Citizens with interventions that are not over, and these, by domain and by paragraph; the most first. */
  readonly standings: Readonly<Record<StandingName, readonly ShownCell[]>>;
}

export interface MonthHappening {
  readonly month: string;
  /**
   * Citizens who met a goal and the goals, by domain; who were at a network meeting and the meetings; who were enrolled. A
   * month in which nothing happened has no cell.
   */
  readonly cells: readonly ShownCell[];
}

export interface Figures {
  /** The oldest first; empty until one was counted: see `takeFigures`. */
  readonly months: readonly MonthStanding[];
  /** Of whole months that are over, the oldest first. */
  readonly happenings: Readonly<Record<HappeningName, readonly MonthHappening[]>>;
}

interface Row extends ExactCell {
  readonly month: string;
  readonly name: string;
}

interface MonthRow {
  readonly month: string;
  readonly takenAt: Date;
  readonly citizens: number | null;
}

const cellsOf = (rows: readonly Row[], month: string, name: string): readonly ExactCell[] =>
  rows
    .filter((row) => row.month === month && row.name === name)
    .map(({ cell, persons, amount }) => ({ cell, persons, amount }));

/** All cells of a partition, in their order: one that nobody is in says so. */
const partition = (rows: readonly Row[], month: string, name: PartitionName): ShownTable => {
  const known = cellsOf(rows, month, name);
  return suppressPartition(
    partitionCells[name].map((cell) => known.find((one) => one.cell === cell) ?? { cell, persons: 0, amount: 0 }),
  );
};

/** Named by sources: the name of what is left out would tell that somebody has it. In the order of what is shown. */
const standing = (rows: readonly Row[], month: string, name: StandingName): readonly ShownCell[] =>
  suppressEach(cellsOf(rows, month, name))
    .filter(({ persons }) => persons !== null)
    .sort((a, b) => (b.persons ?? 0) - (a.persons ?? 0) || a.cell.localeCompare(b.cell, 'da'));

const record = <K extends string, V>(names: readonly K[], of: (name: K) => V): Readonly<Record<K, V>> =>
  Object.fromEntries(names.map((name) => [name, of(name)])) as Record<K, V>;

/** Of the last so many months. */
export const readFigures = async (db: Db, months = 24): Promise<Figures> => {
  const { rows: known } = await db.query<{ [K in keyof MonthRow]: MonthRow[K] }>(
    `select * from (select to_char(month, 'YYYY-MM') as month, taken_at as "takenAt", citizens from figure_month
       order by month desc limit $1) m order by month`,
    [months],
  );
  const { rows } = await db.query<{ [K in keyof Row]: Row[K] }>(
    `select to_char(month, 'YYYY-MM') as month, name, cell, persons, amount from figure
     where month in (select month from figure_month order by month desc limit $1) order by name, cell`,
    [months],
  );
  const taken = known.filter((one): one is MonthRow & { citizens: number } => one.citizens !== null);
  const newest = taken.at(-1)?.month ?? '';
  return {
    months: taken.map(({ month, takenAt, citizens }) => ({
      month,
      takenAt,
      citizens: rounded(citizens),
      partitions: record(partitions, (name) => partition(rows, month, name)),
      standings: record(standings, (name) => standing(rows, month, name)),
    })),
    happenings: record(happenings, (name) =>
      known
        .filter(({ month }) => month < newest)
        .map(({ month }) => ({ month, cells: suppressEach(cellsOf(rows, month, name)) })),
    ),
  };
};
