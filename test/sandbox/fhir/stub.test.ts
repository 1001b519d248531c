// The FHIR stub behaves as the servers it stands for: order and paging under change, folders of versions, scale.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FhirResource } from './data.ts';
import { loadFhirFolder } from './folder.ts';
import { createSearch } from './search.ts';
import { createFhirStore } from './store.ts';

const goals = (count: number): FhirResource[] =>
  Array.from({ length: count }, (_, index) => ({
    resourceType: 'Goal',
    id: `g${index}`,
    meta: { lastUpdated: new Date(Date.UTC(2026, 0, 1, 0, 0, (index * 7919) % count)).toISOString() },
  }));
const ids = (rows: Iterable<{ readonly resource: FhirResource }>): string[] =>
  [...rows].map(({ resource }) => resource.id);

describe('the store', () => {
  it('gives rows by time of change, a changed one last and once', () => {
    const store = createFhirStore({ Goal: goals(50) });
    store.put({ resourceType: 'Goal', id: 'g3' });
    const order = ids(store.since('Goal', 0));
    expect(order).toHaveLength(50);
    expect(order.at(-1)).toBe('g3');
    expect(store.get('Goal', 'g3')?.meta?.versionId).toBe('2');
  });

  it('keeps its pages whole while records change', () => {
    const store = createFhirStore({ Goal: goals(20) });
    const engine = createSearch(store, { maximumCount: 5 });
    const seen = new Set<string>();
    let found = engine.search('Goal', new URLSearchParams({ _sort: '_lastUpdated' }));
    for (let page = 0; ; page += 1) {
      for (const id of ids(found.rows)) seen.add(id);
      if (found.next === undefined) break;
      store.put({ resourceType: 'Goal', id: `g${page}` });
      found = engine.page(found.next) ?? expect.fail('the token is gone');
    }
    expect(seen.size).toBe(20);
  });

  it('finds a citizen’s records, also after they moved to another', () => {
    const about = (id: string, patient: string): FhirResource => ({
      resourceType: 'Goal',
      id,
      subject: { reference: `Patient/${patient}` },
    });
    const store = createFhirStore({ Goal: [about('a', 'p1'), about('b', 'p1')] });
    expect(ids(store.ofPatient('Goal', 'p1'))).toEqual(['a', 'b']);
    store.put(about('a', 'p2'));
    expect(ids(store.ofPatient('Goal', 'p1'))).toEqual(['b']);
    expect(ids(store.ofPatient('Goal', 'p2'))).toEqual(['a']);
  });

  it('serves 100,000 records page by page in a moment', () => {
    const store = createFhirStore({ Goal: goals(100_000) });
    const engine = createSearch(store, { maximumCount: 500 });
    const started = performance.now();
    let count = 0;
    let found = engine.search('Goal', new URLSearchParams());
    for (;;) {
      count += found.rows.length;
      if (found.next === undefined) break;
      found = engine.page(found.next) ?? expect.fail('the token is gone');
    }
    expect(count).toBe(100_000);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('a folder', () => {
  it('serves first versions, unpacks Bundles once, and puts later versions in place step by step', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fhir-'));
    const write = (name: string, content: object): void => writeFileSync(join(folder, name), JSON.stringify(content));
    const goal = (id: string, version: number): object => ({
      resourceType: 'Goal',
      id,
      description: { text: String(version) },
    });
    try {
      write('Goal-a.json', goal('a', 1));
      write('Goal-a-v2.json', goal('a', 2));
      write('Goal-a-v10.json', goal('a', 10));
      write('Goal-b.json', goal('b', 1));
      const inner = {
        resourceType: 'Bundle',
        id: 'i',
        entry: [{ resource: goal('c', 1) }, { resource: goal('a', 2) }],
      };
      write('Bundle-x.json', {
        resourceType: 'Bundle',
        id: 'x',
        timestamp: '2026-01-01T00:00:00Z',
        entry: [{ resource: inner }],
      });
      write('notes.json', { no: 'resource' });
      const loaded = loadFhirFolder(folder);
      const store = createFhirStore(loaded.data);
      const text = (id: string): unknown => (store.get('Goal', id)?.description as { text?: string } | undefined)?.text;
      expect([store.count('Goal'), text('a'), text('c')]).toEqual([3, '1', '1']);
      expect([loaded.step(store), text('a')]).toEqual([1, '2']);
      expect([loaded.step(store), text('a')]).toEqual([1, '10']);
      expect(loaded.step(store)).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
