// An SFTP server on loopback that serves one folder, read-only unless it is to be writable: real SSH handshake, host key and password or key log-in.
// Its faults are those a municipality's file server shows: gone, silent, or cut off in the middle of a file.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join, normalize, posix } from 'node:path';
import ssh2, { type Attributes, type Connection, type SFTPWrapper } from 'ssh2';

const { Server, utils } = ssh2;
const { OPEN_MODE, STATUS_CODE } = utils.sftp;

export type SftpFault =
  | 'none'
  | 'down' // connections are cut at once
  | 'timeout' // reads are never answered
  | 'cut'; // the connection breaks after the first read

export interface SftpStub {
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** A key that may log in as well. */
  readonly privateKey: string;
  /** `SHA256:…` of the server's key. */
  readonly hostKeySha256: string;
  readonly faults: { set(fault: SftpFault): void };
  /** Requests so far. */
  stats(): { readonly connections: number; readonly reads: number };
  close(): Promise<void>;
}

const digest = (publicKey: Buffer): string =>
  `SHA256:${createHash('sha256').update(publicKey).digest('base64').replace(/=+$/, '')}`;

/** A PEM of node's own: about one in 250 keys from ssh2's Ed25519 generator cannot be read back. */
const newKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' }).toString();

const publicPart = (privateKey: string): Buffer => {
  const key = utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return key.getPublicSSH();
};

const DIRECTORY = 0o040000;
const attributes = async (path: string): Promise<Attributes> => {
  const { mode, size, mtimeMs, atimeMs } = await stat(path);
  return { mode, size, uid: 0, gid: 0, mtime: Math.floor(mtimeMs / 1000), atime: Math.floor(atimeMs / 1000) };
};

interface Limits {
  fault: SftpFault;
  reads: number;
  readonly writable: boolean;
}

/** Answers one session's requests out of `root`. */
const serve = (sftp: SFTPWrapper, root: string, limits: Limits, cut: () => void): void => {
  const { writable } = limits;
  const local = (path: string): string => join(root, normalize(posix.join('/', path)));
  const handles = new Map<number, { file: FileHandle } | { folder: string; told: boolean }>();
  let lastHandle = 0;
  const hold = (entry: { file: FileHandle } | { folder: string; told: boolean }): Buffer => {
    lastHandle += 1;
    handles.set(lastHandle, entry);
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(lastHandle);
    return handle;
  };
  const held = (handle: Buffer) => handles.get(handle.readUInt32BE(0));
  const answer = (id: number, act: () => Promise<void>): void => {
    act().catch((error: { code?: string }) =>
      sftp.status(id, error.code === 'ENOENT' ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE),
    );
  };

  sftp.on('REALPATH', (id, path) => {
    const filename = posix.join('/', path);
    sftp.name(id, [
      { filename, longname: filename, attrs: { mode: DIRECTORY, size: 0, uid: 0, gid: 0, atime: 0, mtime: 0 } },
    ]);
  });
  for (const event of ['STAT', 'LSTAT'] as const)
    sftp.on(event, (id: number, path: string) => answer(id, async () => sftp.attrs(id, await attributes(local(path)))));
  sftp.on('OPENDIR', (id, path) =>
    answer(id, async () => {
      await readdir(local(path));
      sftp.handle(id, hold({ folder: local(path), told: false }));
    }),
  );
  sftp.on('READDIR', (id, handle) =>
    answer(id, async () => {
      const entry = held(handle);
      if (entry === undefined || !('folder' in entry)) return sftp.status(id, STATUS_CODE.FAILURE);
      if (entry.told) return sftp.status(id, STATUS_CODE.EOF);
      entry.told = true;
      const names = await readdir(entry.folder);
      const listed = await Promise.all(
        names.map(async (filename) => {
          const attrs = await attributes(join(entry.folder, filename));
          const kind = (attrs.mode & DIRECTORY) === 0 ? '-' : 'd';
          return { filename, longname: `${kind}rw-r--r-- 1 0 0 ${attrs.size} Jan 1 00:00 ${filename}`, attrs };
        }),
      );
      sftp.name(id, listed);
    }),
  );
  sftp.on('OPEN', (id, path, flags) =>
    answer(id, async () => {
      const writes = (flags & OPEN_MODE.WRITE) !== 0;
      if (writes && !writable) return sftp.status(id, STATUS_CODE.PERMISSION_DENIED);
      sftp.handle(id, hold({ file: await open(local(path), writes ? 'w' : 'r') }));
    }),
  );
  sftp.on('WRITE', (id, handle, offset, data) =>
    answer(id, async () => {
      const entry = held(handle);
      if (entry === undefined || !('file' in entry)) return sftp.status(id, STATUS_CODE.FAILURE);
      await entry.file.write(data, 0, data.length, offset);
      sftp.status(id, STATUS_CODE.OK);
    }),
  );
  const change = (id: number, act: () => Promise<unknown>): void =>
    answer(id, async () => {
      if (writable) await act();
      sftp.status(id, writable ? STATUS_CODE.OK : STATUS_CODE.PERMISSION_DENIED);
    });
  sftp.on('RENAME', (id, from, to) => change(id, () => rename(local(from), local(to))));
  sftp.on('REMOVE', (id, path) => change(id, () => rm(local(path))));
  sftp.on('MKDIR', (id, path) => change(id, () => mkdir(local(path))));
  sftp.on('FSETSTAT', (id) => change(id, async () => undefined));
  sftp.on('READ', (id, handle, offset, length) =>
    answer(id, async () => {
      limits.reads += 1;
      if (limits.fault === 'timeout') return;
      if (limits.fault === 'cut' && limits.reads > 1) return cut();
      const entry = held(handle);
      if (entry === undefined || !('file' in entry)) return sftp.status(id, STATUS_CODE.FAILURE);
      const { bytesRead, buffer } = await entry.file.read(
        Buffer.alloc(Math.min(length, 64 * 1024)),
        0,
        Math.min(length, 64 * 1024),
        offset,
      );
      if (bytesRead === 0) return sftp.status(id, STATUS_CODE.EOF);
      sftp.data(id, buffer.subarray(0, bytesRead));
    }),
  );
  sftp.on('CLOSE', (id, handle) =>
    answer(id, async () => {
      const entry = held(handle);
      handles.delete(handle.readUInt32BE(0));
      if (entry !== undefined && 'file' in entry) await entry.file.close();
      sftp.status(id, STATUS_CODE.OK);
    }),
  );
  sftp.on('close', () => {
    for (const entry of handles.values()) if ('file' in entry) void entry.file.close().catch(() => undefined);
    handles.clear();
  });
};

