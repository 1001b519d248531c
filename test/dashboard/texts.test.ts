// The words of the pages: both languages have the same keys, forms and places; every key a page or template names is
// there; and no word lies there that nobody says.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createTranslate, isForms, readTexts, type Texts } from '../../src/dashboard/texts.ts';

const folder = join(import.meta.dirname, '../../src/dashboard');
const leaves = (texts: Texts, at = ''): readonly (readonly [string, string])[] =>
  Object.entries(texts).flatMap(([name, value]) => {
    const key = at === '' ? name : `${at}.${name}`;
    if (typeof value === 'string') return [[key, value] as const];
    if (isForms(value)) return [[key, `${value.one} ${value.other}`] as const];
    return leaves(value as Texts, key);
  });
const da = new Map(leaves(readTexts('da')));
const en = new Map(leaves(readTexts('en')));

const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(ts|eta)$/.test(name))
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n');
/** `t('a.b')`, `title: 'a.b'`: any quoted key counts; `t('a.' + x)` and `word('a', x)` name all below. */
const named = new Set(
  [...sources.matchAll(/['"`]([a-zA-Z][\w-]*(?:\.[\w/-]+)+)['"`]/g)].map((match) => match[1] ?? ''),
);
const groups = [
  ...[...sources.matchAll(/\bt\(\s*(?:'([\w./-]+)\.'\s*\+|`([\w./-]+)\.\$\{)/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  ),
  ...[...sources.matchAll(/\bword\(\s*['"`]([\w./-]+)['"`]/g)].map((match) => match[1] ?? ''),
];

it('both languages say the same things', () => {
  expect([...en.keys()].filter((key) => !da.has(key))).toEqual([]);
  expect([...da.keys()].filter((key) => !en.has(key))).toEqual([]);
  const places = (text: string): string => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join();
  for (const [key, text] of da) expect([key, places(en.get(key) ?? '')]).toEqual([key, places(text)]);
});

it('every key that a page names is there', () => {
  const called = [...sources.matchAll(/\bt\(\s*['"`]([\w./-]+)['"`]\s*[,)]/g)].map((match) => match[1] ?? '');
  expect(called.length).toBeGreaterThan(20);
  expect([...new Set(called)].filter((key) => !da.has(key))).toEqual([]);
});

it('nothing lies there that nobody says', () => {
  const always = ['brand', 'done', 'menu', 'domain', 'common'];
  const said = (key: string): boolean =>
    named.has(key) ||
    key.startsWith('part.') ||
    [...groups, ...always].some((group) => `${key}.`.startsWith(`${group}.`));
  expect([...da.keys()].filter((key) => !said(key) && !key.startsWith('error.'))).toEqual([]);
});

it('a text that is not there is an error, not a hole', () => {
  expect(() => createTranslate('da')('no.such')).toThrow('no.such');
});
