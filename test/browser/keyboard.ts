// A walk through a page with the Tab key alone, shadow trees included: what cannot be reached, what does not show that
// it has the focus, and what has no name for those who do not see it. One radio group is one stop, as in the browser.
import type { Page } from 'playwright-core';
import { withAxe } from './axe.ts';
import { prepareTour, stopHere } from './keyboard-page.ts';

export interface KeyboardTour {
  /** In the order the Tab key finds them. */
  readonly stops: readonly string[];
  readonly unreachable: readonly string[];
  readonly noVisibleFocus: readonly string[];
  readonly nameless: readonly string[];
}

/** A style that moves in takes a moment; whoever shows nothing after this shows nothing. */
const settleMs = 250;

/** Starts at the top of the page and tabs until the focus has left it or comes back to where it began. */
export const keyboardTour = async (page: Page): Promise<KeyboardTour> => {
  await withAxe(page);
  const found = await page.evaluate(prepareTour);
  const stops: number[] = [];
  const noVisibleFocus: string[] = [];
  for (let pressed = 0; pressed < found.length * 2 + 20; pressed += 1) {
    await page.keyboard.press('Tab');
    let stop = await page.evaluate(stopHere);
    if (stop.kind === 'outside') break;
    if (stop.kind === 'other') continue;
    // A date field is several stops inside.
    if (stop.index === stops.at(-1)) continue;
    if (stops.includes(stop.index)) break;
    if (!stop.shows) {
      await page.waitForTimeout(settleMs);
      stop = await page.evaluate(stopHere);
      if (stop.kind === 'stop' && !stop.shows) noVisibleFocus.push(found[stop.index]?.label ?? '?');
    }
    if (stop.kind === 'stop') stops.push(stop.index);
  }
  const groups = new Set(stops.map((index) => found[index]?.group).filter((group) => group !== undefined));
  const unreachable = found.filter(
    ({ group }, index) => !stops.includes(index) && (group === undefined || !groups.has(group)),
  );
  return {
    stops: stops.map((index) => found[index]?.label ?? '?'),
    unreachable: unreachable.map(({ label }) => label),
    noVisibleFocus,
    nameless: found.filter(({ name }) => name === '').map(({ label }) => label),
  };
};
