// Sources that are one system, composed as a hub does it: one budget, in this process and in Postgres.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { createLogger } from '../../src/log.ts';
import { composeHub, type Hub } from '../../src/main.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { useDatabase } from '../postgres.ts';
import { canaries, sampleData } from '../sandbox/nexus/sample.ts';
import { type NexusStub, nexusCredentials, startNexusStub } from '../sandbox/nexus/server.ts';

const database = useDatabase();
let stub: NexusStub;
beforeAll(async () => {
  stub = await startNexusStub({ data: sampleData() });
});
afterAll(() => stub.close());

const hubOf = (budgets: Readonly<Record<string, object>>): Hub => {
  const config = {
    baseUrl: stub.url,
    tokenUrl: stub.tokenUrl,
    ...nexusCredentials,
    shareSeconds: '0',
    rememberMinutes: '0',
  };
  const sources = Object.fromEntries(
    Object.entries(budgets).map(([name, budget]) => [
      name,
      { adapter: 'nexus', title: name, domain: 'health', ownerUnit: 'sundhed', budget, config },
    ]),
  );
  return composeHub({
    config: parseConfig(
      {
        municipality: { code: '0999', name: 'Egevang' },
        enrolmentBases: [{ code: 'lab-40-3', title: 'LAB' }],
        sources,
      },
      'test',
    ),
    pool: database.pool(),
    keys: createKeyRing(newKeyMaterial()),
    log: createLogger({ level: 'silent' }),
    databaseUrl: database.url(),
  });
};

const shared = { shared: 'eoj', requestsPerSecond: '10', concurrency: '4' };

it('keeps one rate for both, and one timeline', async () => {
  const hub = hubOf({ elderly: shared, disability: shared });
  const signal = new AbortController().signal;
  const begun = performance.now();
  // Root, look-up and organisations, the token once for each: four and three requests a round, 28 in all.
  const ask = async (name: string): Promise<number> => {
    const opened = await hub.sources.get(name)?.source.open();
    for (let round = 0; round < 4; round += 1)
      for await (const _ of opened?.byCitizen?.['organisation']?.({ cpr: canaries.cpr, signal }) ?? []);
    return opened?.requests?.() ?? 0;
  };
  const asked = await Promise.all(['elderly', 'disability'].map(ask));
  expect(asked).toEqual([13, 13]);
  // Ten at once, the other sixteen at ten a second.
  expect(performance.now() - begun).toBeGreaterThan(1_400);
  const { rows } = await database.pool().query('select name from rate_budget');
  expect(rows).toEqual([{ name: 'shared eoj' }]);
});

it('is refused when the two say different things about it', () => {
  expect(() => hubOf({ elderly: shared, disability: { ...shared, requestsPerSecond: '20' } })).toThrow(
    /different things/,
  );
});
