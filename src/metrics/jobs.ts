// How long the worker's jobs take and how they end, by source and type: the queues, looked on at.
import { Histogram } from 'prom-client';
import type { Queues } from '../jobs/queue.ts';
import type { Metrics } from './registry.ts';

export const measureJobs = ({ registry }: Metrics, queues: Queues): Queues => {
  const durations = new Histogram({
    name: 'samspil_job_duration_seconds',
    help: 'Time a job took in this worker, by source, type and how it ended.',
    labelNames: ['source', 'type', 'outcome'],
    buckets: [0.05, 0.25, 1, 5, 15, 60, 300],
    registers: [registry],
  });
  const timed =
    <J extends { readonly data: { readonly type: string } }>(source: string, handle: (job: J) => Promise<void>) =>
    async (job: J): Promise<void> => {
      const end = durations.startTimer({ source, type: job.data.type });
      try {
        await handle(job);
        end({ outcome: 'done' });
      } catch (error) {
        end({ outcome: 'failed' });
        throw error;
      }
    };
  return {
    ...queues,
    work: (source, concurrency, handle, onError) => queues.work(source, concurrency, timed(source, handle), onError),
    webhooks: {
      ...queues.webhooks,
      work: (concurrency, handle, onError) => queues.webhooks.work(concurrency, timed('webhooks', handle), onError),
    },
  };
};
