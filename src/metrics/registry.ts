// One process's metrics, in Prometheus' text format. Every label is a name from configuration or code (source, kind, route
// pattern, state), so that their number is bounded and nothing about a person can be one.
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import product from '../../package.json' with { type: 'json' };

export interface Metrics {
  readonly registry: Registry;
  /** Asked for at each reading, before the text is made. */
  readonly before: (() => Promise<void>)[];
  text(): Promise<string>;
  readonly contentType: string;
}

export const createMetrics = (role: 'web' | 'worker'): Metrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'samspil_build_info',
    help: 'Version and role of the process; always 1.',
    labelNames: ['version', 'role'],
    registers: [registry],
  }).set({ version: product.version, role }, 1);
  const before: (() => Promise<void>)[] = [];
  let reading: Promise<string> | undefined;
  const read = async (): Promise<string> => {
    await Promise.all(before.map((ask) => ask()));
    return registry.metrics();
  };
  return {
    registry,
    before,
    contentType: registry.contentType,
    // Whoever asks meanwhile gets the same answer: many who ask cost no more than one.
    text() {
      reading ??= read().finally(() => {
        reading = undefined;
      });
      return reading;
    },
  };
};
