// What `mappings try` prints: everything the author needs, no whole CPR.
import { describe, expect, it } from 'vitest';
import { intervention, mappingOf } from './testing.ts';
import { printTried, tryMapping } from './try.ts';

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
