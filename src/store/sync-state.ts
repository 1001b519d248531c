// Per source and kind: checkpoint, the complete load under way, and what has been reached. Written in the page's
// transaction, so at-least-once pulling has exactly-once effect.
import { bornSource } from './born.ts';
import { type Db, type Pool, transaction } from './db.ts';
import { lockPeople } from './subjects.ts';

export interface SyncState {
  readonly checkpoint: unknown;
  readonly load: number;
  readonly loadStartedAt: Date | null;
  readonly loadComplete: boolean;
  readonly loadSweep: boolean;
  /** Drawn when the load began; see looks.ts. */
  readonly loadPosition: number;
  readonly loadServed: number;
  readonly loadPages: number;
  readonly lastLoadStartedAt: Date | null;
  readonly lastCompleteAt: Date | null;
  readonly lastSweepAt: Date | null;
  readonly mappingVersion: string | null;
  /** Of the settings the stored records were shaped by; null: not known. */
  readonly settingsDigest: string | null;
  readonly reloadWanted: boolean;
  readonly paused: boolean;
}

interface Row {
  readonly checkpoint: unknown;
  readonly load: number;
  readonly load_started_at: Date | null;
  readonly load_complete: boolean;
  readonly load_sweep: boolean;
  readonly load_position: number;
  readonly load_served: number;
  readonly load_pages: number;
  readonly last_load_started_at: Date | null;
  readonly last_complete_at: Date | null;
  readonly last_sweep_at: Date | null;
  readonly mapping_version: string | null;
  readonly settings_digest: string | null;
  readonly reload_wanted: boolean;
  readonly paused: boolean;
}

const untouched: SyncState = {
  checkpoint: null,
  load: 0,
  loadStartedAt: null,
  loadComplete: true,
  loadSweep: true,
  loadPosition: 0,
  loadServed: 0,
  loadPages: 0,
  lastLoadStartedAt: null,
  lastCompleteAt: null,
  lastSweepAt: null,
  mappingVersion: null,
  settingsDigest: null,
  reloadWanted: false,
  paused: false,
};

/** A kind that was never pulled has a state too: the beginning. */
export const readSyncState = async (db: Db, source: string, kind: string): Promise<SyncState> => {
  const { rows } = await db.query<Row>('select * from sync_state where source = $1 and kind = $2', [source, kind]);
  const row = rows[0];
  if (row === undefined) return untouched;
  return {
    checkpoint: row.checkpoint,
    load: row.load,
    loadStartedAt: row.load_started_at,
    loadComplete: row.load_complete,
    loadSweep: row.load_sweep,
    loadPosition: row.load_position,
    loadServed: row.load_served,
    loadPages: row.load_pages,
    lastLoadStartedAt: row.last_load_started_at,
    lastCompleteAt: row.last_complete_at,
    lastSweepAt: row.last_sweep_at,
    mappingVersion: row.mapping_version,
    settingsDigest: row.settings_digest,
    reloadWanted: row.reload_wanted,
    paused: row.paused,
  };
};

/**
 * Starts a complete load from the beginning. What is stored stays; `sweep` says whether what it does not see goes. It
 * waits for pages under way, so that a key they store is either known to this load or asked for after its beginning.
 */
export const startLoad = (
  pool: Pool,
  source: string,
  kind: string,
  options: Pick<SyncState, 'settingsDigest'> & {
    readonly sweep: boolean;
    readonly mappingVersion: string;
    readonly keepCheckpoint: boolean;
  },
): Promise<void> =>
  transaction(pool, async (tx) => {
    await lockPeople(tx);
    await tx.query('delete from load_page where source = $1 and kind = $2', [source, kind]);
    await tx.query('insert into sync_state (source, kind) values ($1, $2) on conflict do nothing', [source, kind]);
    await tx.query(
      `update sync_state set checkpoint = case when $5 then checkpoint end, load = load + 1, load_started_at = clock_timestamp(), load_complete = false,
         load_sweep = $3, load_position = nextval('look_position'), load_served = 0, load_pages = 0, reload_wanted = false, mapping_version = $4, settings_digest = $6 where source = $1 and kind = $2`,
      [source, kind, options.sweep, options.mappingVersion, options.keepCheckpoint, options.settingsDigest],
    );
  });

