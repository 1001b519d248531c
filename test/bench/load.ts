// The load generator, in a process of its own; it says how much of its core it used, so that a measurement of the
// generator is not taken for one of the server.
import autocannon from 'autocannon';
import { answerQuestions } from './child.ts';

export interface LoadQuestion {
  readonly url: string;
  readonly paths: readonly string[];
  readonly authorization: string;
  readonly seconds: number;
}
export interface LoadAnswer {
  readonly perSecond: number;
  readonly failed: number;
  /** Share of one core the generator used: near 1 it was the generator that was measured. */
  readonly busy: number;
}

const run = async ({ url, paths, authorization, seconds }: LoadQuestion): Promise<LoadAnswer> => {
  const requests = paths.map((path) => ({ path, headers: { authorization } }));
  const [cpu, started] = [process.cpuUsage(), performance.now()];
  const result = await autocannon({ url, requests, connections: 50, duration: seconds });
  const used = process.cpuUsage(cpu);
  return {
    perSecond: result.requests.average,
    failed: result.non2xx + result.errors,
    busy: (used.user + used.system) / 1000 / (performance.now() - started),
  };
};

if (process.send !== undefined) answerQuestions(run);
