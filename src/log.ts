// Structured logs through pino. One line per page and per run, never per record; events are noun.past-verb.
// Errors are written as code, fault and safe message only: never a cause, a stack of foreign errors, or a value.
import { type Logger as PinoLogger, pino } from 'pino';
import { HubError } from './errors.ts';

export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'child'>;

const errorFields = (error: unknown): object =>
  error instanceof HubError
    ? { code: error.code, fault: error.fault, message: error.message, hint: error.hint }
    : { code: 'bug/unexpected', fault: 'bug', type: error instanceof Error ? error.name : typeof error };

export const createLogger = (options: { level?: string; destination?: { write(line: string): void } } = {}): Logger =>
  pino(
    { level: options.level ?? 'info', base: null, serializers: { err: errorFields, error: errorFields } },
    options.destination ?? pino.destination({ dest: 2, sync: true }),
  );