/** What is stored is taken to be shaped by these settings: nothing was known of it. */
export const noteSettings = async (db: Db, source: string, kind: string, digest: string): Promise<void> => {
  await db.query(
    'update sync_state set settings_digest = $3 where source = $1 and kind = $2 and settings_digest is null',
    [source, kind, digest],
  );
};

export interface PageProgress {
  readonly checkpoint: unknown;
  readonly served: number;
  /** Stored keys seen on this page, while a load that sweeps is under way. */
  readonly seenKeys: readonly string[] | undefined;
  /** A record's key could not be read: this load sweeps nothing. */
  readonly cancelSweep: boolean;
}

/** Saves the checkpoint with the page. */
export const saveProgress = async (
  tx: Db,
  source: string,
  kind: string,
  load: number,
  progress: PageProgress,
): Promise<void> => {
  const { seenKeys = [], cancelSweep, served } = progress;
  await tx.query({
    name: 'save-progress',
    text: `with seen as (
        insert into load_page (source, kind, load, keys) select $1::text, $2::text, $6::int, $7::text[] where $7 <> '{}')
      update sync_state set checkpoint = $3, load_served = load_served + $4, load_pages = load_pages + 1, load_sweep = load_sweep and not $5
      where source = $1 and kind = $2`,
    values: [source, kind, JSON.stringify(progress.checkpoint), served, cancelSweep, load, seenKeys],
  });
};

/** The load under way has ended. One that found the source unchanged pulled nothing: people who wait still do. */
export const endLoad = async (tx: Db, source: string, kind: string, pulled: boolean): Promise<void> => {
  await tx.query(
    `update sync_state set load_complete = true, last_complete_at = now(),
       last_sweep_at = case when load_sweep or load = 1 then now() else last_sweep_at end,
       last_load_started_at = case when $3 then load_started_at else last_load_started_at end where source = $1 and kind = $2`,
    [source, kind, pulled],
  );
  await tx.query('delete from load_page where source = $1 and kind = $2', [source, kind]);
};

/** Ends a load that cannot become complete: nothing is swept, and the next run starts a new one. */
export const giveUpLoad = async (db: Db, source: string, kind: string): Promise<void> => {
  await db.query(
    'update sync_state set load_complete = true, load_sweep = false, reload_wanted = true where source = $1 and kind = $2',
    [source, kind],
  );
};

/** An incremental run has caught up. */
export const markComplete = async (db: Db, source: string, kind: string): Promise<void> => {
  await db.query('update sync_state set last_complete_at = now() where source = $1 and kind = $2', [source, kind]);
};

export const wantReload = async (db: Db, source: string, kinds: readonly string[]): Promise<void> => {
  await db.query(
    `insert into sync_state (source, kind, reload_wanted) select $1, k, true from unnest($2::text[]) as k
     on conflict (source, kind) do update set reload_wanted = true`,
    [source, kinds],
  );
};

export const setPaused = async (db: Db, source: string, kinds: readonly string[], paused: boolean): Promise<void> => {
  await db.query(
    `insert into sync_state (source, kind, paused) select $1, k, $3 from unnest($2::text[]) as k
     on conflict (source, kind) do update set paused = excluded.paused`,
    [source, kinds, paused],
  );
};

/** In place of a kind: held by whoever replays a source's quarantine. */
export const replayLock = '*replay';

/**
 * Makes every stored record of a kind count as different, so that a complete load writes each anew; until that load has
 * ended the source is unknown. What readers hold is compared by content, so they learn of the net difference only.
 */
export const forgetContent = async (db: Db, source: string, kind: string): Promise<void> => {
  await db.query(`update record set content_hash = '', raw_hash = null where source = $1 and source_kind = $2`, [
    source,
    kind,
  ]);
  await db.query('update sync_state set last_complete_at = null where source = $1 and kind = $2', [source, kind]);
};

/** The same for some records of sources: who they are about may be no longer who is written down. */
export const forgetContentOf = async (tx: Db, ids: readonly string[]): Promise<void> => {
  if (ids.length > 0)
    await tx.query(`update record set content_hash = '', raw_hash = null where id = any($1::uuid[]) and source <> $2`, [
      ids,
      bornSource,
    ]);
};
