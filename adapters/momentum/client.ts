// Requests to Momentum: token and apikey on every one, gateway time-outs (504) tried again within the page, answers
// checked before they are used. No CPR is ever part of a URL: `citizens/find?cpr=` exists and is not used.
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { AdapterContext } from '../../src/adapter/contract.ts';
import type { Http } from '../../src/adapter/http.ts';
import { createTokenSource, withToken } from '../../src/adapter/oauth.ts';
import { HubError } from '../../src/errors.ts';
import type { MomentumConfig } from './config.ts';

export interface Client {
  get(path: string, signal: AbortSignal): Promise<unknown>;
  post(path: string, body: unknown, signal: AbortSignal): Promise<unknown>;
}

/** Waits longer than this are the scheduler's business, not one page's. */
const longestWait = 10_000;

const cancelled = (): HubError =>
  new HubError({ code: 'run/cancelled', fault: 'transient', message: 'The run was cancelled.' });

export const stopIfAborted = (signal: AbortSignal): void => {
  if (signal.aborted) throw cancelled();
};

/** How long to wait before try number `attempt`, or undefined when the failure should not be tried again here. */
const waitFor = (thrown: unknown, attempt: number, config: MomentumConfig): number | undefined => {
  if (!(thrown instanceof HubError) || attempt > config.retries) return undefined;
  if (thrown.code !== 'source/unavailable' && thrown.code !== 'source/timeout') return undefined;
  // Jitter between half and all of a doubling pause, so that kinds that failed together do not return together.
  const own = config.retryPauseMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
  const wait = Math.max(own, thrown.retryAfterMs ?? 0);
  return wait > longestWait ? undefined : wait;
};

export const createClient = (config: MomentumConfig, context: AdapterContext): Client => {
  const tokens = createTokenSource({
    http: context.http,
    tokenUrl: config.tokenUrl,
    clientId: config.clientId,
    clientSecret: config.clientSecret,
    extra: { resource: config.resource },
    clock: context.clock,
  });
  const http: Http = withToken(context.http, tokens);

  const send = async (method: 'GET' | 'POST', path: string, body: unknown, signal: AbortSignal): Promise<unknown> => {
    for (let attempt = 1; ; attempt += 1) {
      stopIfAborted(signal);
      try {
        const answer = await http.request({
          method,
          url: `${config.baseUrl}/${path}`,
          headers: { apikey: config.apiKey },
          ...(body === undefined ? {} : { body }),
          signal,
          timeoutMs: config.timeoutSeconds * 1000,
        });
        return answer.body;
      } catch (thrown) {
        const wait = waitFor(thrown, attempt, config);
        if (wait === undefined) throw thrown;
        context.log.debug({ attempt, waitMs: Math.round(wait) }, 'request.retried');
        await pause(wait, undefined, { signal }).catch(() => {
          throw cancelled();
        });
      }
    }
  };

  return {
    get: (path, signal) => send('GET', path, undefined, signal),
    post: (path, body, signal) => send('POST', path, body, signal),
  };
};

/** The answer in the shape it must have; what it held instead is not told. */
export const shaped = <T>(schema: z.ZodType<T>, answer: unknown): T => {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  throw new HubError({
    code: 'source/bad-answer',
    fault: 'source',
    message: 'The source’s answer does not have the agreed shape.',
    hint: `First difference at: ${result.error.issues[0]?.path.join('.') || 'the answer itself'}.`,
  });
};

export const rowSchema = z.record(z.string(), z.unknown());
export type Row = z.infer<typeof rowSchema>;

/** A row's id, or empty when it cannot be read: the pipeline quarantines such a record. */
export const keyOf = (row: Row): string => (typeof row['id'] === 'string' ? row['id'] : '');
