// Questions to the domain services: a token for each method's scope, the number in its header and nowhere else, error
// numbers as outcomes wherever they come, also inside a 200.
import type { AdapterContext } from '../../src/adapter/contract.ts';
import type { Http } from '../../src/adapter/http.ts';
import { faultOf } from '../../src/adapter/http-fault.ts';
import { createTokenSource, withToken } from '../../src/adapter/oauth.ts';
import { withRetries } from '../../src/adapter/retry.ts';
import { HubError } from '../../src/errors.ts';
import type { DfdgConfig } from './config.ts';
import { numberIn, settle } from './errors.ts';
import type { DfdgKind } from './records.ts';

export type Row = Readonly<Record<string, unknown>>;
export const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export interface Client {
  /** What the method of this kind says about the citizen. */
  rows(kind: DfdgKind, cpr: string, signal: AbortSignal): Promise<readonly Row[]>;
  /** Asks for something that is about nobody. */
  probe(signal: AbortSignal): Promise<void>;
}

const lists: Readonly<Record<DfdgKind, readonly string[]>> = {
  indkaldelse: ['indkaldelser'],
  aktivitet: ['aktiviteter'],
  rehabiliteringsforloeb: ['rehabiliteringsforloeb'],
  minPlan: ['minPlan', 'minPlaner'],
};

const badAnswer = (): HubError =>
  new HubError({
    code: 'source/bad-answer',
    fault: 'source',
    message: 'The source’s answer is neither a list of records nor an error.',
    hint: 'Compare with the service’s Swagger; nothing was concluded from it.',
  });

/** A list, bare or under its name; of a method that gives one thing, that. Undefined when there is neither. */
const rowsIn = (kind: DfdgKind, body: unknown): readonly Row[] | undefined => {
  const named = isRow(body) ? lists[kind].find((name) => body[name] !== undefined) : undefined;
  const found = isRow(body) && named !== undefined ? body[named] : body;
  if (Array.isArray(found) && found.every(isRow)) return found;
  if (isRow(found) && (named !== undefined || typeof found[`${kind}Id`] === 'string')) return [found];
  return found === null && named !== undefined ? [] : undefined;
};

/** Answers whose body may hold a number that says more than the status. */
const accept = [400, 403, 404, 409, 422, 500];

export const createClient = (config: DfdgConfig, context: AdapterContext): Client => {
  const retried = withRetries(context.http, {
    retries: config.retries,
    pauseMs: config.retryPauseMs,
    log: context.log,
  });
  const clients = new Map<string, Http>();
  const clientFor = (scope: string): Http => {
    const tokens = createTokenSource({
      http: context.http,
      tokenUrl: config.tokenUrl,
      clientId: config.clientId,
      clientSecret: config.clientSecret,
      scope,
      clock: context.clock,
    });
    const client = clients.get(scope) ?? withToken(retried, tokens);
    clients.set(scope, client);
    return client;
  };
  const timeoutMs = config.timeoutSeconds * 1000;
  return {
    async rows(kind, cpr, signal) {
      const answer = await clientFor(config.scopes[kind]).request({
        url: `${config.baseUrl}/${config.paths[kind]}`,
        headers: { 'x-civilregistrationIdentifier': cpr },
        accept,
        signal,
        timeoutMs,
      });
      const rows = answer.status < 400 ? rowsIn(kind, answer.body) : undefined;
      if (rows !== undefined) return rows;
      const number = numberIn(answer.body);
      if (number === undefined) throw answer.status < 400 ? badAnswer() : faultOf(answer.status, undefined);
      settle(number, config.errors);
      return [];
    },
    async probe(signal) {
      await clientFor(config.scopes.indkaldelse).request({
        url: `${config.baseUrl}/${config.paths.probe}`,
        signal,
        timeoutMs,
      });
    },
  };
};
