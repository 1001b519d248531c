// Keeping the raw records of a page for a short while, where the kind's configuration asks for it: only those of enrolled
// citizens, as the source wrote them. Nothing is done, and nothing is asked of the database, where it does not.
import type { Page } from '../adapter/contract.ts';
import type { Tx } from '../store/db.ts';
import { forgetRetained, retain } from '../store/retained.ts';
import { storedKey } from './compose.ts';
import { storable } from './decode.ts';
import type { PipelineDeps, SyncKind, SyncSource } from './source.ts';
import type { WithSubject } from './subject.ts';

export interface Kept {
  readonly enrolled: readonly WithSubject[];
  /** About nobody who is enrolled (any more). */
  readonly strangers: readonly WithSubject[];
  readonly deleted: readonly string[];
}

/** Nested too deeply to be written down: then there is nothing to keep. */
const writable = (body: unknown): boolean => {
  try {
    JSON.stringify(body);
    return true;
  } catch {
    return false;
  }
};

export const retainPage = async (
  tx: Tx,
  deps: PipelineDeps,
  source: SyncSource,
  kind: SyncKind,
  page: Page<unknown>,
  { enrolled, strangers, deleted }: Kept,
): Promise<void> => {
  if (kind.retain === undefined) return;
  const at = { source: source.name, kind: kind.name };
  const keyOf = (key: string): string => storedKey(deps.keys, source.name, kind, key);
  const gone = [...strangers.map((record) => record.key), ...deleted].filter(storable);
  await forgetRetained(tx, at, gone.map(keyOf));
  // What decoding made of a body may not be what decoding could read again.
  const raw = new Map(page.records.map(({ key, body }) => [key, body]));
  const expiresAt = new Date(deps.clock.now().getTime() + kind.retain);
  await retain(
    tx,
    deps.keys,
    { ...at, expiresAt },
    enrolled
      .filter((record) => writable(raw.get(record.key)))
      .map(({ key, subjects }) => ({
        key: keyOf(key),
        content: { key, body: raw.get(key) },
        homes: subjects.map((subject) => subject.homeId),
      })),
  );
};
