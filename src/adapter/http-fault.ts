// Foreign failures as fault classes: status codes and broken connections become a HubError without their values.
import axios from 'axios';
import { HubError } from '../errors.ts';

/** `Retry-After` in milliseconds: seconds or an HTTP date; undefined when absent or unreadable. */
export const retryAfterMs = (header: string | undefined, now = Date.now()): number | undefined => {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header.trim()) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
};

export const faultOf = (status: number, retryAfter: number | undefined): HubError => {
  const wait = retryAfter === undefined ? {} : { retryAfterMs: retryAfter };
  if (status === 401)
    return new HubError({
      code: 'source/unauthorised',
      fault: 'config',
      message: 'The source refused the credentials (401).',
      hint: 'Check the client id, secret and scopes of this source.',
    });
  if (status === 403)
    return new HubError({
      code: 'source/forbidden',
      fault: 'config',
      message: 'The source refused access (403).',
      hint: 'Ask the vendor whether the hub’s client may read this.',
    });
  if (status >= 300 && status < 400)
    return new HubError({
      code: 'source/bad-answer',
      fault: 'source',
      message: `The source redirects elsewhere (${status}); redirects are not followed.`,
      hint: 'Configure the address it redirects to, if that is right.',
    });
  if (status === 404) return new HubError({ code: 'source/not-found', fault: 'source', message: 'Not found (404).' });
  if (status === 410)
    return new HubError({
      code: 'source/checkpoint-expired',
      fault: 'source',
      message: 'The source has dropped this page or cursor (410).',
    });
  if (status === 429)
    return new HubError({
      code: 'source/rate-limited',
      fault: 'transient',
      message: 'The source asks us to slow down (429).',
      ...wait,
    });
  if (status >= 500 || status === 408 || status === 425)
    return new HubError({
      code: 'source/unavailable',
      fault: 'transient',
      message: `The source answered ${status}.`,
      ...wait,
    });
  return new HubError({ code: 'source/bad-request', fault: 'source', message: `The source answered ${status}.` });
};

export const timedOut = (): HubError =>
  new HubError({ code: 'source/timeout', fault: 'transient', message: 'The source did not answer in time.' });

export const cancelled = (): HubError =>
  new HubError({ code: 'run/cancelled', fault: 'transient', message: 'The request was cancelled.' });

export const tooLarge = (): HubError =>
  new HubError({
    code: 'source/too-large',
    fault: 'source',
    message: 'The source’s answer is larger than the limit.',
  });

/** By the system's name of what broke; what is not here is only said not to have been reached. */
const broken: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nobody listens at the source’s address and port.',
  ENOTFOUND: 'The source’s name is not known to DNS.',
  EAI_AGAIN: 'The source’s name could not be looked up: DNS does not answer.',
  ECONNRESET: 'The connection to the source was cut.',
  EPIPE: 'The connection to the source was cut.',
  EHOSTUNREACH: 'There is no way through the network to the source.',
  ENETUNREACH: 'There is no way through the network to the source.',
};

export const faultOfThrown = (thrown: unknown): HubError => {
  if (thrown instanceof HubError) return thrown;
  const code = axios.isAxiosError(thrown) ? thrown.code : (thrown as { code?: string })?.code;
  if (code === 'ERR_CANCELED') return cancelled();
  if (code === 'ERR_SSL_PROTOCOL_ERROR' || code?.startsWith('ERR_TLS') || code?.includes('CERT'))
    return new HubError({
      code: 'source/unreachable',
      fault: 'config',
      message: 'No trusted, encrypted connection to the source could be made.',
      hint: 'Check the source’s certificate, the `tls` block of its configuration and their dates of expiry.',
    });
  if (code === 'ECONNABORTED' || code === 'ETIMEDOUT') return timedOut();
  if (axios.isAxiosError(thrown) && /maxContentLength/.test(thrown.message)) return tooLarge();
  return new HubError({
    code: 'source/unreachable',
    fault: 'transient',
    message: broken[code ?? ''] ?? 'The source could not be reached.',
  });
};
