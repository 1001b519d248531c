// The address sources post to: who may, what is refused and how, and that nothing but a commit is answered with 202.
import { beforeEach, describe, expect, it } from 'vitest';
import { hubConfig } from '../../src/config/hub.ts';
import { HubError } from '../../src/errors.ts';
import type { Push, PushDelivery } from '../../src/http/push.ts';
import { createLogger } from '../../src/log.ts';
import { useDatabase } from '../postgres.ts';
import { config, createHub, type Hub } from './fixture.ts';

const database = useDatabase();
const token = 'a-token-of-at-least-thirty-two-characters';
const former = 'the-token-before-it-also-long-enough-to-be-one';
const cpr = '0702751238';
let lines: string[];
let got: { source: string; delivery: PushDelivery }[];
let answer: Push['receive'];
let hub: Hub;

const open = (more: object = {}): Promise<Hub> =>
  createHub(database.pool(), {
    unchecked: true,
    config: {
      ...config,
      sources: {
        ...config.sources,
        dfdg: hubConfig.shape.sources.parse({
          dfdg: {
            adapter: 'momentum',
            title: 'DFDG',
            domain: 'employment',
            push: { token, formerToken: former, maxBytes: '200', ...more },
          },
        })['dfdg'] as (typeof config.sources)[string],
      },
    },
    log: createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } }),
    push: {
      receive: async (source, delivery) => {
        got.push({ source, delivery });
        return answer(source, delivery);
      },
    },
  });

beforeEach(async () => {
  lines = [];
  got = [];
  answer = async () => ({});
  hub = await open();
});

const post = (options: { to?: string; token?: string; type?: string; body?: string | Buffer; on?: Hub } = {}) =>
  (options.on ?? hub).app.inject({
    method: 'POST',
    url: `/push/v1/${options.to ?? 'dfdg'}`,
    headers: {
      ...(options.token === '' ? {} : { authorization: `Bearer ${options.token ?? token}` }),
      'content-type': options.type ?? 'application/json',
    },
    payload: options.body ?? `{"EksternIdentifier":"${cpr}"}`,
  });

describe('who may post', () => {
  it('is whoever has the source’s token, or the one before it', async () => {
    for (const own of [token, former]) {
      const answered = await post({ token: own });
      expect(answered.statusCode).toBe(202);
      expect(answered.body).toBe('');
    }
    expect(got).toHaveLength(2);
    expect(got[0]).toEqual({
      source: 'dfdg',
      delivery: { contentType: 'application/json', body: `{"EksternIdentifier":"${cpr}"}` },
    });
  });

  it('cannot be told apart: no token, a wrong one, a source without push, an unknown source', async () => {
    const refusals = await Promise.all([
      post({ token: '' }),
      post({ token: `${token}x` }),
      post({ to: 'momentum' }),
      post({ to: 'nobody' }),
    ]);
    for (const refusal of refusals) {
      expect(refusal.statusCode).toBe(401);
      expect(refusal.headers['content-type']).toContain('application/problem+json');
      expect(refusal.body).toBe(refusals[0]?.body);
    }
    expect(got).toEqual([]);
  });

  it('a token is one source’s own, and 32 characters at least', () => {
    const parse = (own: string) =>
      hubConfig.shape.sources.safeParse({
        x: { adapter: 'momentum', title: 'x', domain: 'social', push: { token: own } },
      });
    expect(parse('x'.repeat(32)).success).toBe(true);
    expect(parse('x'.repeat(31)).success).toBe(false);
  });

  it('guessing is answered "too many" after a hundred times a minute; a good token still opens', async () => {
    for (let n = 0; n < 100; n += 1) await post({ token: 'wrong' });
    expect((await post({ token: 'wrong' })).statusCode).toBe(429);
    expect((await post()).statusCode).toBe(202);
  });
});

describe('what may be posted', () => {
  it('is text of the configured types, in the encoding it declares', async () => {
    expect((await post({ type: 'text/csv' })).statusCode).toBe(415);
    const latin = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>Bjørn Å</a>', 'latin1');
    expect((await post({ type: 'application/xml', body: latin })).statusCode).toBe(202);
    expect(got.at(-1)?.delivery.body).toContain('Bjørn Å');
    expect(
      (await post({ type: 'application/xml; charset=iso-8859-1', body: Buffer.from('<å/>', 'latin1') })).statusCode,
    ).toBe(202);
    expect(got.at(-1)?.delivery.body).toBe('<å/>');
    expect((await post({ body: Buffer.from([0x22, 0xe5, 0x22]) })).statusCode).toBe(415);
    expect((await post({ type: 'application/xml; charset=ebcdic', body: '<a/>' })).statusCode).toBe(415);
  });

  it('is not empty, holds no NUL and is no larger than configured', async () => {
    expect((await post({ body: '' })).statusCode).toBe(400);
    expect((await post({ body: '"\u0000"' })).statusCode).toBe(400);
    expect((await post({ body: 'x'.repeat(200) })).statusCode).toBe(202);
    expect((await post({ body: 'x'.repeat(201) })).statusCode).toBe(413);
    expect(got).toHaveLength(1);
  });

  it('is limited per source and minute', async () => {
    const slow = await open({ perMinute: '2' });
    const statuses = [];
    for (let n = 0; n < 3; n += 1) statuses.push((await post({ on: slow })).statusCode);
    expect(statuses).toEqual([202, 202, 429]);
  });
});

describe('the answer', () => {
  it('waits for what is behind the address, and carries what its protocol wants read', async () => {
    let commit = (): void => undefined;
    const committed = new Promise<void>((resolve) => {
      commit = resolve;
    });
    let done = false;
    answer = async () => {
      await committed;
      done = true;
      return { answer: { contentType: 'application/xml', body: '<ok/>' } };
    };
    const posting = post().then((response) => {
      expect(done).toBe(true);
      return response;
    });
    commit();
    const response = await posting;
    expect([response.statusCode, response.headers['content-type'], response.body]).toEqual([
      202,
      'application/xml',
      '<ok/>',
    ]);
  });

  it('tells the sender what cannot be understood, and that the hub is down', async () => {
    answer = async () => {
      throw new HubError({
        code: 'request/invalid',
        fault: 'config',
        message: 'Aendringstype: 1, 2 or 3.',
        path: 'Aendringstype',
      });
    };
    expect((await post()).json()).toMatchObject({ status: 400, detail: 'Aendringstype: 1, 2 or 3.' });
    answer = async () => {
      throw new HubError({ code: 'store/unavailable', fault: 'transient', message: 'x' });
    };
    const down = await post();
    expect([down.statusCode, down.headers['retry-after']]).toEqual([503, '5']);
  });

  it('and the log never hold what was posted', async () => {
    await post();
    answer = async () => {
      throw new Error(`about ${cpr}`);
    };
    const failed = await post();
    expect(failed.statusCode).toBe(500);
    expect(failed.body).not.toContain(cpr);
    expect(lines.join('')).toContain('/push/v1/:source');
    expect(lines.join('')).not.toContain(cpr);
    expect(lines.join('')).not.toContain(token);
  });
});
