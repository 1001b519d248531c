// Who may read the metrics: a Prometheus on this machine always; one elsewhere by its token.
import { z } from 'zod';
import { number } from './values.ts';

export const metrics = z.strictObject({
  /** `Authorization: Bearer …` of who asks from elsewhere; without it only this machine may. */
  token: z.string().min(32, 'at least 32 characters').meta({ secret: true }).optional(),
  /** Where a worker serves its own; absent: it does not. */
  workerPort: number.int().positive().max(65_535).optional(),
});
