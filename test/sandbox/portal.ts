// The citizen portal of the municipality, a consumer system as its vendor would run it: it has subscribed, echoes the
// challenge, fetches what is new when a hint comes and now and then without one, and confirms what it was told to delete.
// It keeps its port and its cursor through a restart; of what it reads it keeps nothing.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface Portal {
  /** Subscribes at the hub, unless it has, and reads what there is. */
  follow(hubUrl: string): Promise<void>;
  close(): Promise<void>;
}

interface Kept {
  readonly port?: number;
  readonly cursor?: string;
}

interface Page {
  readonly entries: readonly { readonly op: string }[];
  readonly cursor: string;
  readonly more: boolean;
}

interface Subscription {
  readonly id: string;
  readonly url: string;
  readonly state: string;
  readonly reason?: string;
}

/** Hints come for what it may read alone: between them it shows the hub how far it is. */
const pollMs = 60_000;

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });

/**
 * @param token signs for the portal
 * @param everyMs between two readings without a hint
 */
export const startPortal = async (
  folder: string,
  token: () => Promise<string>,
  everyMs: number = pollMs,
): Promise<Portal> => {
  const file = join(folder, 'portal.json');
  await mkdir(folder, { recursive: true });
  let kept = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Kept;
  const keep = async (more: Kept): Promise<void> => {
    kept = { ...kept, ...more };
    await writeFile(file, JSON.stringify(kept), { mode: 0o600 });
  };
  let hub: string | undefined;
  let reading: Promise<void> = Promise.resolve();
  let polling: ReturnType<typeof setInterval> | undefined;

  const ask = async (method: string, path: string, body?: object): Promise<Response> =>
    fetch(new URL(path, hub), {
      method,
      headers: {
        authorization: `Bearer ${await token()}`,
        'x-purpose': 'coordinated-plan',
        ...(method === 'GET' ? {} : { 'idempotency-key': randomUUID() }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const json = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const answer = await ask(method, path, body);
    if (!answer.ok) throw new Error(`The hub answered the portal with ${answer.status}.`);
    return (await answer.json()) as T;
  };

  const readAll = async (): Promise<void> => {
    for (let more = true; more; ) {
      const after = kept.cursor === undefined ? '' : `&after=${encodeURIComponent(kept.cursor)}`;
      const answer = await ask('GET', `/v1/changes?limit=500${after}`);
      // Forgotten, or of another database: from the beginning.
      if (answer.status >= 400 && answer.status < 500 && kept.cursor !== undefined) {
        kept = kept.port === undefined ? {} : { port: kept.port };
        continue;
      }
      if (!answer.ok) return;
      const page = (await answer.json()) as Page;
      await keep({ cursor: page.cursor });
      if (page.entries.some(({ op }) => op === 'removed'))
        await ask('POST', '/v1/changes/confirm', { purged: page.cursor });
      more = page.more;
    }
  };
  /** One reading at a time; what a hint promised and could not be read comes with the next. */
  const read = (): Promise<void> => {
    reading = reading.then(readAll).catch(() => undefined);
    return reading;
  };

  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const { data } = JSON.parse(body) as { data?: { challenge?: string } };
      if (data?.challenge !== undefined) response.writeHead(200).end(JSON.stringify({ challenge: data.challenge }));
      else {
        response.writeHead(204).end();
        void read();
      }
    });
  });
  await listen(server, kept.port ?? 0).catch(() => listen(server, 0));
  await keep({ port: (server.address() as AddressInfo).port });
  const own = `http://127.0.0.1:${kept.port}/hints`;

  return {
    async follow(hubUrl) {
      hub = hubUrl;
      const { subscriptions } = await json<{ subscriptions: readonly Subscription[] }>('GET', '/v1/subscriptions');
      for (const { id, url } of subscriptions) if (url !== own) await ask('DELETE', `/v1/subscriptions/${id}`);
      const mine = subscriptions.find(({ url }) => url === own);
      if (mine === undefined) await json('POST', '/v1/subscriptions', { url: own, name: 'Borgerportalen' });
      else if (mine.state !== 'active' && mine.reason !== 'operator')
        await ask('POST', `/v1/subscriptions/${mine.id}/verify`, {});
      await read();
      clearInterval(polling);
      polling = setInterval(() => void read(), everyMs);
      polling.unref();
    },
    async close() {
      clearInterval(polling);
      hub = undefined;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await reading;
    },
  };
};
