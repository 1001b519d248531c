// Who lives with whom: indexes come in blocks of ten, each block one of a few neighbourhoods of households, so that a
// citizen's family is found from the index alone, at any size of municipality.
import { randomOf } from './random.ts';

export type Role = 'first' | 'second' | 'child' | 'single' | 'elder';

export interface Place {
  /** First index of the household. */
  readonly start: number;
  readonly roles: readonly Role[];
  /** Position of this citizen in `roles`. */
  readonly at: number;
}

const blockSize = 10;
/** The first household is the showcase citizen's, and the same whatever the seed. */
export const showcaseHousehold = 0;
export const fixedSeed = 2026;
const couple: readonly Role[] = ['first', 'second'];
const one: readonly Role[] = ['single'];
const old: readonly Role[] = ['elder'];

const neighbourhoods: readonly (readonly (readonly Role[])[])[] = [
  [['first', 'second', 'child', 'child', 'child'], couple, one, one, old],
  [['first', 'child', 'child'], couple, one, one, one, old, old],
  [couple, ['first', 'second', 'child', 'child'], one, one, one, old],
  [['first', 'child'], one, one, couple, one, one, old, old],
];

/** The household of an index; the very first block is always a family with three children. */
export const placeOf = (seed: number, index: number): Place => {
  const block = Math.floor(index / blockSize);
  const layout = block === showcaseHousehold ? neighbourhoods[0] : randomOf(seed, 'block', block).pick(neighbourhoods);
  let start = block * blockSize;
  for (const roles of layout ?? []) {
    if (index < start + roles.length) return { start, roles, at: index - start };
    start += roles.length;
  }
  throw new RangeError('A neighbourhood has ten citizens.');
};
