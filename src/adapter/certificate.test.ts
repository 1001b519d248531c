// When a server's certificate ends, asked of a real one; a server that is not there says nothing.
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { certificateOf } from './certificate.ts';
import { serverCert, serverKey } from './tls.fixture.ts';

const server = createServer({ cert: serverCert, key: serverKey });
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));
const address = (port: number): URL => new URL(`https://127.0.0.1:${port}/api`);

it('tells the day, also of a certificate nobody trusts', async () => {
  const { port } = server.address() as AddressInfo;
  expect((await certificateOf(address(port)))?.until.getUTCFullYear()).toBe(2126);
});

it('says nothing of what is not there', async () => {
  expect(await certificateOf(address(1))).toBeUndefined();
});
