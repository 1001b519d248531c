// A browser window of somebody who has signed in at a hub with the sandbox's provider, and what every page is held
// against: no fault of axe at two widths, nothing unreachable by keyboard, no message in the console, no foreign request.
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/// <reference lib="dom.asynciterable" />
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { signIn } from '../dashboard/browser-session.ts';
import { axeOn } from './axe.ts';
import { keyboardTour } from './keyboard.ts';

export const widths = [1280, 390] as const;

export interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the console said and what was asked of other hosts, up to now. */
  readonly faults: string[];
}

/** A window of the person; of nobody without one. */
export const visit = async (
  browser: Browser,
  hub: string,
  person: string | undefined,
  language: 'da' | 'en' = 'da',
): Promise<Visit> => {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: language === 'da' ? 'da-DK' : 'en-GB',
  });
  const held = person === undefined ? [] : (await signIn(hub, person)).split('; ');
  await context.addCookies(
    held.map((one) => {
      const [name = '', value = ''] = one.split(/=(.*)/s);
      return { name, value, url: hub, httpOnly: true };
    }),
  );
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
  page.on('response', (answer) => {
    if (answer.status() >= 400) faults.push(`${answer.status()} for ${new URL(answer.url()).pathname}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(hub) && !request.url().startsWith('data:')) faults.push(`asked ${request.url()}`);
  });
  return { context, page, faults };
};

const pictures = process.env['SAMSPIL_PICTURES'];

/** Saves a picture where SAMSPIL_PICTURES names a folder. */
export const picture = async (page: Page, name: string): Promise<void> => {
  if (pictures === undefined) return;
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
};

/** Opens a page at both widths and holds it against what every page must keep. */
export const inspect = async ({ page, faults }: Visit, url: string, name: string): Promise<void> => {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    const answer = await page.goto(url);
    expect([name, answer?.status()]).toEqual([name, 200]);
    await picture(page, `${name}-${width}`);
    expect([name, width, await axeOn(page)]).toEqual([name, width, []]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect([name, width, 'px wider than the window', Math.max(0, wide)]).toEqual([
      name,
      width,
      'px wider than the window',
      0,
    ]);
  }
  const { unreachable, noVisibleFocus, nameless } = await keyboardTour(page);
  expect([name, { unreachable, noVisibleFocus, nameless }]).toEqual([
    name,
    { unreachable: [], noVisibleFocus: [], nameless: [] },
  ]);
  expect([name, faults]).toEqual([name, []]);
};
