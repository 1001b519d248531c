// Hidden equals absent, for professionals: see hidden-pairs.ts. More worlds: SAMSPIL_HIDDEN_RUNS.
import { expect, it } from 'vitest';
import { useDatabase } from '../postgres.ts';
import { comparePairs } from './hidden-pairs.ts';
import { professionals } from './hidden-world.ts';

const lanes = [
  [useDatabase(), useDatabase()],
  [useDatabase(), useDatabase()],
  [useDatabase(), useDatabase()],
] as const;
const runs = Number(process.env['SAMSPIL_HIDDEN_RUNS'] ?? 9);

it('answers every request the same with and without what the reader may not see', async () => {
  const { hidden, found } = await comparePairs(lanes, professionals, runs);
  expect(hidden).toBeGreaterThan(0);
  expect(found).toBeGreaterThan(0);
}, 600_000);
