// What a source's `config` says of its SFTP server. Scalars may arrive as text.
import { z } from 'zod';

/** Fields of a strict object; `hasCredentials` is its refinement. */
export const sftpServer = {
  transport: z.literal('sftp'),
  host: z.string().min(1),
  port: z.coerce.number().int().min(1).max(65_535).default(22),
  username: z.string().min(1),
  password: z.string().min(1).meta({ secret: true }).optional(),
  privateKey: z.string().min(1).meta({ secret: true }).optional(),
  passphrase: z.string().min(1).meta({ secret: true }).optional(),
  hostKeySha256: z
    .string()
    .regex(/^(SHA256:[A-Za-z0-9+/]{43}=?|[0-9a-fA-F]{64})$/, 'SHA256:… as ssh-keygen -lf prints it, or 64 hex digits'),
  timeoutSeconds: z.coerce.number().min(1).max(600).default(30),
};

export const hasCredentials = [
  (server: { readonly password?: string | undefined; readonly privateKey?: string | undefined }): boolean =>
    server.password !== undefined || server.privateKey !== undefined,
  { message: 'password or privateKey is needed' },
] as const;
