// Whatever operators can do has words in both languages, and no words lie there for what nobody can do.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hasText, isForms, readTexts, type Texts } from '../../src/dashboard/texts.ts';
import { actNouns } from '../../src/store/acts.ts';

const folder = join(import.meta.dirname, '../../src');
const source = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n');
const nouns = actNouns.join('|');
/** A quoted `noun.verb` after `what` or handed on with a transaction; those put together at run time are named here. */
const named = [...source.matchAll(/\bwhat\b.*|\(tx, '.*/g)].flatMap(([line]) =>
  [...line.matchAll(new RegExp(`'((?:${nouns})\\.[a-z-]+)'`, 'g'))].map((match) => match[1] ?? ''),
);
const composed = ['source.sync', 'source.reload', 'source.rebuild', 'queue.retry', 'queue.promote', 'queue.remove'];
const acts = [...new Set([...named, ...composed])].sort();

it('finds what can be done', () => {
  expect(acts.length).toBeGreaterThan(15);
  expect(acts).toContain('quarantine.inspect');
});

it.each(['da', 'en'] as const)('every act has its words (%s)', (language) => {
  const texts = readTexts(language);
  expect(acts.filter((act) => !hasText(texts, `acts.what.${act}`))).toEqual([]);
  expect(actNouns.filter((noun) => !hasText(texts, `acts.noun.${noun}`))).toEqual([]);
});

it('nothing is told that nobody can do', () => {
  const told = Object.entries((readTexts('da')['acts'] as Texts)['what'] as Texts).flatMap(([noun, verbs]) =>
    typeof verbs === 'string' || isForms(verbs) ? [noun] : Object.keys(verbs).map((verb) => `${noun}.${verb}`),
  );
  expect(told.filter((act) => !acts.includes(act))).toEqual([]);
});
