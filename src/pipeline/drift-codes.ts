// Which unknown codes may be shown: what looks like a code and like nothing a person would write. What is only letters
// could be somebody's name and counts when records of two citizens have it.
import type { KindMapping } from '../mapping/compile.ts';
import { compilePath } from '../mapping/paths.ts';
import { maskNumbers } from '../model/cpr.ts';
import type { WithSubject } from './subject.ts';

const most = 20;
/** Mapped a second time, to tell which record an issue is about. */
const looked = 20;

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const codeLike: readonly RegExp[] = [
  /^\d{1,5}(\.\d{1,3})?$/,
  /^[A-Z]{1,6}\d{1,5}$/,
  // Upper case in pieces, with an underscore or a digit somewhere: names are hyphenated, too.
  /^(?=.*[_\d])(?=.*[A-Z])[A-Z\d]{1,20}([_.-][A-Z\d]{1,20}){1,5}$/,
  /^[a-z]{2,20}([A-Z][a-z\d]{1,20}){1,4}$/,
  uuid,
];
const word = /^[\p{L}]{1,20}$/u;

export const looksLikeCode = (text: string): 'yes' | 'perhaps' | 'no' => {
  if (maskNumbers(text) !== text) return 'no';
  if (codeLike.some((pattern) => pattern.test(text))) return 'yes';
  return word.test(text) ? 'perhaps' : 'no';
};

/** The source's text at the paths the field is read from; undefined where that is not one single value. */
const valueAt = (mapping: KindMapping, field: string, body: unknown): string | undefined => {
  const places = mapping.reads.filter(
    ({ place }) => place === `fields.${field}` || place === field || place.startsWith(`fields.${field}.`),
  );
  const values = new Set(
    places
      .flatMap(({ path }) => compilePath(path)?.every(body, body) ?? [])
      .map((value) =>
        typeof value === 'object' && value !== null ? String((value as { code?: unknown }).code ?? '') : String(value),
      )
      .filter((text) => text !== ''),
  );
  const [only] = values;
  return values.size === 1 ? only?.trim() : undefined;
};

/** Codes that no table knows, by target field, as far as they may be shown. */
export const shownCodes = (
  mapping: KindMapping,
  records: readonly WithSubject[],
  fields: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> => {
  const found = new Map([...fields].map((field) => [field, new Map<string, Set<string>>()]));
  for (const { body, failure, subjects } of fields.size === 0 ? [] : records.slice(0, looked)) {
    if (failure !== undefined) continue;
    for (const { code, path } of mapping.map(body).issues) {
      const texts = code.endsWith('/unknown-code') ? found.get(path) : undefined;
      const text = texts === undefined ? undefined : valueAt(mapping, path, body);
      if (texts === undefined || text === undefined || looksLikeCode(text) === 'no') continue;
      texts.set(text, (texts.get(text) ?? new Set()).add(subjects[0]?.citizenId ?? ''));
    }
  }
  return new Map(
    [...found].map(([field, texts]) => [
      field,
      [...texts]
        .filter(([text, whose]) => looksLikeCode(text) === 'yes' || whose.size > 1)
        .map(([text]) => text)
        .slice(0, most),
    ]),
  );
};
