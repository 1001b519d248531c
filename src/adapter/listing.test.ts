// A list that changes while it is read by number: whatever vanishes and comes between two pages, a row that was there all
// the time is given; so it is when the reader is killed after any page and goes on.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ListingCheckpoint, listingCheckpoint, pullListing } from './listing.ts';
import { byOffset } from './turns.ts';

interface Happening {
  /** Rows that vanish, by place. */
  readonly gone: readonly number[];
  /** Rows that come, by place. */
  readonly come: readonly number[];
}

const size = 7;
const clock = { now: () => new Date('2026-11-21T12:00:00Z') };
const signal = new AbortController().signal;
const places = fc.array(fc.nat(80), { maxLength: 12 });
const happenings = fc.array(fc.record({ gone: places, come: places }), { maxLength: 12 });

/** A list that after each answer meets with the next happening. */
const moving = (count: number, happening: readonly Happening[], stated: boolean) => {
  const rows = Array.from({ length: count }, (_, n) => `r${n}`);
  const throughout = new Set(rows);
  let named = 0;
  let turn = 0;
  const listing = {
    clock,
    ask: async (asked: Parameters<Parameters<typeof pullListing>[0]['ask']>[0]) => {
      const numbered = byOffset({ size, overlap: 3 })(asked);
      const some = rows.slice(numbered.at, numbered.at + size);
      const followed = numbered.follow(some.length, { total: stated ? rows.length : undefined });
      const { gone, come } = happening[turn] ?? { gone: [], come: [] };
      turn += 1;
      for (const place of gone) for (const row of rows.splice(place, 1)) throughout.delete(row);
      for (const place of come) rows.splice(place, 0, `n${named++}`);
      return { rows: some.map((key) => ({ key, body: { key } })), ...followed };
    },
  };
  return { listing, throughout };
};

/** Reads to the end; killed after the pages that say so, it goes on from what was stored. */
const readAll = async (
  listing: Parameters<typeof pullListing>[0],
  kills: readonly boolean[],
): Promise<ReadonlySet<string>> => {
  const given = new Set<string>();
  let after: ListingCheckpoint | null = null;
  let pages = 0;
  for (;;) {
    let killed = false;
    for await (const page of pullListing(listing, { after, signal })) {
      for (const { key } of page.records) given.add(key);
      after = listingCheckpoint.parse(JSON.parse(JSON.stringify(page.checkpoint)));
      killed = kills[pages] === true && !after.done;
      pages += 1;
      if (killed) break;
    }
    if (!killed) return given;
  }
};

const missed = async (
  given: Promise<ReadonlySet<string>>,
  throughout: ReadonlySet<string>,
): Promise<readonly string[]> => {
  try {
    const all = await given;
    return [...throughout].filter((row) => !all.has(row));
  } catch (thrown) {
    // A list that moves faster than it can be read is no list read to its end.
    expect(thrown).toMatchObject({ code: 'source/bad-answer', fault: 'transient' });
    return [];
  }
};

describe('a list that moves while it is read', () => {
  it.each([true, false])('hides no row that was there all the time (states its total: %s)', async (stated) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(60), happenings, async (count, happening) => {
        const { listing, throughout } = moving(count, happening, stated);
        expect(await missed(readAll(listing, []), throughout)).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });

  it('nor does it when the reader is killed and goes on', async () => {
    const few = fc.array(
      fc.record({ gone: fc.array(fc.nat(80), { maxLength: 9 }), come: fc.array(fc.nat(80), { maxLength: 3 }) }),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(60), few, fc.array(fc.boolean(), { maxLength: 12 }), async (count, happening, kills) => {
        const { listing, throughout } = moving(count, happening, true);
        expect(await missed(readAll(listing, kills), throughout)).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });
});
