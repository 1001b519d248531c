// Requests to one FHIR server: credentials, base URL, Bundles. A paging link is followed only to the server's own
// host; OperationOutcomes become errors without their text, which may hold values.
import { z } from 'zod';
import type { AdapterContext } from '../../src/adapter/contract.ts';
import type { HttpAnswer, HttpRequest } from '../../src/adapter/http.ts';
import { createTokenSource, withToken } from '../../src/adapter/oauth.ts';
import { HubError } from '../../src/errors.ts';
import type { FhirConfig } from './config.ts';

const bundle = z.looseObject({
  resourceType: z.literal('Bundle'),
  total: z.number().optional(),
  link: z.array(z.looseObject({ relation: z.string(), url: z.string() })).default([]),
  entry: z
    .array(z.looseObject({ resource: z.unknown(), search: z.looseObject({ mode: z.string().optional() }).optional() }))
    .default([]),
});
export type Bundle = z.infer<typeof bundle>;

export interface FhirClient {
  /** By GET; by POST `_search` when a parameter names a citizen. */
  search(type: string, params: URLSearchParams, signal: AbortSignal, how?: 'GET' | 'POST'): Promise<Bundle>;
  follow(link: string, signal: AbortSignal): Promise<Bundle>;
  /** The URL a Bundle's next link leads to, or undefined on the last page. */
  nextOf(found: Bundle): string | undefined;
  metadata(signal: AbortSignal): Promise<void>;
}

const badAnswer = (message: string): HubError => new HubError({ code: 'source/bad-answer', fault: 'source', message });

export const createClient = (config: FhirConfig, context: AdapterContext): FhirClient => {
  const { auth } = config;
  const http =
    auth.type === 'oauth2'
      ? withToken(
          context.http,
          createTokenSource({
            http: context.http,
            tokenUrl: auth.tokenUrl,
            clientId: auth.clientId,
            clientSecret: auth.clientSecret,
            clock: context.clock,
            ...(auth.scope === undefined ? {} : { scope: auth.scope }),
          }),
        )
      : context.http;
  const headers = {
    accept: 'application/fhir+json, application/json;q=0.9',
    ...config.headers,
    ...(auth.type === 'bearer' ? { authorization: `Bearer ${auth.token}` } : {}),
  };
  const request = (wanted: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> =>
    http.request({ ...wanted, headers, signal });

  const bundleOf = (answer: HttpAnswer): Bundle => {
    const read = bundle.safeParse(answer.body);
    if (read.success) return read.data;
    const type = (answer.body as { resourceType?: unknown } | null)?.resourceType;
    throw badAnswer(
      type === 'OperationOutcome'
        ? 'The FHIR server answered a search with an OperationOutcome.'
        : 'The FHIR server answered a search with something that is not a Bundle.',
    );
  };

  return {
    async search(type, params, signal, how = 'GET') {
      const url = `${config.baseUrl}/${type}`;
      const wanted: HttpRequest =
        how === 'GET' ? { url: `${url}?${params}` } : { method: 'POST', url: `${url}/_search`, body: params };
      return bundleOf(await request(wanted, signal));
    },
    follow: async (link, signal) => bundleOf(await request({ url: link }, signal)),
    nextOf(found) {
      const link = found.link.find(({ relation }) => relation === 'next')?.url;
      if (link === undefined || link === '') return undefined;
      const url = URL.parse(link, `${config.baseUrl}/`);
      // The token would go along: only the server that was configured may have it.
      if (url === null || url.origin !== new URL(config.baseUrl).origin)
        throw new HubError({
          code: 'source/undeclared-host',
          fault: 'config',
          message: 'The FHIR server’s paging link leads to another host than its configured base URL.',
          hint: 'Configure as baseUrl the address that the server itself writes into its paging links.',
        });
      return url.href;
    },
    async metadata(signal) {
      const { body } = await request({ url: `${config.baseUrl}/metadata` }, signal);
      if ((body as { resourceType?: unknown } | null)?.resourceType !== 'CapabilityStatement')
        throw badAnswer('The base URL does not answer as a FHIR server.');
    },
  };
};
