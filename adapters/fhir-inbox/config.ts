// Configuration of an inbox: where messages lie, what becomes of a file that was read, and whether they are acknowledged.
// Scalars may arrive as text (the hub's YAML has only text).
import { z } from 'zod';
import { hasCredentials, sftpServer } from '../../src/adapter/sftp-config.ts';

const flag = z.enum(['yes', 'no', 'true', 'false']).transform((text) => text === 'yes' || text === 'true');
/** One folder below the watched one. */
const subFolder = z.string().regex(/^[\w-][\w. -]{0,63}$/u, 'the name of a folder below `folder`');

const everywhere = {
  /**
   * Is the text of care communications part of their records? Consider what the plan needs it for before saying yes:
   * without it nothing of the text is kept, not even sealed.
   */
  messageText: flag.default(false),
};

const files = {
  ...everywhere,
  folder: z.string().min(1),
  /** Ends of the names of files that are messages. */
  endings: z.array(z.string().min(1)).min(1).default(['.json']),
  /** What becomes of a message that was read. Refused ones are moved whenever files are not left. */
  after: z.enum(['move', 'delete', 'leave']).default('move'),
  done: subFolder.default('done'),
  refused: subFolder.default('refused'),
  ack: subFolder.default('ack'),
  acknowledge: flag.default(true),
  /** A file is read when two looks this many seconds apart agree; one untouched for ten minutes is not looked at twice. */
  settleSeconds: z.coerce.number().min(0).max(600).default(5),
};

const folder = z.strictObject({ transport: z.literal('folder'), ...files });

const sftp = z.strictObject({ ...sftpServer, ...files }).refine(...hasCredentials);

/** Messages only arrive at the hub's own push address. */
const push = z.strictObject({ transport: z.literal('push'), ...everywhere });

export const inboxConfig = z
  .discriminatedUnion('transport', [folder, sftp, push])
  .refine((config) => config.transport === 'push' || config.after !== 'leave' || !config.acknowledge, {
    path: ['acknowledge'],
    message: 'files that are left are read again every time: say acknowledge: no, or after: move',
  });
export type InboxConfig = z.infer<typeof inboxConfig>;
export type FileConfig = Exclude<InboxConfig, { transport: 'push' }>;
