// The settings that shape what is stored of a kind, as one digest: while it is the one the kind was last loaded by, stored
// records say what newly read ones would. When it is another, all come again, as they do for a raised mapping version.
import { createHash } from 'node:crypto';
import { sensitivities } from '../model/values.ts';
import type { Pool } from '../store/db.ts';
import { raiseSensitivity } from '../store/raise.ts';
import { readSyncState } from '../store/sync-state.ts';
import type { SyncKind, SyncSource } from './source.ts';

/** Everything configured that decides what becomes of a record of this kind. */
export const shapingSettings = (source: SyncSource, kind: SyncKind): readonly unknown[] => {
  const { name, domain, sensitivity, ownerUnit, keyIsCpr, mixed } = kind;
  const hashedKeys = source.kinds.filter((other) => other.keyIsCpr).map((other) => other.name);
  return [
    [source.name, source.journalBaseUrl, source.journalTemplates, source.master, hashedKeys, source.described],
    // What was passed over when nothing was believed must be looked at again when something is.
    [source.representation, source.consents],
    [name, domain, sensitivity, ownerUnit, keyIsCpr, mixed],
  ];
};

const known = new WeakMap<SyncKind, string>();

export const settingsDigest = (source: SyncSource, kind: SyncKind): string => {
  const found = known.get(kind);
  if (found !== undefined) return found;
  const digest = createHash('sha256')
    .update(JSON.stringify(shapingSettings(source, kind)))
    .digest('base64url');
  known.set(kind, digest);
  return digest;
};

/** What is to be kept from more people must not wait for a load: stored records are raised where they lie. */
export const raiseStored = async (pool: Pool, source: SyncSource): Promise<number> => {
  let raised = 0;
  for (const kind of source.kinds) {
    if (kind.sensitivity === sensitivities[0]) continue;
    const { settingsDigest: loadedBy } = await readSyncState(pool, source.name, kind.name);
    if (loadedBy === settingsDigest(source, kind)) continue;
    raised += await raiseSensitivity(pool, source.name, kind.name, kind.sensitivity);
  }
  return raised;
};
