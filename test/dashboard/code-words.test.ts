// Every error the hub can tell of has words in both languages: what is wrong, what to do, and whose turn it is.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { hasText, readTexts } from '../../src/dashboard/texts.ts';

const source = readFileSync(new URL('../../src/errors.ts', import.meta.url), 'utf8');
const codes = [...source.matchAll(/^ {2}\| '([a-z-]+\/[a-z-]+)'/gm)].map((match) => match[1] ?? '');
const faults = [...(/export type Fault = (.+);/.exec(source)?.[1] ?? '').matchAll(/'(\w+)'/g)].map(([, name]) => name);

it('finds the codes and faults there are', () => {
  expect(codes.length).toBeGreaterThan(35);
  expect(faults).toContain('transient');
});

it.each(['da', 'en'] as const)('says what each means and what to do (%s)', (language) => {
  const texts = readTexts(language);
  const wanted = [
    ...codes.flatMap((code) => [`code.${code}.text`, `code.${code}.do`]),
    ...faults.map((fault) => `fault.${fault}`),
  ];
  expect(wanted.filter((key) => !hasText(texts, key))).toEqual([]);
});

it('has no words for codes that are none', () => {
  expect(Object.keys(readTexts('da')['code'] ?? {}).filter((code) => !codes.includes(code))).toEqual([]);
});
