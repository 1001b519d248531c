// A worker process and what it says: killing it is what it is for.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface WorkerProcess {
  /** Resolves when it has logged this event for the nth time since it was started. */
  logged(event: string, times?: number): Promise<void>;
  count(event: string): number;
  readonly errors: () => string;
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

interface Waiting {
  readonly event: string;
  readonly times: number;
  readonly done: () => void;
}

export const startWorkerProcess = (environment: Readonly<Record<string, string>>): WorkerProcess => {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, 'worker.ts')], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const counts = new Map<string, number>();
  const waiting = new Set<Waiting>();
  let errors = '';
  let ended = false;
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const settle = (): void => {
    for (const one of waiting)
      if (ended || (counts.get(one.event) ?? 0) >= one.times) {
        waiting.delete(one);
        one.done();
      }
  };
  void exit.then(() => {
    ended = true;
    settle();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = /"event":"([^"]+)"/.exec(line)?.[1] ?? '';
      counts.set(event, (counts.get(event) ?? 0) + 1);
      settle();
    });
  return {
    logged: (event, times = 1) =>
      new Promise<void>((done) => {
        waiting.add({ event, times, done });
        settle();
      }),
    count: (event) => counts.get(event) ?? 0,
    errors: () => errors,
    async end(signal) {
      child.kill(signal);
      await exit;
    },
  };
};
