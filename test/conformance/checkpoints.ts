// Checks of going on: a run may be killed after any page and must lose nothing; abort ends it; deletions show.
import { expect } from 'vitest';
import type { KindSpec, Page } from '../../src/adapter/contract.ts';
import { HubError } from '../../src/errors.ts';
import type { Check } from '../adapter.ts';
import { askOf, keysOf, pullAll, pullCitizen, pullOf, withSource } from './session.ts';

const stored = (spec: KindSpec, checkpoint: unknown, kind: string): unknown => {
  const parsed = spec.checkpoint.safeParse(JSON.parse(JSON.stringify(checkpoint)));
  if (!parsed.success) return expect.fail(`${kind}: a checkpoint does not survive JSON and its schema`);
  expect(parsed.data, `${kind}: a checkpoint changes on its way through JSON and its schema`).toEqual(checkpoint);
  return parsed.data;
};

export const replayLosesNothing: Check = async (subject) =>
  withSource(subject, async ({ source, specs, kinds }) => {
    for (const kind of kinds) {
      const spec = specs[kind] as KindSpec;
      const pages = await pullAll(source, kind, null);
      const everything = keysOf(pages);
      const seen = new Set<string>();
      for (const [at, page] of pages.entries()) {
        for (const { key } of page.records) seen.add(key);
        const rest = await pullAll(source, kind, stored(spec, page.checkpoint, kind));
        const replayed = new Set(keysOf(rest));
        const lost = everything.filter((key) => !seen.has(key) && !replayed.has(key));
        expect(lost.length, `${kind}: records lost when going on after page ${at + 1} of ${pages.length}`).toBe(0);
      }
    }
  });

export const aheadYieldsNothing: Check = async (subject) =>
  withSource(subject, async ({ source, specs, harness }) => {
    for (const [kind, checkpoint] of Object.entries(harness.ahead ?? {})) {
      const pages = await pullAll(source, kind, stored(specs[kind] as KindSpec, checkpoint, kind));
      expect(keysOf(pages), `${kind}: records after a checkpoint in the future`).toEqual([]);
      expect(
        pages.flatMap((page) => page.deleted),
        `${kind}: deletions after a checkpoint in the future`,
      ).toEqual([]);
    }
  });

/** Pages until the end, when the first one aborts; undefined when it did not end in time. */
const pagesUntilEnd = async (
  pages: AsyncIterable<Page<unknown>>,
  abort: AbortController,
): Promise<number | undefined> => {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, 5000, undefined);
  const walk = async (): Promise<number> => {
    let count = 0;
    try {
      for await (const _ of pages) {
        count += 1;
        abort.abort();
      }
    } catch (thrown) {
      expect(thrown instanceof HubError ? thrown.code : 'a foreign error', 'how an aborted pull ends').toBe(
        'run/cancelled',
      );
    }
    return count;
  };
  try {
    return await Promise.race([walk(), late]);
  } finally {
    clearTimeout(timer);
  }
};

export const abortEnds: Check = async (subject) =>
  withSource(subject, async ({ source, kinds, crawled, harness }) => {
    const begin = (kind: string, signal: AbortSignal): AsyncIterable<Page<unknown>> =>
      crawled.includes(kind)
        ? (askOf(source, kind)?.({ cpr: harness.citizen?.cpr ?? '', signal }) ?? nothing())
        : pullOf(source, kind)({ after: null, signal });
    for (const kind of [...kinds, ...crawled]) {
      const abort = new AbortController();
      const count = await pagesUntilEnd(begin(kind, abort.signal), abort);
      expect(count ?? 'no end', `${kind}: pages after the abort`).toBeLessThanOrEqual(2);
      const before = new AbortController();
      before.abort();
      const none = await pagesUntilEnd(begin(kind, before.signal), before);
      expect(none ?? 'no end', `${kind}: pages of a pull aborted before it began`).toBeLessThanOrEqual(1);
    }
  });

async function* nothing(): AsyncIterable<Page<unknown>> {}

export const deletionsShow: Check = async (subject) =>
  withSource(subject, async ({ source, specs, harness, kinds, crawled }) => {
    const cpr = harness.citizen?.cpr ?? '';
    for (const kind of crawled) {
      const before = keysOf((await pullCitizen(source, kind, cpr)) ?? []);
      const key = await harness.remove?.(kind);
      if (key === undefined) continue;
      expect(before, `${kind}: the citizen's record to be deleted was there`).toContain(key);
      const after = keysOf((await pullCitizen(source, kind, cpr)) ?? []);
      expect(after, `${kind}: a deleted record in what the citizen has`).not.toContain(key);
    }
    for (const kind of kinds) {
      const { capabilities } = specs[kind] as KindSpec;
      const before = await pullAll(source, kind, null);
      const key = await harness.remove?.(kind);
      if (key === undefined) continue;
      expect(keysOf(before), `${kind}: the record to be deleted was there`).toContain(key);
      if (capabilities.deletes === 'reported') {
        const after = await pullAll(source, kind, before.at(-1)?.checkpoint ?? null);
        expect(
          after.flatMap((page) => page.deleted),
          `${kind}: reported deletions`,
        ).toContain(key);
      } else
        expect(keysOf(await pullAll(source, kind, null)), `${kind}: a deleted record in a full pull`).not.toContain(
          key,
        );
    }
  });
