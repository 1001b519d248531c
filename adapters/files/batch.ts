// The records of a page in the making. Of a delta the last word on a key counts, also within one page: a record that was
// deleted and came back is there, one that came and was deleted is not.
import type { RawRecord } from '../../src/adapter/contract.ts';
import type { KindSettings } from './config.ts';
import { textAt } from './nested.ts';

export interface Batch {
  add(record: RawRecord): void;
  /** How much it holds. */
  readonly size: number;
  /** Empties it. */
  take(): { readonly records: readonly RawRecord[]; readonly deleted: readonly string[] };
}

const wholeBatch = (): Batch => {
  let records: RawRecord[] = [];
  return {
    add: (record) => void records.push(record),
    get size() {
      return records.length;
    },
    take: () => {
      const taken = records;
      records = [];
      return { records: taken, deleted: [] };
    },
  };
};

const deltaBatch = (isDeletion: (record: RawRecord) => boolean): Batch => {
  let last = new Map<string, RawRecord | 'deleted'>();
  let unreadable: RawRecord[] = [];
  return {
    add: (record) => {
      if (record.key === '') unreadable.push(record);
      else last.set(record.key, isDeletion(record) ? 'deleted' : record);
    },
    get size() {
      return last.size + unreadable.length;
    },
    take: () => {
      const entries = [...last];
      const records = [...unreadable, ...entries.flatMap(([, record]) => (record === 'deleted' ? [] : [record]))];
      const deleted = entries.flatMap(([key, record]) => (record === 'deleted' ? [key] : []));
      last = new Map();
      unreadable = [];
      return { records, deleted };
    },
  };
};

export const createBatch = ({ delivery, deleted }: KindSettings): Batch =>
  delivery === 'full'
    ? wholeBatch()
    : deltaBatch(({ body }) => deleted?.in.includes(textAt(body, deleted.column).trim()) === true);
