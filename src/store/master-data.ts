// Master data (stamoplysninger): the citizen records of all sources merged field by field in one configured order, the
// same for all readers. It carries no source, time or journal link; a protected person's name and address are left out
// for private readers.
import { copenhagenDay } from '../clock.ts';
import { ageOn } from '../model/cpr.ts';
import { citizen } from '../model/kinds.ts';
import { revealingFields } from '../model/reveal.ts';

export type MasterFields = Readonly<Record<string, unknown>>;

const fieldNames = Object.keys(citizen.shape) as readonly (keyof typeof citizen.shape)[];
const revealing = new Set(revealingFields('citizen'));

const merge = (records: readonly MasterFields[], order: readonly string[]): MasterFields => {
  const rank = (record: MasterFields): number =>
    (order.indexOf(String(record['source'])) + order.length + 1) % (order.length + 1);
  const name = (record: MasterFields): string => `${record['source']} ${record['id']}`;
  const sorted = [...records].sort((a, b) => rank(a) - rank(b) || (name(a) < name(b) ? -1 : 1));
  const merged: Record<string, unknown> = {};
  for (const fields of sorted)
    for (const field of fieldNames)
      if (merged[field] === undefined && fields[field] !== undefined) merged[field] = fields[field];
  return merged;
};

const withoutRevealing = (fields: MasterFields): MasterFields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !revealing.has(name as never)));

/** One citizen's records (as the sources gave them) merged, with the age they have on `now`'s Copenhagen day; `hide` leaves out name and address. */
export const presentMaster = (
  citizenId: string,
  records: readonly MasterFields[],
  order: readonly string[],
  now: Date,
  hide: boolean,
): MasterFields => {
  const merged = merge(records, order);
  const birth = merged['birthDate'];
  const age = typeof birth === 'string' ? { age: ageOn(birth, copenhagenDay(now)) } : {};
  const full = { id: citizenId, kind: 'citizen', ...merged, ...age };
  return hide ? withoutRevealing(full) : full;
};
