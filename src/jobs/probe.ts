// May a source be asked now? An open breaker whose time has come lets one job of one worker through, and that one asks
// with the source's probe before it pulls anything: a dead source costs one small request, not a page of every kind.
import { type BreakerPass, passBreaker, reportFailure } from '../store/breaker.ts';
import { safeError } from './failure.ts';
import { isSourceTrouble } from './outcome.ts';
import type { WorkDeps, WorkSource } from './worker.ts';

const probeMs = 30_000;

/** The trouble the probe met, by code; undefined when the source answers, if only that it refuses us. */
const troubleOf = async ({ source }: WorkSource, signal: AbortSignal): Promise<string | undefined> => {
  const timeout = AbortSignal.timeout(probeMs);
  try {
    const opened = await source.open();
    try {
      const result = await opened.probe(AbortSignal.any([signal, timeout]));
      if (result.up) return undefined;
      return timeout.aborted ? 'source/timeout' : result.code;
    } finally {
      await opened.close().catch(() => undefined);
    }
  } catch (thrown) {
    return safeError(thrown).code;
  }
};

/** Whoever passes while the breaker is half-open decides it: a success closes it, a failure opens it again. */
export const mayAsk = async (
  deps: WorkDeps,
  work: WorkSource,
  signal: AbortSignal,
): Promise<Omit<BreakerPass, 'probing'>> => {
  const { name } = work.source;
  const passed = await passBreaker(deps.pool, name);
  if (!passed.pass || !passed.probing) return passed;
  const code = await troubleOf(work, signal);
  if (code === undefined || !isSourceTrouble({ fault: 'transient', code })) return passed;
  await reportFailure(deps.pool, name, code, work.breaker);
  deps.log.warn({ event: 'breaker.probed', source: name, up: false, code });
  return { pass: false, waitMs: work.breaker.probeAfter };
};
