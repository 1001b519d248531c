// What citizens read of our own words is easy to read: LIX at most 35, for the running text of every section of the
// Danish texts that a citizen's page says. LIX = words per sentence + share of words longer than six letters, in percent.
import { expect, it } from 'vitest';
import { isForms, readTexts, type Texts } from '../../src/dashboard/texts.ts';

/** Of da.json: the pages about one citizen, and what everybody meets. */
const sections = [
  'plan',
  'calendar',
  'timeline',
  'contacts',
  'comment',
  'rating',
  'download',
  'sharing',
  'looked',
  'receipts',
  'meetings',
  'citizens',
  'common',
  'done',
  'front',
  'error',
  'form',
] as const;
const most = 35;

const textsOf = (texts: Texts | string | undefined): readonly string[] => {
  if (texts === undefined) return [];
  if (typeof texts === 'string') return [texts];
  if (isForms(texts)) return [texts.other];
  return Object.values(texts).flatMap((one) => textsOf(one as Texts | string));
};

/** A label is no sentence: it would make any text look short. */
const isSentence = (text: string): boolean => /[.?!]$/.test(text);

const lix = (text: string): number => {
  const sentences = text.split(/[.?!:]+(?:\s|$)/).filter((one) => /\p{L}/u.test(one));
  const words = text.match(/[\p{L}\p{N}][\p{L}\p{N}-]*/gu) ?? [];
  return words.length / sentences.length + (100 * words.filter((word) => word.length > 6).length) / words.length;
};

it('counts as LIX does', () => {
  // 8 words in 2 sentences, Samspil and tingene are long, samler is not: 4 + 25.
  expect(lix('Samspil samler tingene her. Du ser det hele.')).toBe(29);
});

it.each(sections)('%s', (section) => {
  const all = textsOf(readTexts('da')[section] as Texts | undefined);
  const told = all.filter(isSentence).map((text) => text.replace(/\{\w+\}/g, 'det'));
  expect(told.length).toBeGreaterThan(0);
  expect(lix(told.join(' '))).toBeLessThanOrEqual(most);
});

it.each(sections)('no single sentence of %s is a mouthful', (section) => {
  const all = textsOf(readTexts('da')[section] as Texts | undefined);
  const sentences = all.filter(isSentence).flatMap((text) => text.split(/(?<=[.?!])\s+/));
  expect(sentences.filter((one) => one.split(/\s+/).length > 18)).toEqual([]);
});
