// One attempt: the name is resolved, every address it has is judged, and the connection goes to one of those that were
// judged and nowhere else. No redirects; the answer is a status and at most a short echo, and is not kept.
import { lookup } from 'node:dns/promises';
import { type ClientRequestArgs, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { type AddressRule, hostOf, isPublic, mayBePrivate, refusalOf } from './address.ts';
import type { Outcome, OutcomeName } from './schedule.ts';

export interface Attempt {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What the answer must give back as `challenge`. */
  readonly echo?: string;
}

export type SendWebhook = (attempt: Attempt) => Promise<Outcome>;

interface Address {
  readonly address: string;
  readonly family: number;
}
/** Names to addresses, all of them. */
export type Resolve = (host: string) => Promise<readonly Address[]>;

export interface SenderOptions {
  readonly resolve?: Resolve;
  readonly timeoutMs?: number;
}

const systemResolve: Resolve = (host) => lookup(host, { all: true, verbatim: true });
const mostEchoed = 4096;

class Refused extends Error {}

const addressesOf = async (rule: AddressRule, resolve: Resolve, host: string): Promise<readonly Address[]> => {
  const family = isIP(host);
  const found = family === 0 ? await resolve(host) : [{ address: host, family }];
  // One private address among public ones is an attempt, not an accident.
  if (!mayBePrivate(rule, host) && !found.every(({ address }) => isPublic(address))) throw new Refused();
  return found;
};

const statusOutcome = (status: number): OutcomeName => {
  if (status >= 200 && status < 300) return 'delivered';
  if (status === 410) return 'gone';
  if (status === 429) return 'too-many';
  if (status >= 500) return 'failing';
  return status >= 300 && status < 400 ? 'redirect' : 'refused';
};

const failureOutcome = (thrown: unknown, timedOut: boolean): OutcomeName => {
  if (thrown instanceof Refused) return 'address-refused';
  if (timedOut) return 'timeout';
  const code = String((thrown as { code?: unknown } | null)?.code ?? '');
  return /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code) ? 'tls' : 'unreachable';
};

const retryAfterOf = (header: string | undefined): number | undefined => {
  if (header === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
};

const echoes = async (answer: IncomingMessage, echo: string): Promise<boolean> => {
  let text = '';
  for await (const chunk of answer.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk;
    if (text.length > mostEchoed) return false;
  }
  try {
    return (JSON.parse(text) as { challenge?: unknown } | null)?.challenge === echo;
  } catch {
    return false;
  }
};

const answerTo = (url: URL, options: ClientRequestArgs, body: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
    open(url, options).on('response', resolve).on('error', reject).end(body);
  });

export const createSender = (rule: AddressRule, options: SenderOptions = {}): SendWebhook => {
  const resolve = options.resolve ?? systemResolve;
  const attempt = async (
    { url: text, headers, body, echo }: Attempt,
    signal: AbortSignal,
  ): Promise<Omit<Outcome, 'ms'>> => {
    if (refusalOf(rule, text) !== undefined) throw new Refused();
    const url = new URL(text);
    const stopped = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const found = await Promise.race([addressesOf(rule, resolve, hostOf(url)), stopped]);
    const answer = await answerTo(
      url,
      {
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' },
        agent: false,
        signal,
        lookup: (_host, { all }, done) =>
          all === true ? done(null, [...found]) : done(null, found[0]?.address ?? '', found[0]?.family ?? 4),
      },
      body,
    );
    try {
      const name = statusOutcome(answer.statusCode ?? 0);
      if (name === 'delivered')
        return { name: echo === undefined || (await echoes(answer, echo)) ? name : 'not-echoed' };
      const retryAfterMs = retryAfterOf(answer.headers['retry-after']);
      return { name, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    } finally {
      answer.destroy();
    }
  };
  return async (asked) => {
    const startedAt = performance.now();
    const signal = AbortSignal.timeout(options.timeoutMs ?? 10_000);
    const said = await attempt(asked, signal).catch((thrown: unknown) => ({
      name: failureOutcome(thrown, signal.aborted),
    }));
    return { ...said, ms: Math.round(performance.now() - startedAt) };
  };
};
