// Requests to Momentum: token and apikey on every one, gateway time-outs (504) tried again within the page, answers
// checked before they are used. No CPR is ever part of a URL: `citizens/find?cpr=` exists and is not used.
import { z } from 'zod';
import type { AdapterContext } from '../../src/adapter/contract.ts';
import { createTokenSource, withToken } from '../../src/adapter/oauth.ts';
import { withRetries } from '../../src/adapter/retry.ts';
import { HubError } from '../../src/errors.ts';
import type { MomentumConfig } from './config.ts';

export interface Client {
  get(path: string, signal: AbortSignal): Promise<unknown>;
  post(path: string, body: unknown, signal: AbortSignal): Promise<unknown>;
}

export const stopIfAborted = (signal: AbortSignal): void => {
  if (signal.aborted)
    throw new HubError({ code: 'run/cancelled', fault: 'transient', message: 'The run was cancelled.' });
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
  const http = withRetries(withToken(context.http, tokens), {
    retries: config.retries,
    pauseMs: config.retryPauseMs,
    log: context.log,
  });

  const send = async (method: 'GET' | 'POST', path: string, body: unknown, signal: AbortSignal): Promise<unknown> => {
    const answer = await http.request({
      method,
      url: `${config.baseUrl}/${path}`,
      headers: { apikey: config.apiKey },
      ...(body === undefined ? {} : { body }),
      signal,
      timeoutMs: config.timeoutSeconds * 1000,
    });
    return answer.body;
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
