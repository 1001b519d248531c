// The sandbox municipality: as many citizens as asked for, each made when looked at and never kept, so that a million
// take no more memory than one. Equal options give equal citizens. What happens while it runs is kept as a number per
// citizen: how many events have befallen them.
import { citizenOf } from './citizen.ts';
import { indexAt } from './enrolment-order.ts';
import { capacity } from './number.ts';
import { randomOf } from './random.ts';
import { revised } from './revise.ts';
import { showcaseCpr, showcaseIndex, showcaseName } from './showcase.ts';
import type { Citizen } from './types.ts';

export interface WorldOptions {
  /** How many citizens the source systems know; at most 1.5 million. */
  readonly citizens: number;
  /** How many of them are to be enrolled. */
  readonly enrolled: number;
  readonly seed: number;
  /** `YYYY-MM-DD`: the day everything is written relative to. */
  readonly today: string;
}

export interface World {
  readonly options: WorldOptions;
  readonly showcase: { readonly index: number; readonly cpr: string; readonly name: string };
  citizenAt(index: number): Citizen;
  /** As the citizen was before anything happened. */
  originAt(index: number): Citizen;
  /** Every citizen in order of index. */
  citizens(): Iterable<Citizen>;
  /** Indexes to enrol, the showcase citizen's first. */
  enrolled(): Iterable<number>;
  /** Lets an event befall some citizens, half of them enrolled, never the showcase citizen. @returns their indexes */
  step(count?: number): readonly number[];
  /** Lets an event befall one citizen. */
  touch(index: number): void;
}

export const createWorld = (options: WorldOptions): World => {
  const { citizens, seed, today } = options;
  const enrolled = Math.min(options.enrolled, citizens);
  if (citizens < 1 || citizens > capacity) throw new RangeError(`Between 1 and ${capacity} citizens are possible.`);
  const revisions = new Map<number, number>();
  let steps = 0;

  const citizenAt = (index: number): Citizen => {
    let citizen = citizenOf(seed, index, today);
    for (let left = revisions.get(index) ?? 0; left > 0; left -= 1) citizen = revised(seed, citizen, today);
    return citizen;
  };

  const touch = (index: number): void => {
    revisions.set(index, (revisions.get(index) ?? 0) + 1);
  };

  return {
    options,
    showcase: { index: showcaseIndex, cpr: showcaseCpr, name: showcaseName },
    citizenAt,
    originAt: (index) => citizenOf(seed, index, today),
    *citizens() {
      for (let index = 0; index < citizens; index += 1) yield citizenAt(index);
    },
    *enrolled() {
      for (let place = 0; place < enrolled; place += 1) yield indexAt(place, citizens);
    },
    step(count = 10) {
      steps += 1;
      const random = randomOf(seed, 'step', steps);
      const chosen = new Set<number>();
      for (let draw = 0; draw < count; draw += 1)
        chosen.add(
          draw % 2 === 0 && enrolled > 0 ? indexAt(random.int(0, enrolled - 1), citizens) : random.int(0, citizens - 1),
        );
      chosen.delete(showcaseIndex);
      for (const index of chosen) touch(index);
      return [...chosen];
    },
    touch,
  };
};
