// Values that the code tables and conditions of mappings know: words of a system, not of anybody in it.
import { type MappingFolders, readCodeTables, readMappingFiles } from '../mapping/load.ts';

/** Every text in lists named `in`, `notIn` and `other`, wherever in a mapping they stand. */
const conditionsIn = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(conditionsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    ['in', 'notIn', 'other'].includes(name) && Array.isArray(inner)
      ? inner.filter((one): one is string => typeof one === 'string')
      : conditionsIn(inner),
  );
};

export const knownCodes = (folders: MappingFolders, system: string): ReadonlySet<string> => {
  const tables = readCodeTables(folders, []);
  const files = readMappingFiles(folders, system, []);
  return new Set([
    ...[...tables.values()].flatMap((table) => [...table.entries.keys()]),
    ...files.flatMap((file) => conditionsIn({ ...file.spec, examples: [] })),
  ]);
};
