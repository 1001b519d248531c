// How requests fare: how long answers take by route pattern, how many are under way, and how many streams are open.
import { Gauge, Histogram } from 'prom-client';
import type { Metrics } from './registry.ts';

export interface AnsweredRequest {
  readonly method: string;
  /** The pattern, `/v1/citizens/:id/plan`; undefined: no route. */
  readonly route: string | undefined;
  readonly status: number;
  readonly seconds: number;
}

export interface RequestMetrics {
  answered(request: AnsweredRequest): void;
  begun(): void;
  ended(): void;
  streamBegun(route: string): void;
  streamEnded(route: string): void;
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** The addresses of assets hold a digest of them. */
const patternOf = (route: string | undefined): string =>
  route === undefined ? 'none' : route.startsWith('/assets/') ? '/assets/*' : route;

export const measureRequests = ({ registry }: Metrics): RequestMetrics => {
  const registers = [registry];
  const durations = new Histogram({
    name: 'samspil_http_request_duration_seconds',
    help: 'Time to answer, by route pattern and class of status; streams are not counted.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const underWay = new Gauge({ name: 'samspil_http_requests_in_progress', help: 'Requests under way.', registers });
  const streams = new Gauge({
    name: 'samspil_streams_open',
    help: 'Open event streams, by route pattern: viewers of live pages, consumers of changes.',
    labelNames: ['route'],
    registers,
  });
  return {
    answered: ({ method, route, status, seconds }) =>
      durations.observe(
        {
          method: methods.has(method) ? method : 'other',
          route: patternOf(route),
          status: `${Math.floor(status / 100)}xx`,
        },
        seconds,
      ),
    begun: () => underWay.inc(),
    ended: () => underWay.dec(),
    streamBegun: (route) => streams.inc({ route }),
    streamEnded: (route) => streams.dec({ route }),
  };
};
