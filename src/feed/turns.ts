// One piece of work of a consumer at a time in this process. Its row in the database allows no more anyway; whoever
// waits here holds no connection meanwhile, so that one consumer asking often keeps nobody else from the database.

export type InTurn = <T>(name: string, work: () => Promise<T>) => Promise<T>;

export const createTurns = (): InTurn => {
  const last = new Map<string, Promise<unknown>>();
  return async (name, work) => {
    const mine = (last.get(name) ?? Promise.resolve()).then(work, work);
    last.set(name, mine);
    try {
      return await mine;
    } finally {
      if (last.get(name) === mine) last.delete(name);
    }
  };
};
