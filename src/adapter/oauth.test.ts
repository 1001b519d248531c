// Client credentials: one fetch for all, renewed in time, a revoked token replaced once, no secret in an error.
import { describe, expect, test } from 'vitest';
import { HubError } from '../errors.ts';
import type { Http, HttpRequest } from './http.ts';
import { createTokenSource, withToken } from './oauth.ts';

const setup = (answers: (request: HttpRequest, fetches: number) => { status: number; body: unknown }) => {
  let now = Date.parse('2026-11-01T12:00:00Z');
  const requests: HttpRequest[] = [];
  const http: Http = {
    async request(request) {
      requests.push(request);
      return { headers: {}, ...answers(request, requests.length) };
    },
    stream: () => Promise.reject(new Error('never streamed')),
  };
  const tokens = createTokenSource({
    http,
    tokenUrl: 'https://login.example/token',
    clientId: 'hub',
    clientSecret: 's3cret',
    extra: { resource: 'urn:momentum' },
    clock: { now: () => new Date(now) },
  });
  return {
    http,
    tokens,
    requests,
    pass: (ms: number) => {
      now += ms;
    },
  };
};
const granted = (_request: HttpRequest, n: number) => ({
  status: 200,
  body: { access_token: `t${n}`, expires_in: '600' },
});

test('the form holds the grant and the extra fields; a hundred callers share one fetch', async () => {
  const { tokens, requests } = setup(granted);
  const all = await Promise.all(Array.from({ length: 100 }, () => tokens.bearer()));
  expect(new Set(all)).toEqual(new Set(['t1']));
  expect(requests).toHaveLength(1);
  expect(String(requests[0]?.body)).toBe(
    'grant_type=client_credentials&client_id=hub&client_secret=s3cret&resource=urn%3Amomentum',
  );
});

test('renewed shortly before it expires', async () => {
  const { tokens, pass } = setup(granted);
  expect(await tokens.bearer()).toBe('t1');
  pass(500_000);
  expect(await tokens.bearer()).toBe('t1');
  pass(41_000);
  expect(await tokens.bearer()).toBe('t2');
});

test('forgetting a refused token leaves a newer one alone', async () => {
  const { tokens } = setup(granted);
  await tokens.bearer();
  tokens.forget('t1');
  expect(await tokens.bearer()).toBe('t2');
  tokens.forget('t1');
  expect(await tokens.bearer()).toBe('t2');
  tokens.forget();
  expect(await tokens.bearer()).toBe('t3');
});

describe('failures', () => {
  test('refused credentials are the configuration’s fault, without the foreign text', async () => {
    const { tokens } = setup(() => ({ status: 400, body: { error_description: 'client hub s3cret unknown' } }));
    const error = await tokens.bearer().catch((thrown: unknown) => thrown as HubError);
    expect(error).toMatchObject({ code: 'source/unauthorised', fault: 'config' });
    expect(String((error as HubError).message)).not.toMatch(/s3cret|unknown/);
  });

  test('an answer without a token is a bad answer, and the next call asks again', async () => {
    const { tokens, requests } = setup((_request, n) => (n === 1 ? { status: 200, body: {} } : granted(_request, n)));
    await expect(tokens.bearer()).rejects.toMatchObject({ code: 'source/bad-answer' });
    expect(await tokens.bearer()).toBe('t2');
    expect(requests).toHaveLength(2);
  });

  test('one who gives up does not take the token from the others', async () => {
    const { tokens } = setup(granted);
    const abort = new AbortController();
    const mine = tokens.bearer(abort.signal);
    const theirs = tokens.bearer();
    abort.abort();
    await expect(mine).rejects.toMatchObject({ code: 'run/cancelled' });
    expect(await theirs).toBe('t1');
    await expect(createFailingToken().bearer(abort.signal)).rejects.toMatchObject({ code: 'run/cancelled' });
  });
});

const createFailingToken = () =>
  setup(() => {
    throw new Error('never asked');
  }).tokens;

test('withToken: a revoked token is replaced once, a second refusal is thrown', async () => {
  let accepted = 't2';
  const seen: string[] = [];
  const { tokens } = setup(granted);
  const api: Http = {
    async request(request) {
      const given = request.headers?.['authorization'] ?? '';
      seen.push(given);
      if (given === `Bearer ${accepted}`) return { status: 200, headers: {}, body: 'ok' };
      throw new HubError({ code: 'source/unauthorised', fault: 'config', message: 'refused' });
    },
    stream: () => Promise.reject(new Error('never streamed')),
  };
  const http = withToken(api, tokens);
  expect((await http.request({ url: 'https://api.example/' })).body).toBe('ok');
  expect(seen).toEqual(['Bearer t1', 'Bearer t2']);
  accepted = 'none';
  await expect(http.request({ url: 'https://api.example/' })).rejects.toMatchObject({ code: 'source/unauthorised' });
  expect(seen).toHaveLength(4);
});
