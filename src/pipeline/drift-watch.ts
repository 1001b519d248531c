// Watches one run for drift: knows what the kind's records used to look like, compares page by page and at the end of a
// complete load, and does what the kind's policy says. `note` counts. `hold` stores no further page, or sweeps nothing by
// itself; the kind waits until somebody accepts. `stop` fails the run and gives up its load; the kind is paused.
import { HubError } from '../errors.ts';
import { withSelectors } from '../mapping/drift.ts';
import { compileShape, shapePath } from '../mapping/shape.ts';
import { type Tx, transaction } from '../store/db.ts';
import {
  countDrift,
  type DriftFound,
  type DriftPolicies,
  type DriftType,
  listDrift,
  settleDrift,
} from '../store/drift.ts';
import {
  addFieldHistory,
  addLoad,
  hadRecords,
  loadHistory,
  readFieldHistory,
  runHistory,
} from '../store/field-seen.ts';
import { giveUpLoad, type SyncState, setPaused } from '../store/sync-state.ts';
import { createFieldWatch } from './field-watch.ts';
import type { PipelineDeps, SyncKind, SyncSource } from './source.ts';
import { judgeVolume } from './volume.ts';

export interface DriftWatch {
  /** What is found on a page, with what becomes of it. @throws HubError when nothing of the page may be stored. */
  page(bodies: readonly unknown[], found: readonly DriftFound[]): readonly DriftFound[];
  /** Before a complete load is swept. @returns true when it may remove nothing by itself. @throws HubError when it may not end. */
  endOfLoad(load: { readonly served: number; readonly crawled: boolean }): Promise<boolean>;
  /** In the transaction that ends the load. */
  noteLoad(
    tx: Tx,
    load: { readonly number: number; readonly served: number; readonly crawled: boolean },
  ): Promise<void>;
  /** After a run that has caught up: so many changes at once are noted; they are stored already. */
  endOfRun(runId: string, served: number): Promise<void>;
  /** After a run that ended here: writes down why, and pauses the kind. */
  broken(load: number | undefined): Promise<void>;
  /** What the run has seen becomes part of what is known. */
  close(): Promise<void>;
}

const aspects: Readonly<Record<DriftType, keyof DriftPolicies>> = {
  'unknown-field': 'newField',
  'vanished-field': 'vanishedField',
  'unknown-code': 'unknownCode',
  'type-change': 'typeChange',
  'zero-rows': 'zeroRows',
  volume: 'volume',
};

/** Fewer changes in one pull than this are never strange. */
const manyChanges = 1000;

const inWords = ({ type, name, was, became }: DriftFound): string =>
  became === undefined ? `${type} ${name}` : `${type} ${name}: ${was ?? '–'} → ${became}`;

const haltError = (halting: readonly DriftFound[]): HubError => {
  const stops = halting.some((one) => one.did === 'stop');
  return new HubError({
    code: stops ? 'run/drift-stopped' : 'run/drift-held',
    fault: 'config',
    message: `The source's records are not what they were (${halting.slice(0, 5).map(inWords).join('; ')}); nothing was stored of this page and nothing removed. The kind is paused.`,
    hint: '`samspil drift list` shows it. Correct the mapping and resume the kind, or `samspil drift accept <id>`.',
  });
};

/** Paths the mapping reads; others may change as they like. */
const readPaths = (kind: SyncKind): ReadonlySet<string> =>
  new Set(
    (kind.mapping?.reads ?? [])
      .flatMap(({ path }) => withSelectors(path))
      .map(shapePath)
      .filter((path) => path !== ''),
  );

export const openDriftWatch = async (
  deps: PipelineDeps,
  source: SyncSource,
  kind: SyncKind,
  state: SyncState,
): Promise<DriftWatch> => {
  const at = [source.name, kind.name] as const;
  const accepted = (await listDrift(deps.pool, { source: source.name, kind: kind.name, all: true })).filter(
    (one) => one.acceptedAt !== null,
  );
  const paths = readPaths(kind);
  const shapeOf = compileShape(paths);
  const fields = createFieldWatch(paths, await readFieldHistory(deps.pool, ...at), state.lastCompleteAt === null);
  let halting: readonly DriftFound[] = [];
  let atEnd: readonly DriftFound[] = [];

  const isAccepted = (found: DriftFound): boolean =>
    accepted.some(
      (one) =>
        one.type === found.type &&
        one.name === found.name &&
        (found.became ?? null) === one.became &&
        (found.codes ?? []).every((code) => one.codes.includes(code)),
    );
  const judged = (found: DriftFound): DriftFound => ({
    ...found,
    did: isAccepted(found) ? 'note' : (kind.drift?.[aspects[found.type]] ?? 'note'),
  });
  const halt = (found: readonly DriftFound[]): void => {
    if (found.length === 0) return;
    halting = found;
    throw haltError(found);
  };

  return {
    page(bodies, found) {
      const all = [...found, ...fields.page(bodies.map(shapeOf))].map(judged);
      halt(all.filter((one) => one.did !== 'note'));
      return all;
    },
    async endOfLoad({ served, crawled }) {
      const found = [...fields.end()];
      const history = await loadHistory(deps.pool, ...at);
      const { verdict, median } = judgeVolume(history, served);
      const counts = { name: 'complete load', times: 1, was: `about ${median} records`, became: `${served} records` };
      if (served === 0 && (await hadRecords(deps.pool, ...at))) found.push({ ...counts, type: 'zero-rows' });
      else if (!crawled && verdict === 'far') found.push({ ...counts, type: 'volume' });
      atEnd = found.map(judged);
      halt(atEnd.filter((one) => one.did === 'stop'));
      return atEnd.some((one) => one.did === 'hold');
    },
    async noteLoad(tx, { number, served, crawled }) {
      await countDrift(tx, ...at, atEnd);
      if (served > 0) await settleDrift(tx, ...at, 'zero-rows');
      if (!crawled) await addLoad(tx, ...at, number, served);
    },
    async endOfRun(runId, servedNow) {
      if (servedNow <= manyChanges) return;
      const { served, before } = await runHistory(deps.pool, runId);
      const { verdict, median } = judgeVolume(before, served, manyChanges);
      if (verdict !== 'far' || served < median) return;
      const was = `about ${median} changes`;
      const found = { type: 'volume', name: 'one pull', times: 1, was, became: `${served} changes` } as const;
      await countDrift(deps.pool, ...at, [found]);
    },
    async broken(load) {
      const found = halting;
      if (found.length === 0) return;
      halting = [];
      await transaction(deps.pool, async (tx) => {
        await countDrift(tx, ...at, found);
        await setPaused(tx, source.name, [kind.name], true);
        // The next load begins anew; a run that is only held goes on where it stopped.
        if (load !== undefined && found.some((one) => one.did === 'stop')) await giveUpLoad(tx, ...at);
      });
      deps.log.warn({ event: 'drift.paused', source: source.name, kind: kind.name, found: found.length });
    },
    async close() {
      const looked = fields.looked();
      if (looked.length > 0) await transaction(deps.pool, (tx) => addFieldHistory(tx, ...at, looked));
    },
  };
};
