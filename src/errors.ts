// The one error class. `fault` says who can fix it; `message` and `hint` are safe to show: they never
// hold values from a source, a CPR or a name. Codes are a closed union and are never renamed.

/** Who can fix it: the operator's configuration, the source system, time (retry), or us. */
export type Fault = 'config' | 'source' | 'transient' | 'bug';

export type ErrorCode =
  | 'config/invalid'
  | 'config/missing-secret'
  | 'config/unknown-name'
  | 'mapping/invalid'
  | 'source/unauthorised'
  | 'source/forbidden'
  | 'source/not-found'
  | 'source/bad-request'
  | 'source/bad-answer'
  | 'source/too-large'
  | 'source/checkpoint-expired'
  | 'source/unreachable'
  | 'source/timeout'
  | 'source/unavailable'
  | 'source/rate-limited'
  | 'source/undeclared-host'
  | 'source/half-written'
  | 'source/not-delivered'
  | 'source/incomplete-snapshot'
  | 'breaker/open'
  | 'run/cancelled'
  | 'run/locked'
  | 'run/overtaken'
  | 'run/mass-deletion-held'
  | 'run/drift-held'
  | 'run/drift-stopped'
  | 'store/unavailable'
  | 'store/locked-folder'
  | 'store/schema-version'
  | 'store/wrong-key'
  | 'log/unwritable'
  | 'request/invalid'
  | 'request/unauthorised'
  | 'request/not-found'
  | 'request/forbidden'
  | 'request/conflict'
  | 'request/gone'
  | 'request/too-large'
  | 'request/media-type'
  | 'request/unprocessable'
  | 'request/too-many'
  | 'bug/unexpected';

export interface HubErrorFields {
  readonly code: ErrorCode;
  readonly fault: Fault;
  /** Safe to show. No values from sources or requests. */
  readonly message: string;
  /** What to do about it. Safe to show. */
  readonly hint?: string;
  /** Where in the request the trouble is: a field's path such as `recipient` or `fields`. Never its value. */
  readonly path?: string;
  /** Milliseconds the other side asked us to wait (`Retry-After`). */
  readonly retryAfterMs?: number;
  /** Kept for the debugger in memory only; never logged or stored (it may hold personal data). */
  readonly cause?: unknown;
}

export class HubError extends Error {
  readonly code: ErrorCode;
  readonly fault: Fault;
  readonly hint: string | undefined;
  readonly path: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(fields: HubErrorFields) {
    super(fields.message, { cause: fields.cause });
    this.name = 'HubError';
    this.code = fields.code;
    this.fault = fields.fault;
    this.hint = fields.hint;
    this.path = fields.path;
    this.retryAfterMs = fields.retryAfterMs;
  }
}

/** Any thrown thing as a HubError; what is foreign becomes `bug/unexpected` without its message, which may hold values. */
export const asHubError = (thrown: unknown): HubError =>
  thrown instanceof HubError
    ? thrown
    : new HubError({ code: 'bug/unexpected', fault: 'bug', message: 'An unexpected error occurred.', cause: thrown });
