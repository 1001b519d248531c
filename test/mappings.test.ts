// The mappings the hub ships, against the records of their adapters: no findings, every example holds, and every
// source field is either used or written down as unused.
import { describe, expect, it } from 'vitest';
import { bodiesOf, shippedMappings } from '../src/main.ts';
import { checkMappings } from '../src/mapping/check.ts';

describe('the shipped mappings', () => {
  const report = checkMappings([shippedMappings], { bodiesOf: bodiesOf() });

  it('have no findings', () => {
    expect(report.systems).toContain('sensum');
    expect(report.findings).toEqual([]);
  });

  it('each have an example', () => {
    expect(report.warnings.filter((warning) => warning.path === 'examples')).toEqual([]);
    expect(report.examples).toBeGreaterThanOrEqual(report.files);
  });

  it('mention every field of the source', () => {
    expect(report.unmentioned).toEqual([]);
  });
});
