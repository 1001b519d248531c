// DUBU in the sandbox municipality, filled with the families among the synthetic citizens.
import type { SandboxSystem } from '../systems.ts';
import { placeOf, showcaseHousehold } from '../world/household.ts';
import { showcaseDubu } from '../world/showcase-dubu.ts';
import { dubuCases } from '../world/to-dubu.ts';
import type { World } from '../world/world.ts';
import { createDubuData, type DubuData } from './data.ts';
import { dubuCredentials, startDubuStub } from './server.ts';

/** What befell anybody of the family, as a number. */
const revisionOf = (world: World, start: number, members: number): number =>
  Array.from({ length: members }, (_, at) => world.citizenAt(start + at).revision).reduce((sum, one) => sum + one, 0);

const putFamily = (data: DubuData, world: World, start: number, members: number): void => {
  const { seed, today } = world.options;
  const revision = revisionOf(world, start, members);
  const cases = start === showcaseHousehold ? showcaseDubu(today, revision) : dubuCases(seed, start, today, revision);
  for (const { sag, aktiviteter } of cases) {
    data.sager.set(sag.id, sag);
    data.aktiviteter.set(sag.id, aktiviteter);
  }
};

export const dubu: SandboxSystem = {
  name: 'dubu',
  async start({ world, latencyMs }) {
    const data = createDubuData();
    const { citizens, seed } = world.options;
    for (let start = 0; start < citizens; ) {
      const { roles } = placeOf(seed, start);
      // A family that the municipality's last index cuts through is left out.
      if (start + roles.length <= citizens && roles.includes('child')) putFamily(data, world, start, roles.length);
      start += roles.length;
    }
    const changed = async (indexes: Iterable<number>): Promise<void> => {
      for (const index of indexes) {
        const { start, roles } = placeOf(seed, index);
        if (start + roles.length <= citizens && roles.includes('child')) putFamily(data, world, start, roles.length);
      }
    };
    const stub = await startDubuStub({ data, ...(latencyMs === undefined ? {} : { latencyMs }) });
    return {
      environment: {
        SANDBOX_DUBU_URL: stub.url,
        SANDBOX_DUBU_TOKEN_URL: stub.tokenUrl,
        SANDBOX_DUBU_CLIENT_ID: dubuCredentials.clientId,
        SANDBOX_DUBU_CLIENT_SECRET: dubuCredentials.clientSecret,
      },
      changed,
      close: stub.close,
    };
  },
};
