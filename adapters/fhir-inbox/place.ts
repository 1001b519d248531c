// Where message files lie: a folder of this machine (or a mount), or an SFTP server. One interface; only the watched folder
// and the three folders below it are touched.
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSftp, type SftpSession } from '../../src/adapter/sftp.ts';
import { HubError } from '../../src/errors.ts';
import type { FileConfig } from './config.ts';

export interface MessageFile {
  readonly name: string;
  readonly size: number;
  readonly mtimeMs: number;
}

export interface Place {
  /** Files of the watched folder itself. */
  list(signal: AbortSignal): Promise<readonly MessageFile[]>;
  /** The whole file. */
  read(file: MessageFile, signal: AbortSignal): Promise<string>;
  write(folder: string, name: string, content: string): Promise<void>;
  move(name: string, folder: string, as: string): Promise<void>;
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}

const faultOf = (thrown: unknown): HubError => {
  if (thrown instanceof HubError) return thrown;
  const { code, name } = thrown as { code?: string; name?: string };
  if (code === 'ABORT_ERR' || name === 'AbortError')
    return new HubError({ code: 'run/cancelled', fault: 'transient', message: 'Reading was cancelled.' });
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new HubError({
      code: 'source/not-found',
      fault: 'source',
      message: 'The folder of messages, or a file in it, is not there.',
      hint: 'Check the folder of this source and whether the drive is mounted.',
    });
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new HubError({
      code: 'source/forbidden',
      fault: 'config',
      message: 'The hub may not read the folder of messages, or not move and write files in it.',
      hint: 'Let the hub write there, or leave the files: after: leave and acknowledge: no.',
    });
  return new HubError({ code: 'source/unreachable', fault: 'transient', message: 'The folder could not be read.' });
};

const guarded = async <T>(act: () => Promise<T>): Promise<T> => {
  try {
    return await act();
  } catch (thrown) {
    throw faultOf(thrown);
  }
};

const whole = async (pieces: AsyncIterable<Uint8Array>): Promise<string> => {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts).toString('utf8');
};

const localPlace = (root: string): Place => ({
  list: () =>
    guarded(async () => {
      const entries = await readdir(root, { withFileTypes: true });
      const files = await Promise.all(
        entries
          .filter((entry) => entry.isFile())
          .map(async ({ name }) => {
            // It may be gone again: whoever writes renames when it is done.
            const found = await stat(join(root, name)).catch(() => undefined);
            return found === undefined ? [] : [{ name, size: found.size, mtimeMs: Math.round(found.mtimeMs) }];
          }),
      );
      return files.flat();
    }),
  read: ({ name }, signal) =>
    guarded(() => whole(createReadStream(join(root, name), { signal }) as AsyncIterable<Uint8Array>)),
  write: (folder, name, content) =>
    guarded(async () => {
      await mkdir(join(root, folder), { recursive: true });
      const path = join(root, folder, name);
      await writeFile(`${path}.part`, content);
      await rename(`${path}.part`, path);
    }),
  move: (name, folder, as) =>
    guarded(async () => {
      await mkdir(join(root, folder), { recursive: true });
      await rename(join(root, name), join(root, folder, as));
    }),
  remove: (name) => guarded(() => rm(join(root, name))),
  close: async () => undefined,
});

const remotePlace = (session: SftpSession, root: string): Place => ({
  list: async (signal) => (await session.list(root, signal)).filter((entry) => !entry.folder),
  read: async ({ name, size }, signal) =>
    size === 0 ? '' : whole(session.read(`${root}/${name}`, { start: 0, end: size - 1 }, signal)),
  write: async (folder, name, content) => {
    await session.makeFolder(`${root}/${folder}`);
    await session.write(`${root}/${folder}/${name}`, content);
  },
  move: async (name, folder, as) => {
    await session.makeFolder(`${root}/${folder}`);
    await session.move(`${root}/${name}`, `${root}/${folder}/${as}`);
  },
  remove: (name) => session.remove(`${root}/${name}`),
  close: session.close,
});

/** Opens the configured place; close it after the pull. */
export const openPlace = async (config: FileConfig, signal: AbortSignal): Promise<Place> => {
  if (config.transport === 'folder') return localPlace(config.folder);
  const { timeoutSeconds, folder, ...server } = config;
  const session = await openSftp({ ...server, timeoutMs: timeoutSeconds * 1000 }, signal);
  return remotePlace(session, folder.replace(/\/+$/, ''));
};
