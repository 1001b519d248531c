// One running PostgreSQL process. A shell stands between: it holds a pipe to us and shuts the server down when the pipe
// closes, so the server outlives neither a stop nor a kill of ours. The server's log never holds values.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, renameSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { Binaries, RunAs } from './embedded-binaries.ts';
import { admitHub, bareEnvironment, embeddedFailed, type Home } from './embedded-cluster.ts';

export interface Server {
  readonly url: string;
  /** True when it ended by itself in an orderly way; false when it had to be left to `stopLeftOver`. */
  stop(): Promise<boolean>;
}

export interface ServerOptions {
  readonly binaries: Binaries;
  readonly runAs: RunAs;
  readonly port: number | undefined;
  readonly fast: boolean;
}

const startMs = 60_000;
const stopMs = 8_000;

// The watcher's `read` returns when the other end of the pipe is gone, however we went.
const guardian = `"$@" & server=$!
{ read -r _ <&3; kill -INT $server; } & watcher=$!
exec 3<&-
wait $server; code=$?
kill $watcher 2>/dev/null
exit $code`;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const settings = (port: number, fast: boolean): string[] => {
  const values = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '256MB',
    max_wal_size: '2GB',
    wal_level: 'minimal',
    max_wal_senders: 0,
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Errors and their details can hold values; the server's own life is all this log is for.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    ...(fast ? { fsync: 'off', full_page_writes: 'off' } : {}),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
};

const urlOf = (role: string, password: string, port: number, database: string): string =>
  `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;

export const connectTo = async (url: string): Promise<Client | undefined> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch {
    await client.end().catch(() => {});
    return undefined;
  }
};

const launch = (home: Home, { binaries, runAs, fast }: ServerOptions, port: number) => {
  const log = openSync(home.log, 'a', 0o600);
  const server = [binaries.postgres, '-D', home.data, ...settings(port, fast)];
  const [command = '', ...args] = [...runAs.prefix, 'sh', '-c', guardian, 'sh', ...server];
  const child = spawn(command, args, {
    ...runAs.ids,
    cwd: '/',
    env: bareEnvironment,
    detached: true, // the terminal's Ctrl-C is ours to answer, in our order
    stdio: ['ignore', log, log, 'pipe'],
  });
  closeSync(log);
  let over = false;
  const exited = new Promise<void>((settle) => {
    for (const event of ['exit', 'error']) child.once(event, () => settle());
  }).then(() => {
    over = true;
  });
  const rope = child.stdio[3] as Writable & { unref?(): void };
  rope.on('error', () => {});
  rope.unref?.();
  child.unref();
  return {
    isOver: () => over,
    stop: async (): Promise<boolean> => {
      rope.end();
      child.ref();
      await Promise.race([exited, delay(stopMs, undefined, { ref: false })]);
      return over;
    },
  };
};

/** Starts the server and waits until it answers. A port taken in the meantime is tried again with another. */
export const serve = async (home: Home, options: ServerOptions): Promise<Server> => {
  if (existsSync(home.log)) renameSync(home.log, `${home.log}.1`);
  const password = readFileSync(home.password, 'utf8');
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    const server = launch(home, options, port);
    for (const start = Date.now(); !server.isOver() && Date.now() - start < startMs; await delay(20)) {
      const admin = await connectTo(urlOf('postgres', password, port, 'postgres'));
      if (admin === undefined) continue;
      try {
        return { url: urlOf('samspil', await admitHub(admin), port, 'samspil'), stop: server.stop };
      } finally {
        await admin.end();
      }
    }
    await server.stop();
    if (attempt === 3 || options.port !== undefined)
      throw embeddedFailed('The embedded PostgreSQL did not start.', home);
  }
};
