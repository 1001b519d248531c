// One Bundle as a page: withdrawn records, remarks, several versions, records nobody can name.
import { describe, expect, it } from 'vitest';
import type { Bundle } from './client.ts';
import { readPage } from './page.ts';

const bundle = (...resources: unknown[]): Bundle => ({
  resourceType: 'Bundle',
  link: [],
  entry: resources.map((resource) => ({ resource })),
});
const goal = (id: string, more: object = {}): object => ({
  resourceType: 'Goal',
  id,
  lifecycleStatus: 'active',
  ...more,
});

describe('a page', () => {
  it.each([
    ['status', 'Observation', { status: 'entered-in-error' }],
    ['lifecycleStatus', 'Goal', { lifecycleStatus: 'entered-in-error' }],
    ['verificationStatus', 'Condition', { verificationStatus: { coding: [{ code: 'entered-in-error' }] } }],
  ])('tells a withdrawn record by its %s', (_, resourceType, more) => {
    const page = readPage(resourceType, bundle({ resourceType, id: 'a', ...more }, { resourceType, id: 'b' }));
    expect(page.deleted).toEqual(['a']);
    expect(page.records.map(({ key }) => key)).toEqual(['b']);
  });

  it('keeps the newest of several versions, whatever their order', () => {
    const version = (day: string): object => goal('a', { meta: { lastUpdated: `2026-06-${day}T08:00:00Z` } });
    const page = readPage('Goal', bundle(version('02'), version('03'), version('01')));
    expect(page.records).toHaveLength(1);
    expect(page.records[0]?.body).toMatchObject({ meta: { lastUpdated: '2026-06-03T08:00:00Z' } });
    expect(page.ascending).toBe(false);
  });

  it('keeps a record without id, unnamed, so that it is counted', () => {
    expect(readPage('Goal', bundle({ resourceType: 'Goal' }, goal('a'))).records.map(({ key }) => key)).toEqual([
      '',
      'a',
    ]);
  });

  it('counts what is of another type, and whatever is no resource', () => {
    const page = readPage('Goal', bundle(goal('a'), { resourceType: 'Patient', id: 'p' }, null, 'text'));
    expect(page).toMatchObject({ ignored: 3 });
    expect(page.records).toHaveLength(1);
  });

  it('passes warnings over and fails on errors', () => {
    const outcome = (severity: string): object => ({
      resourceType: 'OperationOutcome',
      issue: [{ severity, diagnostics: 'CPR' }],
    });
    expect(readPage('Goal', bundle(outcome('warning')))).toMatchObject({ ignored: 1 });
    expect(() => readPage('Goal', bundle(outcome('error')))).toThrow(/reported an error inside its answer/);
  });
});
