// The mappings of Momentum against the adapter's schemas: no finding, nothing unmentioned, every example holds.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkMappings } from '../../src/mapping/check.ts';
import { kinds } from './records.ts';

test('every file holds, every path exists, every field is used or listed as unused', () => {
  const bodies = Object.fromEntries(Object.entries(kinds).map(([name, { body }]) => [name, body]));
  const report = checkMappings(join(import.meta.dirname, '../../mappings'), { kinds: { momentum: bodies } });
  const ours = ({ file }: { file: string }): boolean => file.includes('momentum');
  expect(report.findings.filter(ours)).toEqual([]);
  expect(report.warnings.filter(ours)).toEqual([]);
  expect(report.unmentioned.filter((path) => path.startsWith('momentum.'))).toEqual([]);
});