/** Serves `folder` on a free port. */
export const startSensumSftp = async (options: {
  folder: string;
  port?: number;
  writable?: boolean;
}): Promise<SftpStub> => {
  const hostKey = newKey();
  const userKey = newKey();
  const userPublic = publicPart(userKey);
  const [username, password] = ['samspil', 'sandbox-only'];
  const limits: Limits = { fault: 'none', reads: 0, writable: options.writable === true };
  const clients = new Set<Connection>();
  let connections = 0;

  const server = new Server({ hostKeys: [hostKey] }, (client) => {
    connections += 1;
    clients.add(client);
    // The server's side has it as the client's does, but its types do not say so.
    (client as Connection & { setNoDelay(on: boolean): void }).setNoDelay(true);
    client.on('error', () => undefined);
    client.on('close', () => clients.delete(client));
    if (limits.fault === 'down') return void client.end();
    client.on('authentication', (attempt) => {
      if (attempt.username !== username) return attempt.reject(['password', 'publickey']);
      if (attempt.method === 'password' && attempt.password === password) return attempt.accept();
      if (attempt.method === 'publickey' && attempt.key.data.equals(userPublic)) {
        const key = utils.parseKey(userKey);
        // Without a signature the client only asks whether the key would do.
        if (attempt.signature === undefined || attempt.blob === undefined) return attempt.accept();
        if (!(key instanceof Error) && key.verify(attempt.blob, attempt.signature, attempt.hashAlgo) === true)
          return attempt.accept();
      }
      attempt.reject(['password', 'publickey']);
    });
    client.on('session', (accept) =>
      accept().on('sftp', (acceptSftp) => serve(acceptSftp(), options.folder, limits, () => void client.end())),
    );
  });
  await new Promise<void>((ready) => server.listen(options.port ?? 0, '127.0.0.1', ready));

  return {
    port: (server.address() as AddressInfo).port,
    username,
    password,
    privateKey: userKey,
    hostKeySha256: digest(publicPart(hostKey)),
    faults: {
      set: (fault) => {
        limits.fault = fault;
        limits.reads = 0;
      },
    },
    stats: () => ({ connections, reads: limits.reads }),
    close: async () => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      for (const client of clients) client.end();
      await closed;
    },
  };
};
