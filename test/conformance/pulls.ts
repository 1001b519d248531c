// Checks of configuration, probe and a complete pull: every record once, in bounded pages, in the declared shapes.
import { expect } from 'vitest';
import type { KindSpec, Page } from '../../src/adapter/contract.ts';
import type { Check } from '../adapter.ts';
import { askOf, keysOf, pullAll, pullCitizen, recordsOf, withSource } from './session.ts';

const signal = (): AbortSignal => AbortSignal.timeout(20_000);

export const badConfigurationIsRefused: Check = async ({ adapter, start }) => {
  const harness = await start();
  try {
    expect(adapter.config.safeParse(harness.config).success, 'the valid configuration is accepted').toBe(true);
    expect(harness.badConfigs.length, 'the harness names at least one bad configuration').toBeGreaterThan(0);
    for (const { config, path } of harness.badConfigs) {
      const parsed = adapter.config.safeParse(config);
      const paths = parsed.success ? [] : parsed.error.issues.map((issue) => issue.path.join('.'));
      expect(paths, `a configuration with a bad ${path} is refused there`).toContain(path);
    }
  } finally {
    await harness.close();
  }
};

export const probeTellsUp: Check = async (subject) =>
  withSource(subject, async ({ source }) => {
    const result = await source.probe(signal());
    expect(result, 'probe of the running stub').toMatchObject({ up: true });
    expect(result.ms).toBeGreaterThanOrEqual(0);
  });

export const probeTellsDown: Check = async (subject) =>
  withSource(subject, async ({ source, harness }) => {
    await source.probe(AbortSignal.abort()).catch(() => expect.fail('an aborted probe threw'));
    await harness.stop();
    const result = await source.probe(signal()).catch(() => expect.fail('probe threw instead of saying down'));
    expect(result, 'probe of the stopped stub').toMatchObject({ up: false });
    if (!result.up) expect(result.code, 'an error code').toMatch(/^[a-z]+\/[a-z-]+$/);
  });

/** Readable keys, each once, in bounded pages and the declared shape. */
const wellFormed = (kind: string, spec: KindSpec, pages: readonly Page<unknown>[]): void => {
  const keys = keysOf(pages);
  for (const page of pages) expect(page.records.length, `${kind}: records on a page`).toBeLessThanOrEqual(1000);
  expect(keys, `${kind}: keys are readable`).not.toContain('');
  expect(keys.length - new Set(keys).size, `${kind}: keys that came twice`).toBe(0);
  for (const { body } of recordsOf(pages)) {
    const parsed = spec.body.safeParse(body);
    const paths = parsed.success ? [] : parsed.error.issues.map((issue) => issue.path.join('.'));
    expect(paths, `${kind}: body fields that do not match the schema`).toEqual([]);
  }
};

/** A crawled kind is asked for citizen by citizen only, and what is said of one is a snapshot. */
export const crawledKindsHaveNoPull: Check = async (subject) =>
  withSource(subject, async ({ source, specs, harness, crawled }) => {
    for (const kind of crawled) {
      const spec = specs[kind] as KindSpec;
      expect((source.pull as Record<string, unknown>)[kind], `${kind}: a pull of what is crawled`).toBeUndefined();
      expect(askOf(source, kind), `${kind}: how one citizen is asked for`).toBeDefined();
      expect(spec.capabilities, `${kind}: capabilities of what is crawled`).toEqual({
        mode: 'snapshot',
        deletes: 'absent',
      });
      const pages = (await pullCitizen(source, kind, harness.citizen?.cpr ?? '')) ?? [];
      wellFormed(kind, spec, pages);
      for (const { checkpoint, deleted, total } of pages)
        expect({ checkpoint, deleted, total }, `${kind}: a crawled page says what is there, no more`).toEqual({
          checkpoint: null,
          deleted: [],
          total: undefined,
        });
    }
  });

export const pullsEverythingOnce: Check = async (subject) =>
  withSource(subject, async ({ source, specs, harness, kinds }) => {
    for (const kind of kinds) {
      const spec = specs[kind] as KindSpec;
      for (const before of spec.after ?? []) expect(kinds, `${kind}: what it is pulled after`).toContain(before);
      const pages = await pullAll(source, kind, null);
      const keys = keysOf(pages);
      wellFormed(kind, spec, pages);
      expect(keys.length, `${kind}: records pulled`).toBe(harness.expected[kind] ?? 0);
      const totals = pages.flatMap((page) => page.total ?? []);
      for (const total of totals) expect(total, `${kind}: the source's own total`).toBe(keys.length);
      if (spec.capabilities.mode === 'snapshot')
        expect(
          pages.flatMap((page) => page.deleted),
          `${kind}: a snapshot reports no deletions`,
        ).toEqual([]);
    }
  });
