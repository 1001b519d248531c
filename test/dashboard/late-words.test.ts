// “Late” is never all that is said: there is always a reason beside it.
import { expect, it } from 'vitest';
import { createFormat } from '../../src/dashboard/format.ts';
import { whyLate } from '../../src/dashboard/pages/late-words.ts';
import { createTranslate } from '../../src/dashboard/texts.ts';
import type { KindOverview } from '../../src/store/overview.ts';

const now = new Date('2026-11-22T03:00:00Z');
const ago = (ms: number): Date => new Date(now.getTime() - ms);
const minute = 60_000;
const speech = { t: createTranslate('da'), f: createFormat('da', () => now) };
const kind = (running: Date | null): KindOverview =>
  ({ running: running === null ? null : { startedAt: running } }) as unknown as KindOverview;
const late = (kinds: readonly KindOverview[], lagMs = 0) =>
  whyLate({ standing: 'late', kinds, lagMs, nextAt: ago(-5 * minute) }, speech, now);

it('says for how long it is being fetched, by the pull that began first', () => {
  expect(late([kind(ago(2 * minute)), kind(ago(9 * minute)), kind(null)], 5 * minute)).toEqual({
    text: 'Den har været ved at blive hentet i 9 min. nu. Varer det ved, så svarer kilden langsomt: prøv forbindelsen.',
    stuck: false,
  });
});

it('says that nobody has begun', () => {
  expect(late([kind(null)], 7 * minute)).toMatchObject({ stuck: true });
  expect(late([kind(null)], 7 * minute)?.text).toContain('7 min.');
});

it('says when its turn comes', () => {
  expect(late([kind(null)])).toMatchObject({ stuck: false, text: 'Den bliver hentet om 5 min. af sig selv.' });
});

it('leaves what is not late, or has an error, to others', () => {
  for (const standing of ['ok', 'failing', 'breaker-open', 'paused'] as const)
    expect(whyLate({ standing, kinds: [], lagMs: 9 * minute, nextAt: null }, speech, now)).toBeUndefined();
});
