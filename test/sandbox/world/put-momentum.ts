// A citizen's rows into the job-centre stub's tables after an event.
import type { MomentumData, MomentumRow } from '../momentum/data.ts';
import type { MomentumRows } from './to-momentum.ts';

/** Puts only those rows that differ from what is there, so that times of change rise honestly. */
export const putMomentum = (data: MomentumData, rows: MomentumRows): void => {
  const into = <Row extends MomentumRow>(
    table: { get(id: string): Row | undefined; put(row: Row): void },
    list: readonly Row[],
  ): void => {
    for (const row of list) {
      const old = table.get(row.id);
      if (
        old &&
        JSON.stringify({ ...old, createdAt: '', updatedAt: '' }) ===
          JSON.stringify({ ...row, createdAt: '', updatedAt: '' })
      )
        continue;
      table.put(old ? { ...row, createdAt: old.createdAt } : row);
    }
  };
  into(data.citizens, rows.citizens);
  into(data.plans, rows.plans);
  into(data.offers, rows.offers);
  into(data.meetings, rows.meetings);
  into(data.tasks, rows.tasks);
  into(data.journals, rows.journals);
  into(data.tags, rows.tags);
  into(data.caseworkers, rows.caseworkers);
  into(data.privateContacts, rows.privateContacts);
};
