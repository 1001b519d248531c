// Every page that somebody can click their way to. Always: each link leads somewhere, and no page needs more than 100 KB of
// script or anything from elsewhere. With SAMSPIL_EVERY_PAGE=1 (some ten
// minutes): each page also stands in Chromium what every page must, in both languages and at both widths.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, signInWith, type Browser as Window } from '../dashboard/browser-session.ts';
import { startMunicipality, type TestMunicipality } from '../dashboard/municipality.ts';
import { useDatabase } from '../postgres.ts';
import { openBrowser as openChromium } from './chromium.ts';
import { inspect, visit } from './session.ts';

const closely = process.env['SAMSPIL_EVERY_PAGE'] === '1';
const people = [
  'administrator',
  'dpo',
  'citizen',
  'network-person',
  'caseworker-employment',
  'caseworker-social',
  'private-provider',
] as const;

const database = useDatabase();
let municipality: TestMunicipality;

beforeAll(async () => {
  municipality = await startMunicipality(database, {
    configure: (config) => ({ ...config, rateLimitPerMinute: 99_999 }),
  });
  await municipality.follow();
}, 120_000);
afterAll(() => municipality.close());

/** Pages that differ in ids and values alone are one. */
const formOf = (path: string): string => {
  const { pathname, searchParams } = new URL(path, 'http://hub');
  const of = pathname.replace(/\/(\d+|[0-9a-f-]{36}|\d{4}-\d\d(-\d\d)?)(?=\/|$)/g, '/:');
  return `${of}?${[...new Set(searchParams.keys())].sort().join('&')}`;
};

/** One page of each sort: what differs in the source, kind, queue or consumer looks alike. */
const sorts = (pages: readonly string[]): readonly string[] => {
  const sortOf = (page: string) => formOf(page).replace(/\/(sources|kinds|queues|consumers)\/[^/?]+/g, '/$1/:');
  return [...new Map(pages.map((page) => [sortOf(page), page])).values()];
};

const linksIn = (html: string, at: string): readonly string[] =>
  [...html.matchAll(/<a\b[^>]*\bhref="([^"]+)"/g)].flatMap(([, href = '']) => {
    const to = new URL(href.replaceAll('&amp;', '&'), new URL(at, municipality.url));
    return to.origin === new URL(municipality.url).origin ? [to.pathname + to.search] : [];
  });

interface Found {
  readonly pages: readonly string[];
  /** Where a link stands, where it leads and what is there. */
  readonly dead: readonly (readonly [from: string, to: string, status: number])[];
  /** Pages whose scripts are too much, in bytes, or that ask for something of another host. */
  readonly heavy: readonly (readonly [page: string, bytes: number])[];
  readonly foreign: readonly (readonly [page: string, address: string])[];
}

const mostScript = 100 * 1024;
const sizes = new Map<string, number>();
const scriptBytes = async (window: Window, html: string): Promise<number> => {
  let bytes = 0;
  for (const [, src = ''] of html.matchAll(/<script\b[^>]*\bsrc="([^"]+)"/g)) {
    if (!sizes.has(src)) sizes.set(src, (await (await window.get(src)).arrayBuffer()).byteLength);
    bytes += sizes.get(src) ?? 0;
  }
  return bytes;
};
const foreignIn = (html: string): readonly string[] =>
  [...html.matchAll(/<(?:script|img|link|iframe|source)\b[^>]*\b(?:src|href)="((?:https?:)?\/\/[^"]+)"/g)].flatMap(
    ([, address = '']) => (address.startsWith(municipality.url) ? [] : [address]),
  );

const walk = async (window: Window): Promise<Found> => {
  const queue: (readonly [from: string, to: string])[] = [['', '/']];
  const [forms, pages] = [new Set<string>(), [] as string[]];
  const dead: [string, string, number][] = [];
  const [heavy, foreign] = [[] as [string, number][], [] as [string, string][]];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [from, to] = next;
    if (forms.has(formOf(to))) continue;
    forms.add(formOf(to));
    const answer = await window.get(to);
    if (answer.status === 302 || answer.status === 303) {
      queue.unshift([from, answer.headers.get('location') ?? '']);
      continue;
    }
    const html = await answer.text();
    if (answer.status !== 200) dead.push([from, to, answer.status]);
    else if (answer.headers.get('content-type')?.startsWith('text/html') === true && !to.startsWith('/docs')) {
      pages.push(to);
      const bytes = await scriptBytes(window, html);
      if (bytes > mostScript) heavy.push([to, bytes]);
      foreign.push(...foreignIn(html).map((address): [string, string] => [to, address]));
      queue.push(...linksIn(html, to).map((link) => [to, link] as const));
    }
  }
  return { pages, dead, heavy, foreign };
};

const lookClosely = async (person: string, pages: readonly string[]): Promise<readonly string[]> => {
  const browser = await openChromium();
  const wrong: string[] = [];
  try {
    for (const language of ['da', 'en'] as const) {
      const at = await visit(browser, municipality.url, person, language);
      for (const page of pages) {
        const name = `${person}${formOf(page).replace(/[^a-z0-9]+/gi, '-')}-${language}`;
        await inspect(at, municipality.url + page, name).catch((error: Error) => wrong.push(error.message));
        at.faults.length = 0;
      }
      await at.context.close();
    }
  } finally {
    await browser.close();
  }
  return wrong;
};

describe.each(people)('of %s', (person) => {
  it('every page that can be clicked to is there', async () => {
    const window = openBrowser(municipality.url);
    await signInWith(window, person);
    const { pages, ...wrong } = await walk(window);
    expect(wrong).toEqual({ dead: [], heavy: [], foreign: [] });
    expect(Math.max(...sizes.values())).toBeGreaterThan(10_000);
    expect(pages.length).toBeGreaterThan(5);
    if (closely) expect(await lookClosely(person, sorts(pages))).toEqual([]);
  }, 1_800_000);
});
