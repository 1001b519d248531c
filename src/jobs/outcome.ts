// The only place that turns a failed run into retry or stop. BullMQ keeps messages and stacks of failed jobs, so what it
// is given holds the code and the safe message, and no stack.
import { UnrecoverableError } from 'bullmq';
import type { Fault, HubError } from '../errors.ts';

/** Faults that time or the network may heal are tried again by the queue; the others wait for the next schedule. */
export const isRetried = (error: HubError): boolean => error.fault === 'transient' && error.code !== 'run/cancelled';

/** Ended on purpose, by somebody or by a policy that waits for somebody: nothing is wrong with it. */
export const isStopped = (error: HubError): boolean => ['run/cancelled', 'run/drift-held'].includes(error.code);

/** Faults that say something about the source's health, and count for its breaker. */
export const isSourceTrouble = (error: { readonly fault: Fault; readonly code: string }): boolean =>
  error.fault === 'transient' &&
  ['source/unreachable', 'source/timeout', 'source/unavailable', 'source/rate-limited'].includes(error.code);

export const jobError = (error: HubError): Error => {
  const text = `${error.code}: ${error.message}`;
  const failed = isRetried(error) ? new Error(text) : new UnrecoverableError(text);
  failed.stack = text;
  if (error.retryAfterMs !== undefined) Object.assign(failed, { retryAfterMs: error.retryAfterMs });
  return failed;
};
