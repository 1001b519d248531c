// Configuration of a folder or an SFTP server with nightly CSV files. Scalars may arrive as text (the hub's YAML has
// only text), so numbers are coerced.
import { z } from 'zod';
import { csvEncodings } from '../../src/adapter/csv.ts';
import { type FileKind, fileKinds, type KindShape, sensum } from './shape.ts';

const column = z.string().min(1);

/** What differs from the preset for one kind of file. */
const kindOverride = z.strictObject({
  /** File name with `*`, `?` and `[0-9]`; upper and lower case are the same. */
  pattern: z.string().min(1).optional(),
  separator: z
    .string()
    .length(1)
    .regex(/^[\x20-\x7e\t]$/, 'one ASCII character')
    .optional(),
  encoding: z.enum(csvEncodings).optional(),
  /** The file's column name → the name mappings use. */
  columns: z.record(column, column).optional(),
  /** Names after `columns` was applied. */
  keyColumns: z.array(column).min(1).optional(),
  keyTextColumns: z.array(column).optional(),
  requiredColumns: z.array(column).optional(),
  /** `any`: the vendor does not end the last line, so that a cut-off file cannot be told from a whole one by it. */
  lastLine: z.enum(['terminated', 'any']).optional(),
});

const everyTransport = {
  /** Holds the files, or one folder per site that does. */
  folder: z.string().min(1),
  /**
   * The folders in it that are sites; each must then have a file of every kind pulled. Left out: whatever folders there
   * are but hidden ones and archives (arkiv, old, behandlet …).
   */
  sites: z.array(z.string().min(1)).optional(),
  /** The columns and file names the kinds start from. */
  shape: z.literal('sensum').default('sensum'),
  separator: z.string().length(1).default(';'),
  encoding: z.enum(csvEncodings).default('utf-8'),
  kinds: z.partialRecord(z.enum(fileKinds), kindOverride).default({}),
  /** A file is read when two looks this many seconds apart agree; one untouched for ten minutes is not looked at twice. */
  settleSeconds: z.coerce.number().min(0).max(600).default(10),
};

const folder = z.strictObject({ transport: z.literal('folder'), ...everyTransport });

const sftp = z
  .strictObject({
    transport: z.literal('sftp'),
    host: z.string().min(1),
    port: z.coerce.number().int().min(1).max(65_535).default(22),
    username: z.string().min(1),
    password: z.string().min(1).meta({ secret: true }).optional(),
    privateKey: z.string().min(1).meta({ secret: true }).optional(),
    passphrase: z.string().min(1).meta({ secret: true }).optional(),
    hostKeySha256: z
      .string()
      .regex(
        /^(SHA256:[A-Za-z0-9+/]{43}=?|[0-9a-fA-F]{64})$/,
        'SHA256:… as ssh-keygen -lf prints it, or 64 hex digits',
      ),
    timeoutSeconds: z.coerce.number().min(1).max(600).default(30),
    ...everyTransport,
  })
  .refine((config) => config.password !== undefined || config.privateKey !== undefined, {
    message: 'password or privateKey is needed',
  });

export const filesConfig = z.discriminatedUnion('transport', [folder, sftp]);
export type FilesConfig = z.infer<typeof filesConfig>;

/** A kind's shape with the configuration applied. */
export interface KindSettings extends KindShape {
  readonly separator: string;
  readonly encoding: (typeof csvEncodings)[number];
  readonly lastLine: 'terminated' | 'any';
  readonly rename: ReadonlyMap<string, string>;
}

export const kindSettings = (config: FilesConfig, kind: FileKind): KindSettings => {
  const { columns, ...own } = config.kinds[kind] ?? {};
  // An own key replaces the preset's as a whole: its text columns would otherwise be demanded of another vendor.
  const preset: KindShape =
    own.keyColumns === undefined ? sensum[kind] : { ...sensum[kind], keyTextColumns: [], columns: [] };
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  return {
    ...preset,
    separator: config.separator,
    encoding: config.encoding,
    lastLine: 'terminated',
    ...given,
    rename: new Map(Object.entries(columns ?? {})),
  };
};
