// Records that are objects already, of XML and JSON lines: top-level names as the mappings want them, the key by paths.
// What is no object keeps its shape, which the kind's schema refuses: a bad record, not a failed run.
import type { RawRecord } from '../../src/adapter/contract.ts';
import { textAt as fieldText } from '../../src/adapter/fields.ts';
import { HubError } from '../../src/errors.ts';
import type { KindSettings } from './config.ts';
import { type KeyMaker, keyMaker } from './keys.ts';

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands at a name or a path such as `case.id`, as text; of a list the first. Empty when there is none. */
export const textAt = (body: unknown, path: string): string => {
  // A CSV column may have a dot in its name.
  const own = isFields(body) && Object.hasOwn(body, path) ? body[path] : undefined;
  return typeof own === 'string' ? own : (fieldText(body, path) ?? '');
};

export type NestedReader = (value: unknown) => RawRecord;

/** Gives the record of each value of one file; values must come in file order. */
export const nestedReader = (settings: KindSettings, key: KeyMaker = keyMaker(settings)): NestedReader => {
  const { rename, keyColumns, keyTextColumns } = settings;
  return (value) => {
    if (!isFields(value)) return { key: '', body: value };
    const body =
      rename.size === 0
        ? value
        : Object.fromEntries(Object.entries(value).map(([name, inner]) => [rename.get(name) ?? name, inner]));
    const at = (paths: readonly string[]): string[] => paths.map((path) => textAt(body, path));
    return { key: key(at(keyColumns), at(keyTextColumns)), body };
  };
};

/** A file without header shows by its first records whether it is what was expected. @throws source/bad-answer */
export const requireFields = (records: readonly RawRecord[], settings: KindSettings): void => {
  const objects = records.filter((record) => isFields(record.body));
  if (objects.length === 0) return;
  const missing = [...settings.keyColumns, ...settings.requiredColumns].filter((path) =>
    objects.every((record) => textAt(record.body, path) === ''),
  );
  if (missing.length > 0)
    throw new HubError({
      code: 'source/bad-answer',
      fault: 'source',
      message: `The first records of the file lack ${[...new Set(missing)].join(', ')}.`,
      hint: 'If the vendor renamed it, say so under columns: {their name: our name}, or name its path: case.id.',
    });
};
