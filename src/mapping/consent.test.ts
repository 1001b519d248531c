// A mapping to `consent`: what could not be read of it is told as doubt, field by field, and limits the hub has no word for.
import { describe, expect, it } from 'vitest';
import { findingsOf, intervention, mappingOf } from './testing.ts';

const text = `
mapping: x.samtykke
to: consent
version: 1
key: id
subject: { cpr: cpr }
fields:
  decision: decision
  status: { value: active }
  recipient: to
  domains: domains
  kinds: kinds
  from: from
limitedBy:
  - { path: only, present: true }
  - { path: "acts[]", other: [see] }
`;
const mapping = mappingOf(text);
const draftOf = (body: object) => mapping.map({ decision: 'grant', ...body }).drafts[0];

describe('a mapping to consent', () => {
  it('is no kind of the plan, and says so', () => {
    expect([mapping.onlyConsents, mapping.mapsCitizen]).toEqual([true, false]);
    expect(mappingOf(intervention('')).onlyConsents).toBe(false);
    expect(draftOf({ to: 'unit:a', domains: ['social'] })).toMatchObject({
      entity: 'consent',
      fields: { decision: 'grant', status: 'active', recipient: 'unit:a', domains: ['social'] },
      consent: { doubts: [], limited: false },
    });
  });

  it('doubts what is not read in full, also where something of it was', () => {
    expect(draftOf({ domains: ['social', 'x'], kinds: 'x', from: '2026-13-01' })).toMatchObject({
      fields: { domains: ['social'] },
      consent: { doubts: ['domains', 'kinds', 'from'] },
    });
    const many = Array.from({ length: 20 }, (_, n) => `x${n}`);
    expect(draftOf({ domains: many, kinds: many })?.consent?.doubts).toEqual(
      expect.arrayContaining(['domains', 'kinds']),
    );
  });

  it('is limited when one of the conditions holds', () => {
    expect(draftOf({ only: 'letters' })?.consent?.limited).toBe(true);
    expect(draftOf({ acts: ['see', 'keep'] })?.consent?.limited).toBe(true);
    expect(draftOf({ acts: ['see'] })?.consent?.limited).toBe(false);
  });

  it('cannot be without its decision, and nothing else is limited so', () => {
    const { drafts, issues } = mapping.map({ decision: 'perhaps' });
    expect([drafts, issues.some(({ code, reject }) => reject && code === 'decision/missing')]).toEqual([[], true]);
    const limited = intervention('', 'limitedBy: { path: a, present: true }');
    expect(findingsOf(limited).join()).toContain('only a mapping to consent');
  });
});
