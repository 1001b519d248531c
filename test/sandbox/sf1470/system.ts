// The Sags- og Dokumentindeks as a system of the sandbox municipality. What happens to a citizen shows by the index's
// clock, and only in the cases that differ.
import type { SandboxSystem } from '../systems.ts';
import { casesOf } from '../world/to-sf1470.ts';
import { createIndexData, type IndexCase } from './data.ts';
import { startIndexStub } from './server.ts';

const content = ({ stsTime: _, time: __, ...rest }: IndexCase): string => JSON.stringify(rest);

export const sf1470: SandboxSystem = {
  name: 'sf1470',
  async start({ world, now, latencyMs }) {
    const data = createIndexData();
    const begun = now().toISOString();
    for (let index = 0; index < world.options.citizens; index += 1)
      for (const one of casesOf(world, index, begun)) data.put(one);
    const stub = await startIndexStub({ data, ...(latencyMs === undefined ? {} : { latencyMs }) });
    return {
      environment: { SANDBOX_SF1470_URL: stub.url },
      async changed(indexes, at) {
        for (const index of indexes)
          for (const one of casesOf(world, index, at)) {
            const before = data.get(one.uuid);
            if (before === undefined || content(before) !== content(one)) data.put(one);
          }
      },
      close: () => stub.close(),
    };
  },
};
