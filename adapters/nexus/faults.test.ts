// Bad days: what a failing Nexus is told as, what is ridden out, and links that lead where they must not.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ask, nexusOf } from '../../test/adapters/nexus.ts';
import { canaries, sampleData } from '../../test/sandbox/nexus/sample.ts';
import { type NexusStub, startNexusStub } from '../../test/sandbox/nexus/server.ts';
import { flatten } from './tree.ts';

let stub: NexusStub;
beforeEach(async () => {
  stub = await startNexusStub({ data: sampleData() });
});
afterEach(() => stub.close());

test.each([
  ['rate-limit', { code: 'source/rate-limited', fault: 'transient', retryAfterMs: 1000 }],
  ['garbage', { code: 'source/bad-answer', fault: 'source' }],
  ['down', { code: 'source/unreachable', fault: 'transient' }],
  ['error-500', { code: 'source/unavailable', fault: 'transient' }],
  ['timeout', { code: 'source/timeout', fault: 'transient' }],
] as const)('%s', async (mode, expected) => {
  const source = await nexusOf(stub, { retries: '0' })();
  await source.probe(new AbortController().signal);
  stub.faults.set({ mode });
  await expect(ask(source, 'grant')).rejects.toMatchObject(expected);
});

test('a 500 now and then is ridden out, and a revoked token replaced', async () => {
  const source = await nexusOf(stub, { rememberMinutes: '60' })();
  stub.faults.set({ mode: 'error-500', everyNth: 3 });
  expect(await ask(source, 'grant')).toHaveLength(2);
  stub.faults.set({ mode: 'unauthorised', everyNth: 4 });
  expect(await ask(source, 'grant')).toHaveLength(2);
});

test('a 403 on the way is a refusal of this citizen', async () => {
  const source = await nexusOf(stub, { shareSeconds: '60' })();
  await ask(source, 'patient');
  stub.faults.set({ mode: 'forbidden' });
  await expect(ask(source, 'organisation')).rejects.toMatchObject({ code: 'source/forbidden', fault: 'source' });
});

test('a view the client does not have is named as configuration', async () => {
  const source = await nexusOf(stub, { pathwayView: 'Findes ikke' })();
  await expect(ask(source, 'pathway')).rejects.toMatchObject({ code: 'config/unknown-name', fault: 'config' });
});

test('an abort ends the crawl of a citizen', async () => {
  const source = await nexusOf(stub)();
  const abort = new AbortController();
  abort.abort();
  await expect(ask(source, 'grant', canaries.cpr, abort.signal)).rejects.toMatchObject({ code: 'run/cancelled' });
});

/** A root that answers a look-up with a patient whose link is this. */
const withLink = async (href: string, run: (error: Promise<unknown>) => Promise<void>): Promise<void> => {
  const server = createServer((request, response) => {
    const token = { access_token: 't', expires_in: 600 };
    const links = { _links: { patientDetailsSearch: { href: '/search' } } };
    const patient = { id: 1, _links: { patientOrganizations: { href } } };
    const answers: Record<string, unknown> = { '/token': token, '/search': { isPatientAccessible: true, patient } };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answers[request.url ?? ''] ?? links));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const source = await nexusOf({ ...stub, url: `${url}/v2`, tokenUrl: `${url}/token` })();
    await run(ask(source, 'organisation'));
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
};

test.each(['https://elsewhere.example/x', '//elsewhere.example/x', 'http://127.0.0.1:1/x'])(
  'a link to another host is not followed: %s',
  (href) =>
    withLink(href, async (asked) => {
      await expect(asked).rejects.toMatchObject({
        code: 'source/bad-answer',
        message: expect.stringContaining('another host'),
      });
    }),
);

test.each([`/patients/${canaries.cpr}/x`, '/patients?number=010260-9996', '/p/010260%2D9996'])(
  'a link that holds the citizen’s number is not followed',
  (href) =>
    withLink(href, async (asked) => {
      await expect(asked).rejects.toMatchObject({
        code: 'source/bad-answer',
        message: expect.stringContaining('number'),
      });
    }),
);

test('a tree deeper than allowed is refused, not cut', () => {
  const chain = (levels: number): unknown => ({ type: 'x', children: levels === 1 ? [] : [chain(levels - 1)] });
  expect(flatten([chain(4)], 4)).toHaveLength(4);
  expect(() => flatten([chain(5)], 4)).toThrow(/deeper/);
});
