// The mappings the hub ships, against the records of their adapters: no findings, every example holds, and every
// source field is either used or written down as unused.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adapters } from '../adapters/index.ts';
import type { Kinds } from '../src/adapter/contract.ts';
import { checkMappings } from '../src/mapping/check.ts';

/** Which adapter speaks the language of which mapping folder. */
const adapterOf: Readonly<Record<string, string>> = { fhir: 'fhir', momentum: 'momentum', sensum: 'files' };

const kinds = Object.fromEntries(
  Object.entries(adapterOf).map(([system, name]) => {
    const declared: Kinds = adapters.find((one) => one.name === name)?.kinds ?? {};
    return [system, Object.fromEntries(Object.entries(declared).map(([kind, spec]) => [kind, spec.body]))];
  }),
);

describe('the shipped mappings', () => {
  const report = checkMappings(join(import.meta.dirname, '..', 'mappings'), { kinds });

  it('have no findings', () => {
    expect(report.systems).toEqual(Object.keys(adapterOf));
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
