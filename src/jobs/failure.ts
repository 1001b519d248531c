// What becomes of a run that failed: its row, its line in the log, its source's breaker. Nothing of what is kept or logged
// holds a value.
import { asHubError, HubError } from '../errors.ts';
import { reportFailure } from '../store/breaker.ts';
import { storeError } from '../store/db.ts';
import { endRun } from '../store/runs.ts';
import { isSourceTrouble, isStopped } from './outcome.ts';
import type { WorkDeps, WorkSource } from './worker.ts';

export const failRun = async (deps: WorkDeps, work: WorkSource, runId: string, error: HubError): Promise<void> => {
  const name = work.source.name;
  if (isStopped(error)) {
    await endRun(deps.pool, runId, 'cancelled', error);
    deps.log.info({ event: 'run.stopped', source: name, run: runId, error });
    return;
  }
  await endRun(deps.pool, runId, 'failed', error);
  deps.log.warn({ event: 'run.failed', source: name, run: runId, error, cause: causeOf(error) });
  if (isSourceTrouble(error) && (await reportFailure(deps.pool, name, error.code, work.breaker)))
    deps.log.warn({ event: 'breaker.opened', source: name, code: error.code });
};

/** A bug's own type and first stack line of ours, so that it can be found; messages may hold values and stay out. */
export const causeOf = (error: HubError): string | undefined => {
  if (error.fault !== 'bug' || !(error.cause instanceof Error)) return undefined;
  const place = error.cause.stack?.split('\n').find((line) => /\/(src|adapters)\//.test(line));
  return `${error.cause.name}${place === undefined ? '' : ` ${place.trim().replace(/\(?[^(\s]*\/(src|adapters)\//, '$1/')}`}`;
};

/** Trouble with the database is told by its SQLSTATE; whatever else is foreign is a bug. */
export const safeError = (thrown: unknown): HubError => {
  const code = (thrown as { code?: unknown } | null)?.code;
  return thrown instanceof HubError || typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)
    ? asHubError(thrown)
    : storeError(thrown);
};
