// The words of the pages: one file per language, the same keys in both (a test holds them together). A text may hold
// `{name}` places; one with forms for one and many is chosen by `count`.
import { readFileSync } from 'node:fs';
import { HubError } from '../errors.ts';
import type { Language } from './context.ts';

type Forms = { readonly one: string; readonly other: string };
export interface Texts {
  readonly [key: string]: string | Forms | Texts;
}

export type Values = Readonly<Record<string, string | number>>;
export type Translate = (key: string, values?: Values) => string;

export const readTexts = (language: Language): Texts =>
  JSON.parse(readFileSync(new URL(`./texts/${language}.json`, import.meta.url), 'utf8')) as Texts;

export const isForms = (value: unknown): value is Forms => {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value).sort().join() : '';
  return keys === 'one,other';
};

const find = (texts: Texts, key: string): string | Forms | undefined => {
  const found = key
    .split('.')
    .reduce<string | Forms | Texts | undefined>(
      (at, step) => (at === undefined || typeof at === 'string' ? undefined : (at as Texts)[step]),
      texts,
    );
  return typeof found === 'string' || isForms(found) ? found : undefined;
};

/** @throws HubError when there is no such text: a page with a hole in it is not shown. */
export const createTranslate = (language: Language, texts: Texts = readTexts(language)): Translate => {
  const plural = new Intl.PluralRules(language);
  const number = new Intl.NumberFormat(language === 'da' ? 'da-DK' : 'en-GB');
  return (key, values = {}) => {
    const found = find(texts, key);
    if (found === undefined)
      throw new HubError({ code: 'bug/unexpected', fault: 'bug', message: `There is no text "${key}" (${language}).` });
    const form =
      typeof found === 'string'
        ? found
        : found[plural.select(Number(values['count'] ?? 0)) === 'one' ? 'one' : 'other'];
    return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      return value === undefined ? whole : typeof value === 'number' ? number.format(value) : value;
    });
  };
};

/** Is there such a text? For words that come from data: codes, states, names of rules. */
export const hasText = (texts: Texts, key: string): boolean => find(texts, key) !== undefined;
