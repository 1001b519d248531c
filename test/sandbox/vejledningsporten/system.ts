// Vejledningsporten in the sandbox municipality, filled from the synthetic citizens.
import type { SandboxSystem } from '../systems.ts';
import { personAt } from '../world/person.ts';
import { showcasePort } from '../world/showcase-vejledningsporten.ts';
import { createTimes } from '../world/times.ts';
import { isGuided, portRecords } from '../world/to-vejledningsporten.ts';
import type { World } from '../world/world.ts';
import { createPortData, type PortData } from './data.ts';
import { portCredentials, startPortStub } from './server.ts';

/** Writes the citizen's records with this time of change; records that read as before keep theirs. */
const putCitizen = (data: PortData, world: World, index: number, aendret: string): void => {
  const { seed, today } = world.options;
  const { revision } = world.citizenAt(index);
  const person = personAt(seed, index, today);
  const shown = index === world.showcase.index;
  if (!shown && !isGuided(seed, person, today)) return;
  const rows = shown ? showcasePort(today, aendret, revision) : portRecords({ person, seed, today, aendret, revision });
  for (const { kind, ...row } of rows) {
    const before = data.get(kind, row.id);
    if (before === undefined || JSON.stringify(before.felter) !== JSON.stringify(row.felter)) data.put(kind, row);
  }
};

export const vejledningsporten: SandboxSystem = {
  name: 'vejledningsporten',
  async start({ world, latencyMs }) {
    const data = createPortData();
    const { citizens, seed, today } = world.options;
    const times = createTimes(citizens, today);
    for (let index = 0; index < citizens; index += 1)
      if (index === world.showcase.index || isGuided(seed, personAt(seed, index, today), today))
        putCitizen(data, world, index, new Date(times.of(index)).toISOString());
    const stub = await startPortStub({ data, ...(latencyMs === undefined ? {} : { latencyMs }) });
    return {
      environment: {
        SANDBOX_VEJLEDNINGSPORTEN_URL: stub.url,
        SANDBOX_VEJLEDNINGSPORTEN_TOKEN_URL: stub.tokenUrl,
        SANDBOX_VEJLEDNINGSPORTEN_CLIENT_ID: portCredentials.clientId,
        SANDBOX_VEJLEDNINGSPORTEN_CLIENT_SECRET: portCredentials.clientSecret,
        SANDBOX_VEJLEDNINGSPORTEN_GATEWAY_KEY: portCredentials.gatewayKey,
      },
      async changed(indexes, at) {
        for (const index of indexes) putCitizen(data, world, index, at);
      },
      close: stub.close,
    };
  },
};
