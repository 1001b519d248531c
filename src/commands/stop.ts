// How a role ends: on a signal it closes what was started, last first, and is gone within 20 s.
import { say } from './context.ts';

const stopAfterMs = 19_000;

/** Waits for a signal, then closes what was started, last first. */
export const untilStopped = async (closers: readonly (() => Promise<void>)[]): Promise<void> => {
  await new Promise<void>((resolve) => {
    let began: number | undefined;
    // npm and the terminal may send it twice within a millisecond; whoever sends it again later means it.
    const onSignal = (): void => {
      if (began !== undefined && Date.now() - began > 2000) process.exit(1);
      began ??= Date.now();
      resolve();
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  });
  say('Stopping …');
  const force = setTimeout(() => process.exit(1), stopAfterMs);
  force.unref();
  for (const close of [...closers].reverse()) await close().catch(() => undefined);
  clearTimeout(force);
};
