// What `mappings try` prints: everything the author needs, no whole CPR.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { intervention, mappingOf } from './testing.ts';
import { printTried, readSample, tryMapping } from './try.ts';

describe('tryMapping', () => {
  const mapping = mappingOf(
    intervention('grantedAt: { from: at, as: dk-date }\nlegalBasis: p', 'journal: { template: "s/{sagId}" }').replace(
      'subject: { via: sag, key: sagId }',
      'subject: [{ cpr: cpr }, { via: sag, key: sagId }]',
    ),
  );

  it('shows fields, issues and what nobody mentions', () => {
    const tried = tryMapping(mapping, { name: 'Støtte 0101011234', sagId: 7, at: 'x', p: ['§ 85'], extra: 1 });
    expect(printTried(tried)).toBe(`Subject
  sag/7

intervention, by x.k@3
  title: Støtte ‹number›
  type: intervention
  status: active
  legalBasis:
    - § 85
  · journal s/7

Issues
  grantedAt/bad-date

Fields no mapping mentions
  extra
`);
  });

  it('says when nothing comes of it, and masks the number', () => {
    expect(printTried(tryMapping(mapping, { cpr: '0101011234' }))).toBe(`Subject
  cpr/‹number›

Set aside: an issue rejects the record.

Issues
  title/missing (rejects)
`);
    expect(printTried(tryMapping(mapping, {}))).toContain('cannot be read');
  });
});

describe('readSample', () => {
  it('reads JSON and YAML, one record or a list, and never quotes a broken one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'samples-'));
    const sample = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return () => readSample(join(folder, name));
    };
    try {
      expect(sample('a.json', '[{"id": 7},\n\t{"id": "8"}]')()).toEqual([{ id: 7 }, { id: '8' }]);
      expect(sample('a.yaml', 'id: 7\nname: "7"')()).toEqual([{ id: 7, name: '7' }]);
      expect(sample('b.json', '{"cpr": "0101011234", }')).toThrow(/b\.json: not valid JSON\.$/);
      expect(() => readSample(join(folder, 'none.json'))).toThrow(/cannot be read/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
