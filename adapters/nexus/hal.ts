// Hypertext as Nexus speaks it: resources with `_links`, followed by name and never built. Links lead to the configured
// host or nowhere: the token goes along with every request.
import { z } from 'zod';
import type { AdapterContext } from '../../src/adapter/contract.ts';
import { type TokenSource, withToken } from '../../src/adapter/oauth.ts';
import { withRetries } from '../../src/adapter/retry.ts';
import { sameHost } from '../../src/adapter/same-host.ts';
import { HubError } from '../../src/errors.ts';
import type { NexusConfig } from './config.ts';

export const resource = z.looseObject({
  _links: z.record(z.string(), z.looseObject({ href: z.string().nullish() }).nullish()).nullish(),
});
export type Resource = z.infer<typeof resource>;

export interface Hal {
  /** The root: where everything begins. */
  root(signal: AbortSignal): Promise<Resource>;
  get(href: string, signal: AbortSignal): Promise<unknown>;
  post(href: string, body: unknown, signal: AbortSignal): Promise<unknown>;
}

export const stopIfAborted = (signal: AbortSignal): void => {
  if (signal.aborted)
    throw new HubError({ code: 'run/cancelled', fault: 'transient', message: 'The run was cancelled.' });
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

/** Where a relation leads; undefined when the resource does not offer it. The `{?from,to}` of a template is dropped. */
export const linkOf = (from: Resource, rel: string): string | undefined => {
  const href = from._links?.[rel]?.href?.replace(/\{[^}]*\}/g, '');
  return href === undefined || href === '' ? undefined : href;
};

export const requireLink = (from: Resource, rel: string): string => {
  const href = linkOf(from, rel);
  if (href !== undefined) return href;
  throw new HubError({
    code: 'source/bad-answer',
    fault: 'source',
    message: `The source offers no link \`${rel}\`.`,
    hint: 'Ask whether the hub’s client lacks the right behind it.',
  });
};

export const createHal = (config: NexusConfig, context: AdapterContext, tokens: TokenSource): Hal => {
  const base = `${config.baseUrl}/`;
  const http = withRetries(withToken(context.http, tokens), {
    retries: config.retries,
    pauseMs: config.retryPauseMs,
    log: context.log,
  });

  const send = async (method: 'GET' | 'POST', href: string, body: unknown, signal: AbortSignal): Promise<unknown> => {
    const answer = await http.request({
      method,
      url: sameHost(href, base),
      headers: { accept: 'application/json, application/hal+json' },
      ...(body === undefined ? {} : { body }),
      signal,
      timeoutMs: config.timeoutSeconds * 1000,
    });
    return answer.body;
  };

  return {
    root: async (signal) => shaped(resource, await send('GET', base, undefined, signal)),
    get: (href, signal) => send('GET', href, undefined, signal),
    post: (href, body, signal) => send('POST', href, body, signal),
  };
};
