// The only SFTP client an adapter sees: the server's key is pinned, everything has a time limit, files are read as a
// stream from any byte, and foreign failures become fault classes without names or values.
// One connection per pull: nightly drops do not need one kept open.
import { createHash, timingSafeEqual } from 'node:crypto';
import { connect } from 'node:net';
import SftpClient from 'ssh2-sftp-client';
import { HubError } from '../errors.ts';

export interface SftpOptions {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password?: string | undefined;
  /** OpenSSH or PEM text. */
  readonly privateKey?: string | undefined;
  readonly passphrase?: string | undefined;
  /** As `ssh-keygen -lf` prints it: `SHA256:…`, or the same digest in hex. */
  readonly hostKeySha256: string;
  /** Longest wait for the connection, for one answer, and for the next piece of a file. Default 30 s. */
  readonly timeoutMs?: number;
}

export interface RemoteEntry {
  readonly name: string;
  readonly folder: boolean;
  readonly size: number;
  readonly mtimeMs: number;
}

export interface SftpSession {
  list(folder: string, signal: AbortSignal): Promise<readonly RemoteEntry[]>;
  stat(path: string, signal: AbortSignal): Promise<{ readonly size: number; readonly mtimeMs: number }>;
  /** Bytes from `start` up to and including `end`. */
  read(path: string, range: { start: number; end: number }, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Under a name of its own first: nobody sees half a file. */
  write(path: string, content: string): Promise<void>;
  /** Takes the place of what has that name. */
  move(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  makeFolder(path: string): Promise<void>;
  close(): Promise<void>;
}

const cancelled = (): HubError =>
  new HubError({ code: 'run/cancelled', fault: 'transient', message: 'The transfer was cancelled.' });

const timedOut = (): HubError =>
  new HubError({ code: 'source/timeout', fault: 'transient', message: 'The SFTP server did not answer in time.' });

const faultOf = (thrown: unknown): HubError => {
  if (thrown instanceof HubError) return thrown;
  const { code, message = '' } = thrown as { code?: unknown; message?: string };
  if (/authentication methods failed/i.test(message))
    return new HubError({
      code: 'source/unauthorised',
      fault: 'config',
      message: 'The SFTP server refused the credentials.',
      hint: 'Check the user name and the password or private key of this source.',
    });
  if (/handshake/i.test(message) && /timed out/i.test(message)) return timedOut();
  if (/privateKey|parse/i.test(message))
    return new HubError({
      code: 'config/invalid',
      fault: 'config',
      message: 'The private key of this source cannot be read.',
      hint: 'Give it in OpenSSH or PEM format, with its passphrase if it has one.',
    });
  // 2 and 3 are SFTP's own status codes: no such file, permission denied.
  if (code === 2 || code === 'ENOENT' || /no such file/i.test(message))
    return new HubError({
      code: 'source/not-found',
      fault: 'source',
      message: 'The folder or file is not on the SFTP server.',
    });
  if (code === 3 || /permission denied/i.test(message))
    return new HubError({
      code: 'source/forbidden',
      fault: 'config',
      message: 'The SFTP server does not let this user read or change the folder or file.',
    });
  return new HubError({
    code: 'source/unreachable',
    fault: 'transient',
    message: 'The SFTP server could not be reached, or the connection broke.',
  });
};

/** Compares the key the server shows with the pinned digest. */
const keyMatches = (pinned: string, key: Buffer): boolean => {
  const expected = /^[0-9a-f]{64}$/i.test(pinned)
    ? Buffer.from(pinned, 'hex')
    : Buffer.from(pinned.replace(/^SHA256:/, ''), 'base64');
  const actual = createHash('sha256').update(key).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
};

/** Connects and logs in. @throws HubError of any fault class. */
export const openSftp = async (options: SftpOptions, signal: AbortSignal): Promise<SftpSession> => {
  if (signal.aborted) throw cancelled();
  const timeoutMs = options.timeoutMs ?? 30_000;
  const silent = (): void => undefined;
  const client = new SftpClient('samspil', { error: silent, end: silent, close: silent });
  let keyRefused = false;
  let ended = false;

  const close = async (): Promise<void> => {
    if (ended) return;
    ended = true;
    // The other side may be gone: closing is tried, not insisted on.
    await Promise.race([client.end().catch(silent), new Promise((done) => setTimeout(done, 1_000).unref())]);
  };

  const guarded = async <T>(act: () => Promise<T>): Promise<T> => {
    const limit = AbortSignal.timeout(timeoutMs);
    const either = AbortSignal.any([signal, limit]);
    let giveUp = silent;
    const stopped = new Promise<never>((_, reject) => {
      giveUp = () => reject(limit.aborted ? timedOut() : cancelled());
      either.addEventListener('abort', giveUp, { once: true });
    });
    try {
      if (either.aborted) throw cancelled();
      return await Promise.race([act(), stopped]);
    } catch (thrown) {
      throw faultOf(thrown);
    } finally {
      either.removeEventListener('abort', giveUp);
    }
  };

  try {
    await guarded(() =>
      client.connect({
        // Our own socket: with Nagle's algorithm every request waits for the last one's acknowledgement, 40 ms and more.
        sock: connect({ host: options.host, port: options.port, noDelay: true }),
        username: options.username,
        ...(options.password === undefined ? {} : { password: options.password }),
        ...(options.privateKey === undefined ? {} : { privateKey: options.privateKey }),
        ...(options.passphrase === undefined ? {} : { passphrase: options.passphrase }),
        readyTimeout: timeoutMs,
        keepaliveInterval: 10_000,
        keepaliveCountMax: 3,
        hostVerifier: (key: Buffer) => {
          keyRefused = !keyMatches(options.hostKeySha256, key);
          return !keyRefused;
        },
      }),
    );
  } catch (thrown) {
    await close();
    if (keyRefused)
      throw new HubError({
        code: 'source/unauthorised',
        fault: 'config',
        message: 'The SFTP server’s key is not the pinned one: nothing was sent to it.',
        hint: 'Ask the operator of the server whether its key was changed, then set hostKeySha256.',
      });
    throw thrown;
  }

  const remove = async (path: string): Promise<void> => void (await guarded(() => client.delete(path, true)));
  const move = async (from: string, to: string): Promise<void> => {
    // Not every server renames over a file that is there.
    await remove(to);
    await guarded(() => client.rename(from, to));
  };

  return {
    remove,
    move,
    write: async (path, content) => {
      const unfinished = `${path}.part`;
      await guarded(() => client.put(Buffer.from(content, 'utf8'), unfinished));
      await move(unfinished, path);
    },
    makeFolder: async (path) => {
      if ((await guarded(() => client.exists(path))) === false) await guarded(() => client.mkdir(path));
    },
    list: async (folder) =>
      (await guarded(() => client.list(folder))).map((entry) => ({
        name: entry.name,
        folder: entry.type === 'd',
        size: entry.size,
        mtimeMs: entry.modifyTime,
      })),
    stat: async (path) => {
      const stat = await guarded(() => client.stat(path));
      return { size: stat.size, mtimeMs: stat.modifyTime };
    },
    read: (path, range) =>
      readThrough(() => client.createReadStream(path, { ...range, autoClose: true }), timeoutMs, signal),
    close,
  };
};

/** The stream's pieces; a silent server or an abort ends it with an error instead of hanging. */
async function* readThrough(
  open: () => NodeJS.ReadableStream & { destroy(error?: Error): unknown },
  timeoutMs: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (signal.aborted) throw cancelled();
  const stream = open();
  // A connection that breaks reports once more on streams already given up; unheard, that would end the process.
  stream.on('error', () => undefined);
  const stop = (): void => void stream.destroy(cancelled());
  signal.addEventListener('abort', stop, { once: true });
  const arm = (): NodeJS.Timeout => setTimeout(() => stream.destroy(timedOut()), timeoutMs);
  let timer = arm();
  try {
    for await (const piece of stream) {
      // The consumer may take its time (it stores a page): only the server's silence counts.
      clearTimeout(timer);
      yield piece as unknown as Uint8Array;
      timer = arm();
    }
  } catch (thrown) {
    throw faultOf(thrown);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    stream.destroy();
  }
}
