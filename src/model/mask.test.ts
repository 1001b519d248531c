// Masking: what is of a closed set is shown, what somebody has written or is called is not; every field of every kind has a
// say, so a new field is hidden until its schema says otherwise.
import { describe, expect, it } from 'vitest';
import { kinds } from './kinds.ts';
import { masked, maskKey, opennessOf } from './mask.ts';
import { revealingFields } from './reveal.ts';

describe('opennessOf', () => {
  it.each([
    ['plan', 'status', 'open'],
    ['plan', 'type.code', 'open'],
    ['plan', 'type.display', 'line'],
    ['plan', 'period.start', 'open'],
    ['plan', 'title', 'line'],
    ['plan', 'purpose', 'hidden'],
    ['plan', 'legalBasis', 'line'],
    ['goal', 'text', 'hidden'],
    ['contact', 'name', 'hidden'],
    ['contact', 'phone', 'hidden'],
    ['appointment', 'location', 'hidden'],
    ['appointment', 'participants', 'hidden'],
    ['appointment', 'start', 'open'],
    ['statusEntry', 'at', 'open'],
    ['statusEntry', 'measure.value', 'open'],
    ['citizen', 'gender', 'hidden'],
    ['plan', 'nothingOfTheSort', 'hidden'],
  ] as const)('%s.%s is %s', (kind, path, openness) => {
    expect(opennessOf(kind, path)).toBe(openness);
  });

  it('hides whatever reveals a protected person', () => {
    for (const kind of Object.keys(kinds) as (keyof typeof kinds)[])
      for (const field of revealingFields(kind)) expect(opennessOf(kind, field), `${kind}.${field}`).toBe('hidden');
  });
});

describe('masked', () => {
  it('shows the form of a short text, or the text where it may, never a number of a person', () => {
    expect(masked('plan', 'title', 'Plan for Anna 070275-1238', false)).toBe('Xxxx xxx Xxxx 999999-9999');
    expect(masked('plan', 'title', 'Plan for 070275-1238', true)).toBe('Plan for ‹number›');
    expect(masked('plan', 'purpose', 'Hun er syg', true)).toBe('‹10 characters›');
    expect(masked('plan', 'status', 'active', false)).toBe('active');
    expect(masked('plan', 'status', undefined, false)).toBe('–');
    expect(masked('plan', 'title', 'x'.repeat(400), true)).toHaveLength(61);
  });
});

describe('maskKey', () => {
  it('shows at most a third, and nothing of a number', () => {
    expect(['case-0001', 'abc', 'a', '0702751238', 'sag/070275-1238'].map(maskKey)).toEqual([
      '…001',
      '…c',
      '…',
      '…',
      '…',
    ]);
  });
});
