// The access log outside the database: where its chain is anchored, and who else is told of each entry.
import { z } from 'zod';
import { duration, encryptedUrl } from './values.ts';

export const log = z.strictObject({
  /** Lines about the chain are added here; keep it where whoever runs the database cannot rewrite it. */
  anchorFile: z.string().min(1).optional(),
  anchorEvery: duration.prefault('1h'),
  /** Sealed entries are sent here as OTLP/JSON log records, such as `https://collector.example/v1/logs`. */
  otlp: z
    .strictObject({
      endpoint: encryptedUrl,
      headers: z.record(z.string().regex(/^[A-Za-z0-9-]+$/), z.string().meta({ secret: true })).default({}),
      every: duration.prefault('10s'),
    })
    .optional(),
});
