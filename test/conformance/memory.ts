// Check of memory: what an adapter has given it must let go of, however large the source. Bodies are watched through weak
// references while a pull goes on; those of pages long past must be gone after a collection.
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'vitest';
import type { Page } from '../../src/adapter/contract.ts';
import type { Check } from '../adapter.ts';
import { pullOf, withSource } from './session.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** The page in hand, one read ahead, and what a parser still holds. */
const recent = 3;

/** How many bodies of all but the latest pages are alive at the end; undefined when there are too few pages to tell. */
const aliveOf = async (pages: AsyncIterable<Page<unknown>>): Promise<number | undefined> => {
  const watched: (readonly WeakRef<object>[])[] = [];
  let alive: number | undefined;
  for await (const page of pages) {
    watched.push(
      page.records.flatMap(({ body }) => (typeof body === 'object' && body !== null ? new WeakRef(body) : [])),
    );
    if (watched.length <= recent + 1) continue;
    // A reference that was made or read is kept until the present job ends.
    await setImmediate();
    collect();
    alive = watched
      .slice(0, -recent)
      .reduce((sum, refs) => sum + refs.filter((ref) => ref.deref() !== undefined).length, 0);
    await setImmediate();
  }
  return alive;
};

export const letsGoOfPages: Check = async (subject) =>
  withSource(subject, async ({ source, kinds }) => {
    for (const kind of kinds) {
      const alive = await aliveOf(pullOf(source, kind)({ after: null, signal: new AbortController().signal }));
      expect(alive ?? 0, `${kind}: records of past pages still held`).toBe(0);
    }
  });
