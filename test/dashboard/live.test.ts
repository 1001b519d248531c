// Live figures: what is read and rendered follows the changes, not the viewers; nobody looking on costs nothing; who may no
// longer look, or does not take what is sent, is let go.
import { once } from 'node:events';
import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Language, Viewer } from '../../src/dashboard/context.ts';
import { createLive, type Live, type LiveOptions } from '../../src/dashboard/live.ts';

const viewerOf = (person: string, endsAt = new Date(Date.now() + 3_600_000)): Viewer => ({
  actor: { kind: 'administrator', person } as Viewer['actor'],
  name: person,
  rights: { view: true, operate: false, dpo: false },
  purpose: 'administration',
  purposes: ['administration'],
  endsAt,
});

interface Hub {
  readonly live: Live;
  readonly port: number;
}

interface Watching {
  readonly status: number;
  /** HTML of each message. */
  readonly messages: string[];
  readonly text: () => string;
  readonly ended: Promise<unknown>;
  readonly request: ClientRequest;
  readonly response: IncomingMessage;
}

const closers: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const startHub = async (
  options: LiveOptions,
  viewer: (person: string) => Viewer | undefined = viewerOf,
): Promise<Hub> => {
  const live = createLive(options);
  const app: FastifyInstance = Fastify();
  app.decorateRequest('viewer', undefined);
  app.get<{ Params: { person: string; language: Language } }>('/:person/:language', (request, reply) => {
    request.viewer = viewer(request.params.person);
    reply.header('x-of-the-server', 'kept');
    live.open(request, reply, request.params.language);
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  closers.push(() => {
    live.close();
    return app.close();
  });
  return { live, port: (app.server.address() as AddressInfo).port };
};

const watch = async ({ port }: Hub, person: string, language: Language = 'da'): Promise<Watching> => {
  const request = get({ port, host: '127.0.0.1', path: `/${person}/${language}`, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  request.on('error', () => undefined);
  let text = '';
  const messages: string[] = [];
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    text += chunk;
    messages.splice(
      0,
      messages.length,
      ...text
        .split('\n\n')
        .slice(0, -1)
        .filter((part) => part.startsWith('data: '))
        .map((part) => part.replaceAll(/^data: /gm, '')),
    );
  });
  response.on('error', () => undefined);
  const ended = new Promise((resolve) => response.on('close', resolve));
  closers.push(() => request.destroy());
  return { status: response.statusCode ?? 0, messages, text: () => text, ended, request, response };
};

describe('live figures', () => {
  test('are rendered once per language and sent once per change, however many look on', async () => {
    let figure = 1;
    const renders: Language[] = [];
    const started = performance.now();
    const hub = await startHub({
      everyMs: 20,
      render: async (language) => {
        renders.push(language);
        return `<p>${language}</p>\n<p>${figure}</p>`;
      },
    });
    const all = await Promise.all(
      Array.from({ length: 200 }, (_, index) => watch(hub, `person-${index}`, index % 4 === 0 ? 'en' : 'da')),
    );
    expect(hub.live.watching).toBe(200);
    for (figure of [2, 3])
      await vi.waitFor(() => {
        for (const { messages } of all) expect(messages.at(-1)).toContain(`<p>${figure}</p>`);
      }, 5000);
    const turns = Math.ceil((performance.now() - started) / 20) + 1;
    expect(renders.filter((language) => language === 'da').length).toBeLessThanOrEqual(turns);
    // A state that was there before may have been missed by who came later; none comes twice.
    for (const [index, { messages, response }] of all.entries()) {
      const language = index % 4 === 0 ? 'en' : 'da';
      const states = messages.map((message) => Number(/<p>(\d)<\/p>/.exec(message)?.[1]));
      expect(states).toEqual([...new Set(states)]);
      expect(states.at(-1)).toBe(3);
      expect(messages[0]).toMatch(new RegExp(`^<p>${language}</p>\n<p>`));
      expect(response.headers).toMatchObject({
        'content-type': 'text/event-stream; charset=utf-8',
        'x-of-the-server': 'kept',
      });
    }
  });

  test('cost nothing while nobody looks on, and are new for who comes back', async () => {
    let renders = 0;
    const hub = await startHub({ everyMs: 5, render: async () => String(++renders) });
    const first = await watch(hub, 'anna');
    await vi.waitFor(() => expect(first.messages.length).toBeGreaterThan(1), 5000);
    first.request.destroy();
    await vi.waitFor(() => expect(hub.live.watching).toBe(0), 5000);
    // A reading under way may end; after it there is no other.
    await new Promise((resolve) => setTimeout(resolve, 20));
    const before = renders;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(renders).toBe(before);
    const second = await watch(hub, 'anna');
    await vi.waitFor(() => expect(Number(second.messages[0])).toBeGreaterThan(before), 5000);
  });

  test('are for so many of one person and of all; who is one too many is told not to come back', async () => {
    const hub = await startHub({ everyMs: 1000, render: async () => 'x', most: 3, mostEach: 2 });
    const [one, two, three] = [await watch(hub, 'anna'), await watch(hub, 'anna'), await watch(hub, 'anna')];
    expect([one.status, two.status, three.status]).toEqual([200, 200, 204]);
    expect((await watch(hub, 'bo')).status).toBe(200);
    expect((await watch(hub, 'carl')).status).toBe(204);
    one.request.destroy();
    await vi.waitFor(() => expect(hub.live.watching).toBe(2), 5000);
    expect((await watch(hub, 'carl')).status).toBe(200);
  });

  test('end with the session: at its last moment, and when it is no more', async () => {
    let stands = true;
    const hub = await startHub(
      { everyMs: 10, standsMs: 20, render: async () => 'x', stands: async () => stands },
      (person) => viewerOf(person, person === 'anna' ? new Date(Date.now() + 150) : undefined),
    );
    const [anna, bo] = [await watch(hub, 'anna'), await watch(hub, 'bo')];
    await anna.ended;
    expect(anna.text()).toMatch(/event: end\ndata: session\n\n$/);
    expect(hub.live.watching).toBe(1);
    stands = false;
    await bo.ended;
    expect(bo.text()).toMatch(/event: end\ndata: session\n\n$/);
    const nobody = await startHub({ everyMs: 10, render: async () => 'x' }, () => undefined);
    expect((await watch(nobody, 'carl')).status).toBe(204);
  });

  test('let go of who takes nothing, and keep only one message for them', async () => {
    let renders = 0;
    const big = 'x'.repeat(8_000_000);
    const hub = await startHub({
      everyMs: 50,
      slowMs: 500,
      // More than the network keeps for one who does not read; the other has little to take.
      render: async (language) => `${++renders}${language === 'da' ? big : ''}`,
    });
    const slow = await watch(hub, 'anna');
    slow.response.pause();
    const quick = await watch(hub, 'bo', 'en');
    await vi.waitFor(() => expect(hub.live.watching).toBe(1), 8000);
    const had = quick.messages.length;
    await vi.waitFor(() => expect(quick.messages.length).toBeGreaterThan(had), 4000);
  }, 15_000);

  test('beat when nothing changes, and go on after a reading that failed, which is told once', async () => {
    let broken = false;
    const failed = vi.fn();
    const hub = await startHub({
      everyMs: 5,
      heartbeatMs: 30,
      failed,
      render: async () => {
        if (broken) throw new Error('0101010101');
        return 'same';
      },
    });
    const one = await watch(hub, 'anna');
    await vi.waitFor(() => expect(one.text()).toMatch(/^data: same\n\n(:\n\n){2}/), 5000);
    broken = true;
    await vi.waitFor(() => expect(failed).toHaveBeenCalled(), 5000);
    const beats = one.text().length;
    await vi.waitFor(() => expect(one.text().length).toBeGreaterThan(beats + 6), 5000);
    expect(failed).toHaveBeenCalledTimes(1);
    expect(JSON.stringify(failed.mock.calls)).not.toContain('0101010101');
    broken = false;
    const two = await watch(hub, 'bo');
    await vi.waitFor(() => expect(two.messages).toEqual(['same']), 5000);
  });
});
