// Configuration of a folder or an SFTP server with the files of one system. Scalars may arrive as text (the hub's YAML
// has only text), so numbers are coerced.
import { z } from 'zod';
import { csvEncodings } from '../../src/adapter/csv.ts';
import { hasCredentials, sftpServer } from '../../src/adapter/sftp-config.ts';
import { type FileKind, fileKind, kindName, newWithinHours, separator } from './kinds.ts';

const everyTransport = {
  /** Holds the files, or one folder per site that does. */
  folder: z.string().min(1),
  /**
   * The folders in it that are sites; each must then have a file of every kind pulled. Left out: whatever folders there
   * are but hidden ones and archives (arkiv, old, behandlet …).
   */
  sites: z.array(z.string().min(1)).optional(),
  /** For kinds that do not say. */
  separator: separator.default(';'),
  newWithinHours: newWithinHours.optional(),
  encoding: z.enum(csvEncodings).optional(),
  kinds: z.record(kindName, fileKind).refine((kinds) => Object.keys(kinds).length > 0, {
    message: 'at least one kind must be described, here or in the system.yaml of its mappings',
  }),
  /** A file is read when two looks this many seconds apart agree; one untouched for ten minutes is not looked at twice. */
  settleSeconds: z.coerce.number().min(0).max(600).default(10),
};

const folder = z.strictObject({ transport: z.literal('folder'), ...everyTransport });

const sftp = z.strictObject({ ...sftpServer, ...everyTransport }).refine(...hasCredentials);

export const filesConfig = z.discriminatedUnion('transport', [folder, sftp]);
export type FilesConfig = z.infer<typeof filesConfig>;

/** A kind with what the whole source says. */
export interface KindSettings extends Omit<FileKind, 'columns' | 'record'> {
  readonly separator: string;
  readonly rename: ReadonlyMap<string, string>;
  /** From the root to a record. */
  readonly record: readonly string[];
}

export const kindSettings = (config: FilesConfig, own: FileKind): KindSettings => ({
  ...own,
  separator: own.separator ?? config.separator,
  encoding: own.encoding ?? config.encoding,
  newWithinHours: own.newWithinHours ?? config.newWithinHours,
  rename: new Map(Object.entries(own.columns).map(([theirs, ours]) => [theirs.normalize('NFC'), ours])),
  record: own.record?.split('/') ?? [],
});
