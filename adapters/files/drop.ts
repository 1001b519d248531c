// Where the files lie. Two places, one interface: a folder of this machine (or a mount), and an SFTP server.
// Looks one level down: vendors deliver one folder per site.
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openSftp, type SftpSession } from '../../src/adapter/sftp.ts';
import { HubError } from '../../src/errors.ts';
import type { FilesConfig } from './config.ts';

export interface DropFile {
  readonly path: string;
  /** Name of the folder under the root; empty for the root itself. */
  readonly site: string;
  readonly name: string;
  readonly size: number;
  readonly mtimeMs: number;
}

export interface Drop {
  list(signal: AbortSignal): Promise<readonly DropFile[]>;
  /** Undefined when it is gone. */
  stat(path: string, signal: AbortSignal): Promise<{ readonly size: number; readonly mtimeMs: number } | undefined>;
  /** Bytes from `start` up to and including `end`. */
  read(path: string, range: { start: number; end: number }, signal: AbortSignal): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

const CHUNK = 64 * 1024;

const faultOf = (thrown: unknown): HubError => {
  if (thrown instanceof HubError) return thrown;
  const { code, name } = thrown as { code?: string; name?: string };
  if (code === 'ABORT_ERR' || name === 'AbortError')
    return new HubError({ code: 'run/cancelled', fault: 'transient', message: 'Reading was cancelled.' });
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new HubError({
      code: 'source/not-found',
      fault: 'source',
      message: 'The folder, or a file in it, is not there.',
      hint: 'Check the folder of this source and whether the drive is mounted.',
    });
  if (code === 'EACCES' || code === 'EPERM')
    return new HubError({
      code: 'source/forbidden',
      fault: 'config',
      message: 'The hub may not read the folder or a file in it.',
    });
  return new HubError({ code: 'source/unreachable', fault: 'transient', message: 'The folder could not be read.' });
};

const localRead = async function* (
  path: string,
  range: { start: number; end: number },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { ...range, highWaterMark: CHUNK, signal }))
      yield chunk as Uint8Array;
  } catch (thrown) {
    throw faultOf(thrown);
  }
};

/** Size and time, or undefined when the name is gone again: vendors rename when they are done. */
const localStat = (path: string): Promise<{ size: number; mtimeMs: number } | undefined> =>
  stat(path).then(
    ({ size, mtimeMs }) => ({ size, mtimeMs: Math.round(mtimeMs) }),
    (thrown: unknown) => {
      if ((thrown as { code?: string }).code === 'ENOENT') return undefined;
      throw faultOf(thrown);
    },
  );

const localDrop = (root: string, isSite: IsSite): Drop => ({
  list: async (signal) => {
    try {
      const files: DropFile[] = [];
      const look = async (site: string): Promise<void> => {
        signal.throwIfAborted();
        for (const entry of await readdir(join(root, site), { withFileTypes: true })) {
          const path = join(root, site, entry.name);
          if (entry.isDirectory() && site === '' && isSite(entry.name)) await look(entry.name);
          if (!entry.isFile() && !entry.isSymbolicLink()) continue;
          const found = await localStat(path);
          if (found !== undefined) files.push({ path, site, name: entry.name, ...found });
        }
      };
      await look('');
      return files;
    } catch (thrown) {
      throw faultOf(thrown);
    }
  },
  stat: (path) => localStat(path),
  read: localRead,
  close: async () => undefined,
});

const remoteDrop = (session: SftpSession, root: string, isSite: IsSite): Drop => ({
  list: async (signal) => {
    const files: DropFile[] = [];
    const look = async (site: string): Promise<void> => {
      const folder = site === '' ? root : `${root}/${site}`;
      for (const entry of await session.list(folder, signal)) {
        if (!entry.folder) files.push({ ...entry, path: `${folder}/${entry.name}`, site });
        else if (site === '' && isSite(entry.name)) await look(entry.name);
      }
    };
    await look('');
    return files;
  },
  stat: async (path, signal) => {
    try {
      return await session.stat(path, signal);
    } catch (thrown) {
      if (thrown instanceof HubError && thrown.code === 'source/not-found') return undefined;
      throw thrown;
    }
  },
  read: session.read,
  close: session.close,
});

type IsSite = (name: string) => boolean;

/** Folders people move finished files to; what lies there is not a delivery. */
const archives = /^(arkiv\w*|archive\w*|backup|gammel|gamle|old|behandlet|processed|fejl\w*|errors?|te?mp)$/i;

/** Opens the configured place; close it after the pull. */
export const openDrop = async (config: FilesConfig, signal: AbortSignal): Promise<Drop> => {
  const { sites } = config;
  const isSite: IsSite = (name) =>
    sites === undefined ? !/^\./.test(name) && !archives.test(name) : sites.includes(name);
  if (config.transport === 'folder') return localDrop(config.folder, isSite);
  const { timeoutSeconds, folder, ...server } = config;
  const session = await openSftp({ ...server, timeoutMs: timeoutSeconds * 1000 }, signal);
  return remoteDrop(session, folder.replace(/\/+$/, '') || '/', isSite);
};
