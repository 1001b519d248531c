// A checkpoint as an operator may see it: which positions it holds, and of them only counts and moments. What an adapter
// keeps there may be a key, a token, an address or a citizen's id, so text shows as what it is, never as what it says.

export interface CheckpointWord {
  /** Name of the position in the checkpoint, dots between; empty when it is one value. */
  readonly name: string;
  readonly type: 'count' | 'moment' | 'flag' | 'text' | 'list' | 'nothing';
  /** Of counts, moments and flags; of lists the length; null where the value stays hidden. */
  readonly value: string | null;
}

const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/;
const day = /^(19|20)\d{2}-\d{2}-\d{2}$/;
const mostWords = 20;

const wordOf = (name: string, value: unknown): CheckpointWord => {
  if (value === null || value === undefined) return { name, type: 'nothing', value: null };
  if (typeof value === 'boolean') return { name, type: 'flag', value: String(value) };
  // A longer number may be somebody's.
  if (typeof value === 'number')
    return { name, type: 'count', value: Number.isInteger(value) && Math.abs(value) < 1e8 ? String(value) : null };
  if (typeof value === 'string') {
    const isMoment = moment.test(value) || day.test(value);
    return { name, type: isMoment ? 'moment' : 'text', value: isMoment ? value : null };
  }
  return { name, type: 'list', value: Array.isArray(value) ? String(value.length) : null };
};

/** An adapter names its positions; a name that is none is data used as one. */
const isName = (key: string): boolean => /^[A-Za-z][A-Za-z_-]{0,40}$/.test(key);

const wordsIn = (name: string, value: unknown, depth: number): readonly CheckpointWord[] => {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [wordOf(name, value)];
  const entries = Object.entries(value);
  if (depth === 0 || entries.some(([key]) => !isName(key)))
    return [{ name, type: 'list', value: String(entries.length) }];
  return entries.flatMap(([key, inner]) => wordsIn(name === '' ? key : `${name}.${key}`, inner, depth - 1));
};

/** Empty: there is no checkpoint. */
export const checkpointWords = (checkpoint: unknown): readonly CheckpointWord[] =>
  checkpoint === null || checkpoint === undefined ? [] : wordsIn('', checkpoint, 2).slice(0, mostWords);
