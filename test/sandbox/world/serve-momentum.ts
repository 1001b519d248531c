// The job-centre stub's tables over the municipality: rows as they were at the beginning are made when asked for, in
// order of change, which is the order of citizens; what was put since lies over them in an ordinary table. Totals come
// from a count per citizen, taken once.
import { parseNumber } from '../../../src/model/cpr.ts';
import type { MomentumCitizen, MomentumData, MomentumRow, OfCitizen } from '../momentum/data.ts';
import { createTable, type Table } from '../momentum/table.ts';
import { indexOfKey } from './keys.ts';
import type { Ledger } from './ledger.ts';
import { indexOfNumber } from './number.ts';
import { createTally, type Tally } from './tally.ts';

interface Served<Row extends MomentumRow> {
  readonly table: Table<Row>;
  readonly tally: Tally;
}

interface Shape<Row> {
  readonly rows: (index: number) => readonly Row[];
  readonly indexed: (row: Row) => readonly string[];
  /** The index of the one citizen with this indexed value. */
  readonly indexOf: (value: string) => number;
}

const serveTable = <Row extends MomentumRow>({ world, times }: Ledger, shape: Shape<Row>): Served<Row> => {
  const { citizens } = world.options;
  const over = createTable<Row>(shape.indexed);
  const tally = createTally(citizens);
  const lifted = new Set<string>();

  const rowsOf = (index: number): readonly Row[] =>
    index < citizens ? shape.rows(index).filter(({ id }) => !lifted.has(id)) : [];
  const original = (id: string): Row | undefined => rowsOf(indexOfKey(id)).find((row) => row.id === id);
  const lift = (id: string): void => {
    if (original(id) === undefined) return;
    lifted.add(id);
    tally.less(indexOfKey(id));
  };

  function* originals(): IterableIterator<Row> {
    for (let index = 0; index < citizens; index += 1) yield* rowsOf(index);
  }

  const table: Table<Row> = {
    get size() {
      return tally.from(0) + over.size;
    },
    put(row) {
      lift(row.id);
      over.put(row);
    },
    remove(id) {
      lift(id);
      over.remove(id);
    },
    get: (id) => over.get(id) ?? original(id),
    by: (value) => [
      ...rowsOf(shape.indexOf(value)).filter((row) => shape.indexed(row).includes(value)),
      ...over.by(value),
    ],
    *all() {
      yield* originals();
      yield* over.all();
    },
    changed(since, skip, take) {
      const first = since === null ? 0 : times.firstFrom(Date.parse(since));
      const before = tally.from(first);
      const rows: Row[] = [];
      let { index, rest } = tally.place(first, skip);
      for (; index < citizens && rows.length < take; index += 1) {
        const inOrder = rowsOf(index).toSorted((a, b) => (a.id < b.id ? -1 : 1));
        rows.push(...inOrder.slice(rest, rest + take - rows.length));
        rest = 0;
      }
      const later = over.changed(since, Math.max(0, skip - before), take - rows.length);
      return { rows: [...rows, ...later.rows], total: before + later.total };
    },
  };
  return { table, tally };
};

const ofCitizen = (row: OfCitizen): readonly string[] => [row.citizenId];

/** Counting makes every citizen once: a million take some minutes, in turns that let others work. */
export const serveMomentum = async (ledger: Ledger): Promise<MomentumData> => {
  const { citizens } = ledger.world.options;
  const byNumber = (number: string): number => {
    const birthDate = parseNumber(number)?.birthDate;
    return birthDate === undefined ? citizens : indexOfNumber(number, birthDate);
  };
  const of = <Row extends OfCitizen>(rows: (index: number) => readonly Row[]): Served<Row> =>
    serveTable<Row>(ledger, { rows, indexed: ofCitizen, indexOf: indexOfKey });
  const served = {
    citizens: serveTable<MomentumCitizen>(ledger, {
      rows: (index) => ledger.momentum(index).citizens,
      indexed: (row) => [row.cpr, ...(row.previousCprs ?? [])],
      indexOf: byNumber,
    }),
    plans: of((index) => ledger.momentum(index).plans),
    offers: of((index) => ledger.momentum(index).offers),
    meetings: of((index) => ledger.momentum(index).meetings),
    tasks: of((index) => ledger.momentum(index).tasks),
    journals: of((index) => ledger.momentum(index).journals),
    tags: of((index) => ledger.momentum(index).tags),
    caseworkers: of((index) => ledger.momentum(index).caseworkers),
    privateContacts: of((index) => ledger.momentum(index).privateContacts),
  };
  const names = Object.keys(served) as (keyof typeof served)[];
  for (let index = 0; index < citizens; index += 1) {
    const rows = ledger.momentum(index);
    for (const name of names) served[name].tally.set(index, rows[name].length);
    if (index % 1000 === 999) await new Promise((resolve) => setImmediate(resolve));
  }
  return {
    citizens: served.citizens.table,
    plans: served.plans.table,
    offers: served.offers.table,
    meetings: served.meetings.table,
    tasks: served.tasks.table,
    journals: served.journals.table,
    tags: served.tags.table,
    caseworkers: served.caseworkers.table,
    privateContacts: served.privateContacts.table,
    refused: new Set(),
  };
};
