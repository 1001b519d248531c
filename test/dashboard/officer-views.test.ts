// What the data-protection officer's pages make of the feed's answers: days by weekday, endpoints in a word, decisions
// counted and compared, consents by what stands.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MarkedConsent } from '../../src/consent/before-party.ts';
import { saidOf, standingOf } from '../../src/dashboard/pages/proof/consent-view.ts';
import { type Decided, differencesOf, matrixOf } from '../../src/dashboard/pages/proof/explain-view.ts';
import { endpointFilters, whatOf } from '../../src/dashboard/pages/proof/log-words.ts';
import { quickPeriods } from '../../src/dashboard/pages/proof/periods.ts';

const decision = fc.record({
  record: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  kind: fc.constantFrom('plan', 'goal', 'rating'),
  domain: fc.constantFrom('social', 'health', 'elsewhere'),
  source: fc.constant('s'),
  show: fc.constantFrom('content' as const, 'busy' as const, 'stub' as const, 'hidden' as const),
  rule: fc.integer({ min: 1, max: 7 }),
  text: fc.constant('…'),
});
const decisions = fc.uniqueArray(decision, { selector: ({ record }) => record });

describe('days', () => {
  it('are Copenhagen’s, and last week’s weekday is always one of them', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('2026-01-01'), max: new Date('2028-01-01'), noInvalidDate: true }), (now) => {
        const days = quickPeriods(now).filter(({ from, to }) => from === to);
        expect(days).toHaveLength(8);
        const weekday = (day: string): number => new Date(`${day}T12:00:00Z`).getUTCDay();
        expect(new Set(days.map(({ from }) => weekday(from))).size).toBe(7);
        expect(weekday(days.at(-1)?.from ?? '')).toBe(weekday(days[0]?.from ?? ''));
      }),
    );
    // A quarter to one at night in Denmark is still yesterday in Greenwich.
    expect(quickPeriods(new Date('2026-07-01T22:45:00Z'))[0]).toEqual({
      key: 'today',
      from: '2026-07-02',
      to: '2026-07-02',
    });
  });
});

describe('endpoints', () => {
  it('have a word, and every filter finds what it says', () => {
    for (const [name, begins] of Object.entries(endpointFilters)) expect([name, whatOf(begins)]).toEqual([name, name]);
    expect(whatOf('GET /fhir/Patient/:id/$everything')).toBe('fhir');
    expect(whatOf('GET /v1/citizens')).toBe('list');
    expect(whatOf('consents of a source')).toBe('consents');
    expect(whatOf('POST /admin/quarantine/:id')).toBe('quarantine');
    expect(whatOf('GET /v1/sources')).toBe('other');
  });
});

describe('decisions', () => {
  it('are all in the matrix, once', () => {
    fc.assert(
      fc.property(decisions, (decided) => {
        const { domains, rows } = matrixOf(decided);
        const cells = rows.flatMap((row) => row.cells).filter((cell) => cell !== undefined);
        const sum = (of: (cell: (typeof cells)[number]) => number): number =>
          cells.reduce((all, cell) => all + of(cell), 0);
        expect(sum(({ total }) => total)).toBe(decided.length);
        expect(sum(({ shown }) => shown)).toBe(decided.filter(({ show }) => show === 'content').length);
        expect(rows.every((row) => row.cells.length === domains.length)).toBe(true);
      }),
    );
  });

  it('differ for one and the other alike, and never from themselves', () => {
    const shown = (decided: readonly Decided[], record: string): string =>
      decided.find((one) => one.record === record)?.show ?? 'hidden';
    fc.assert(
      fc.property(decisions, decisions, (first, second) => {
        expect(differencesOf(first, first)).toEqual([]);
        const there = differencesOf(first, second);
        const back = differencesOf(second, first);
        expect(back.map(({ record }) => record).sort()).toEqual(there.map(({ record }) => record).sort());
        const seen = there.filter(({ groundOnly }) => !groundOnly).map(({ record }) => record);
        const all = [...new Set([...first, ...second].map(({ record }) => record))];
        expect(seen.sort()).toEqual(all.filter((record) => shown(first, record) !== shown(second, record)).sort());
      }),
    );
  });
});

describe('consents', () => {
  const said = (fields: Partial<MarkedConsent>): MarkedConsent => ({
    id: 'a',
    version: 1,
    decision: 'grant',
    recordedBy: 'citizen',
    upTo: 'normal',
    show: 'content',
    from: '2026-11-01',
    withdrawn: false,
    recordedAt: '2026-11-01T08:00:00Z',
    recordedAs: 'citizen',
    text: '…',
    ...fields,
  });

  it('stand through their last day, and not once they are withdrawn', () => {
    const today = '2026-11-22';
    expect(standingOf(said({ to: today }), today)).toBe('grant');
    expect(standingOf(said({ to: '2026-11-21' }), today)).toBe('ended');
    expect(standingOf(said({ from: '2026-11-23' }), today)).toBe('coming');
    expect(standingOf(said({ decision: 'refuse' }), today)).toBe('refuse');
    expect(standingOf(said({ withdrawn: true, to: '2026-11-21' }), today)).toBe('withdrawn');
  });

  it('are told once each by their newest version, what stands first', () => {
    const told = saidOf(
      [
        said({ id: 'b', version: 1 }),
        said({ id: 'b', version: 2, withdrawn: true }),
        said({ id: 'c', decision: 'refuse' }),
      ],
      '2026-11-22',
    );
    expect(told.map(({ id, standing, latest, earlier }) => [id, standing, latest.version, earlier.length])).toEqual([
      ['c', 'refuse', 1, 0],
      ['b', 'withdrawn', 2, 1],
    ]);
  });
});
