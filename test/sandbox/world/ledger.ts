// What each system says about a citizen as the municipality began, made when asked for. The latest few thousand
// citizens are kept, so that reading page after page does not make them again; a million need no more memory.
import type { FhirResource } from '../fhir/data.ts';
import { socialPartOf } from './citizen.ts';
import { createTimes, type Times } from './times.ts';
import { fhirResources } from './to-fhir.ts';
import { type MomentumRows, momentumRows } from './to-momentum.ts';
import { type SensumRows, sensumRows } from './to-sensum.ts';
import type { World } from './world.ts';

export interface Ledger {
  readonly world: World;
  readonly times: Times;
  momentum(index: number): MomentumRows;
  fhir(index: number): readonly FhirResource[];
  /** Undefined when social services do not know the citizen. */
  sensum(index: number): SensumRows | undefined;
}

const kept = 5000;

/** Remembers the latest results, the oldest forgotten first. */
const remembering = <T>(make: (index: number) => T): ((index: number) => T) => {
  const known = new Map<number, { readonly made: T }>();
  return (index) => {
    const found = known.get(index);
    if (found !== undefined) return found.made;
    const made = make(index);
    known.set(index, { made });
    if (known.size > kept) for (const oldest of known.keys()) if (known.delete(oldest)) break;
    return made;
  };
};

export const createLedger = (world: World): Ledger => {
  const { citizens, seed, today } = world.options;
  const times = createTimes(citizens, today);
  const instant = (index: number): string => new Date(times.of(index)).toISOString();
  return {
    world,
    times,
    momentum: remembering((index) => momentumRows(world.originAt(index), today, instant(index))),
    sensum: remembering((index) => sensumRows(socialPartOf(seed, index, today))),
    fhir: remembering((index) => fhirResources(world.originAt(index), world.options, instant(index))),
  };
};
