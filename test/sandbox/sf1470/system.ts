// The Sags- og Dokumentindeks as a system of the sandbox municipality. What happens to a citizen shows by the index's
// clock, and only in the cases that differ.
import { createHash } from 'node:crypto';
import type { SandboxSystem } from '../systems.ts';
import { casesOf } from '../world/to-sf1470.ts';
import { createIndexData, type IndexCase } from './data.ts';
import { startIndexStub } from './server.ts';

/** A case but for its times, in a few bytes: the cases themselves are made again when they are asked for. */
const digest = ({ stsTime: _, time: __, ...rest }: IndexCase): string =>
  createHash('sha1').update(JSON.stringify(rest)).digest('base64');

export const sf1470: SandboxSystem = {
  name: 'sf1470',
  async start({ world, now, latencyMs }) {
    const data = createIndexData();
    const shown = new Map<string, string>();
    /** Puts there what differs from before. */
    const show = (index: number, at: string): void => {
      for (const one of casesOf(world, index, at)) {
        const { uuid } = one;
        const content = digest(one);
        if (shown.get(uuid) === content) continue;
        shown.set(uuid, content);
        data.put(one, () => casesOf(world, index, at).find((other) => other.uuid === uuid));
      }
    };
    const begun = now().toISOString();
    for (let index = 0; index < world.options.citizens; index += 1) show(index, begun);
    const stub = await startIndexStub({ data, ...(latencyMs === undefined ? {} : { latencyMs }) });
    return {
      environment: { SANDBOX_SF1470_URL: stub.url },
      async changed(indexes, at) {
        for (const index of indexes) show(index, at);
      },
      close: () => stub.close(),
    };
  },
};
