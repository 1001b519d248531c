// Something done again and again, one after the other, until it is stopped: what goes wrong is told, and the next turn comes.

export interface Repeating {
  /** Lets the turn in hand end. */
  stop(): Promise<void>;
}

export const repeat = (turn: () => Promise<unknown>, everyMs: number, onError: (error: unknown) => void): Repeating => {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let underWay: Promise<void> = Promise.resolve();
  const next = (): void => {
    underWay = turn()
      .then(() => undefined, onError)
      .then(() => {
        if (!stopped) timer = setTimeout(next, everyMs);
      });
  };
  next();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await underWay;
    },
  };
};
