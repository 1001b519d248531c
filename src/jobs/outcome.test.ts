// Which faults are tried again, which say something about the source, and what the queue is allowed to keep of them.
import { UnrecoverableError } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { asHubError, type ErrorCode, type Fault, HubError } from '../errors.ts';
import { isRetried, isSourceTrouble, jobError } from './outcome.ts';

const error = (code: ErrorCode, fault: Fault, more: object = {}): HubError =>
  new HubError({ code, fault, message: 'Safe.', cause: new Error('120375-1234 Anna And'), ...more });

describe('outcome', () => {
  it('retries what time can heal, and nothing else', () => {
    expect(isRetried(error('source/timeout', 'transient'))).toBe(true);
    expect(isRetried(error('store/unavailable', 'transient'))).toBe(true);
    expect(isRetried(error('source/unauthorised', 'config'))).toBe(false);
    expect(isRetried(error('source/bad-answer', 'source'))).toBe(false);
    expect(isRetried(asHubError(new TypeError('x')))).toBe(false);
  });

  it('does not retry a run that was stopped: it goes on when somebody works again', () => {
    expect(isRetried(error('run/cancelled', 'transient'))).toBe(false);
  });

  it('counts for the breaker only what the source or the network did', () => {
    expect(isSourceTrouble(error('source/unreachable', 'transient'))).toBe(true);
    expect(isSourceTrouble(error('source/rate-limited', 'transient'))).toBe(true);
    expect(isSourceTrouble(error('store/unavailable', 'transient'))).toBe(false);
    expect(isSourceTrouble(error('source/bad-answer', 'source'))).toBe(false);
  });

  it('gives the queue code and safe message, no stack, no cause, and the source’s wish', () => {
    const failed = jobError(error('source/rate-limited', 'transient', { retryAfterMs: 7000 }));
    expect(failed).not.toBeInstanceOf(UnrecoverableError);
    expect(failed).toMatchObject({ message: 'source/rate-limited: Safe.', retryAfterMs: 7000 });
    expect(failed.stack).toBe('source/rate-limited: Safe.');
    expect(failed.cause).toBeUndefined();
    expect(jobError(error('source/bad-answer', 'source'))).toBeInstanceOf(UnrecoverableError);
  });
});
