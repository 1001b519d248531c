// Many short statements at a time over few connections: the next is sent while one is being answered, so neither side
// waits for the other, and a busy web process has three connections for what it reads instead of one per request. Each
// statement stands alone; transactions and anything long take a connection of the pool's.
import type { Db, Pool, Tx } from './db.ts';

interface Lane {
  readonly client: Promise<Tx>;
  /** Takes it from the lanes: nobody else may begin on it. */
  readonly drop: () => boolean;
  underWay: number;
}

/** `pool` is this one's alone, made with `pipelined`. */
export const createPipeline = (pool: Pool): Db => {
  const lanes = new Set<Lane>();

  const open = (): Lane => {
    const lane: Lane = { client: pool.connect(), drop: () => lanes.delete(lane), underWay: 0 };
    lanes.add(lane);
    lane.client.then((client) => client.on('error', lane.drop), lane.drop);
    return lane;
  };

  const leastBusy = (): Lane => {
    const [first] = [...lanes].sort((one, other) => one.underWay - other.underWay);
    return first === undefined || (first.underWay > 0 && lanes.size < (pool.options.max ?? 1)) ? open() : first;
  };

  /** An idle connection is the pool's again: it knows how long one may stay open. */
  const leave = async (lane: Lane): Promise<void> => {
    lane.underWay -= 1;
    if (lane.underWay > 0) return;
    const broken = !lane.drop();
    const client = await lane.client;
    client.removeListener('error', lane.drop);
    client.release(broken);
  };

  return {
    async query(text, values) {
      const lane = leastBusy();
      lane.underWay += 1;
      const client = await lane.client;
      try {
        return await client.query(text, values as unknown[]);
      } catch (error) {
        // Perhaps the connection's last word: what is under way on it ends, and nothing else begins.
        lane.drop();
        throw error;
      } finally {
        await leave(lane);
      }
    },
  };
};
