// How another process asks the running sandbox to let something happen: a loopback address and a one-time token in the
// data folder.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { StepResult } from './municipality.ts';

const fileIn = (folder: string): string => join(folder, 'sandbox', 'control.json');

export const startControl = async (
  folder: string,
  step: () => Promise<StepResult>,
): Promise<{ close(): Promise<void> }> => {
  const token = randomBytes(24).toString('hex');
  const expected = Buffer.from(`Bearer ${token}`);
  const server = createServer((request, response) => {
    const given = Buffer.from(request.headers.authorization ?? '');
    const allowed = given.length === expected.length && timingSafeEqual(given, expected);
    if (!allowed || request.method !== 'POST' || request.url !== '/step') {
      response.writeHead(404).end();
      return;
    }
    step().then(
      (result) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result)),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await mkdir(join(folder, 'sandbox'), { recursive: true });
  await writeFile(fileIn(folder), JSON.stringify({ port: (server.address() as AddressInfo).port, token }), {
    mode: 0o600,
  });
  return {
    async close() {
      await rm(fileIn(folder), { force: true });
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

export const stepSandbox = async (folder: string): Promise<StepResult> => {
  const text = await readFile(fileIn(folder), 'utf8').catch(() => undefined);
  if (text === undefined) throw new Error('No sandbox is running on this data folder.');
  const { port, token } = JSON.parse(text) as { port: number; token: string };
  const answer = await fetch(`http://127.0.0.1:${port}/step`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  if (!answer.ok) throw new Error(`The sandbox answered ${answer.status}.`);
  return (await answer.json()) as StepResult;
};
