// The browser tests' own tools: each must see what it is there to see.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axeOn } from './axe.ts';
import { openBrowser } from './chromium.ts';
import { keyboardTour } from './keyboard.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const pageWith = async (body: string): Promise<Page> => {
  const page = await browser.newPage();
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  await page.route('https://host.example/', (route) =>
    route.fulfill({
      contentType: 'text/html; charset=utf-8',
      headers: { 'content-security-policy': policy },
      body: `<!doctype html><html lang="en"><title>Page</title><main><h1>Page</h1>${body}</main></html>`,
    }),
  );
  await page.goto('https://host.example/');
  return page;
};

it('axe runs under a strict policy and finds what is wrong', async () => {
  const good = await pageWith('<p>Text</p>');
  expect(await axeOn(good)).toEqual([]);
  const bad = await pageWith('<input><p style="color:#bbb;background:#fff">Pale</p>');
  expect((await axeOn(bad)).map(({ rule }) => rule).sort()).toEqual(['color-contrast', 'label']);
});

it('the keyboard tour reaches everything on a good page', async () => {
  const page = await pageWith(
    '<a href="#x">Link</a><button>Press</button><label><input type="radio" name="r">One</label><label><input type="radio" name="r">Two</label>',
  );
  const tour = await keyboardTour(page);
  expect(tour).toMatchObject({ unreachable: [], noVisibleFocus: [], nameless: [] });
  expect(tour.stops.slice(0, 2)).toEqual(['a "Link"', 'button "Press"']);
});

it('the keyboard tour tells what hides its focus, has no name, or sends the focus away', async () => {
  const page = await pageWith('<button id="bare" style="outline:none">Bare</button><button id="mute"></button>');
  const tour = await keyboardTour(page);
  expect(tour.noVisibleFocus).toEqual(['button#bare "Bare"']);
  expect(tour.nameless).toEqual(['button#mute ""']);
  const trap = await pageWith('<button id="a">A</button><button id="b">B</button>');
  await trap.evaluate(() => {
    const [first, second] = [...document.querySelectorAll('button')];
    second?.addEventListener('focus', () => first?.focus());
  });
  expect((await keyboardTour(trap)).unreachable).toEqual(['button#b "B"']);
});
