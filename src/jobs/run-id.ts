// The run of a job: the same job, tried again, is the same run.
import { createHash } from 'node:crypto';

export const runIdOf = (jobId: string): string => {
  const hex = createHash('sha256').update(jobId).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
