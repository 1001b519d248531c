// Replaces what is personal in recorded values, consistently, and keeps what a mapping lives on: structure, codes, dates,
// ids. Nothing is kept because nobody recognised it: what is neither code, date, number nor id is replaced as text.
import { classOf, cprLike } from './field-class.ts';
import type { Persons } from './persons.ts';
import { createPseudonyms, type Pseudonyms } from './pseudonym.ts';

export interface Scrubber {
  /** A value of any depth that stands at `path`. */
  value(value: unknown, path?: string): unknown;
  text(path: string, text: string): string;
  /** What the adapter asks with: its own words stay, what is somebody's in it goes. */
  question(value: unknown, path?: string): unknown;
  /** A whole URL; names of parameters count as field names. */
  url(url: string): string;
  /** What must not be left anywhere, for the last look before something is written. */
  left(text: string): boolean;
}

export interface ScrubOptions {
  readonly persons: Persons;
  /** Values that code tables and conditions know: kept wherever they are the whole value. */
  readonly codes: ReadonlySet<string>;
  /** Secrets of the configuration, never to be written. */
  readonly secrets: readonly string[];
  readonly pseudonyms?: Pseudonyms;
}

const dateLike =
  /^(\d{4}-\d{2}(-\d{2})?([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?\s?(Z|[+-]\d{2}:?\d{2})?|\d{1,2}[-./]\d{1,2}[-./]\d{4}([ T]\d{1,2}[:.]\d{2}([:.]\d{2})?)?|\d{1,2}:\d{2}(:\d{2})?)$/;
const numberLike = /^-?\d{1,15}([.,]\d+)*$/;
const uuid = /^(urn:uuid:)?\{?[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\}?$/i;
const phoneLike = /^(\+45|0045)[ ]?\d{2}|^\d{2}( \d{2}){3}$|^\d{4} \d{4}$/;
/** Letters only in short runs or capitals, and a digit: `s-12`, `BR00012`, `27.18.02`. */
const idLike = /^(?=.*\d)(?:\p{L}{1,3}(?!\p{L})|\p{Lu}{1,8}(?!\p{L})|[\d._:/|*~#-])+$/u;
const idName =
  /(id|nr|nummer|number|key|nøgle|no|ref|index|version|count|antal|total|size|offset|page|limit|top|skip)$/i;
const oneWord = /^[^\s@]{1,40}$/u;
const secretText = 'recorded';
/** Replacement numbers with letters (X-eCPR). */
const foreignLike = /(?<![\p{L}\p{N}])\d{6}-?[17]\p{L}{2}\d(?![\p{L}\p{N}])/gu;

export const createScrubber = ({ persons, codes, secrets, pseudonyms }: ScrubOptions): Scrubber => {
  const stand = pseudonyms ?? createPseudonyms(persons.words);
  const known = [...persons.numbers];
  const hidden = secrets.filter((secret) => secret.length >= 4).sort((a, b) => b.length - a.length);
  const phones = [...persons.digits];

  const withoutNumbers = (text: string): string => {
    let clean = text.replace(cprLike, (_, day: string, mark: string, rest: string) => {
      const number = stand.number(`${day}${rest}`);
      return `${number.slice(0, 6)}${mark}${number.slice(6)}`;
    });
    clean = clean.replace(foreignLike, (found) => stand.number(found));
    // Also where it stands against other digits or has lost its leading zero.
    if (/\d{9}/.test(clean))
      for (const number of known) {
        clean = clean.replaceAll(number, stand.number(number));
        if (number.startsWith('0'))
          clean = clean.replace(new RegExp(`(?<!\\d)${number.slice(1)}(?!\\d)`, 'g'), stand.number(number));
      }
    return clean;
  };
  const withoutSecrets = (text: string): string =>
    hidden.reduce((clean, secret) => clean.replaceAll(secret, secretText), text);
  const withoutWords = (text: string): string =>
    text.replace(/\p{L}[\p{L}\p{M}]*/gu, (word) => (persons.words.has(word.toLowerCase()) ? stand.words(word) : word));
  const withoutPhones = (text: string): string =>
    phones.reduce((clean, phone) => clean.replaceAll(phone, stand.digits(phone)), text);
  /** Of something that is kept: whatever of somebody stands in it. */
  const kept = (text: string): string => withoutWords(withoutPhones(withoutNumbers(text)));

  const personOrDigits = (part: string): string => {
    const clean = withoutNumbers(part);
    return clean === part ? stand.digits(part) : clean;
  };
  const asText = (text: string): string =>
    text
      .split(/(<\/?[a-zA-Z][^<>]*>|&[a-z]+;|&#\d+;)/)
      .map((piece, at) => {
        // Marks of HTML stay, what they say about themselves does not.
        if (at % 2 === 1)
          return piece.startsWith('<')
            ? (/^<\/?[a-zA-Z]+/.exec(piece)?.[0] ?? '<b') + (piece.endsWith('/>') ? '/>' : '>')
            : piece;
        return piece
          .split(/(\d{9,10}|\d{6}[- ]\d{4})/)
          .map((part, n) => (n % 2 === 1 ? personOrDigits(part) : stand.words(part)))
          .join('');
      })
      .join('');

  const asNumber = (text: string): string => {
    const bare = text.trim();
    if (/^\d{9}$/.test(bare)) return stand.number(`0${bare}`);
    const clean = withoutNumbers(bare);
    return clean === bare && !/^(urn:|\d{1,4}$)/.test(bare) ? stand.number(bare) : clean;
  };

  const asDay = (text: string): string => {
    const iso = /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0];
    if (iso !== undefined) return stand.day(iso) + text.slice(10);
    const danish = /^(\d{1,2})([-./])(\d{1,2})\2(\d{4})$/.exec(text.trim());
    if (danish === null) return stand.digits(text);
    const [, d = '', mark = '', m = '', y = ''] = danish;
    const made = stand.day(`${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`);
    return `${made.slice(8)}${mark}${made.slice(5, 7)}${mark}${made.slice(0, 4)}`;
  };

  const asLink = (text: string): string => {
    if (/[\s@]/.test(text)) return asText(text);
    if (/^https?:\/\/|^[^:]*[/?]/.test(text)) return url(text);
    return /^[a-z][\w+.-]*:|^[\w.-]+$/i.test(text) ? kept(text) : asText(text);
  };

  const other = (path: string, text: string): string => {
    const bare = text.trim();
    if (codes.has(bare) || dateLike.test(bare) || uuid.test(bare)) return kept(text);
    if (phoneLike.test(bare)) return stand.digits(text);
    if (/^\d{8}$/.test(bare)) return idName.test(path) ? kept(text) : stand.digits(text);
    if (numberLike.test(bare) || /^(true|false|ja|nej|yes|no|null|j|n)$/i.test(bare)) return kept(text);
    if (bare.length <= 64 && idLike.test(bare)) return kept(text);
    if (/^(https?:\/\/|urn:)\S+$/.test(bare)) return asLink(text);
    return asText(text);
  };

  /** Ids that did not stay as they were, so that the addresses that name them change with them. */
  const renamed = new Map<string, string>();

  const text = (path: string, original: string): string => {
    if (original.trim() === '') return original;
    const made = textOf(path, withoutSecrets(original));
    if (made !== original && !/\s/.test(original) && renamed.size < 100_000) renamed.set(original, made);
    return made;
  };
  const textOf = (path: string, given: string): string => {
    switch (classOf(path)) {
      case 'secret':
        return secretText;
      case 'cpr':
        return asNumber(given);
      case 'email':
        return given.includes('@')
          ? `${stand.words(given.slice(0, given.indexOf('@')))}@recorded.example`
          : asText(given);
      case 'phone':
        return /^(phone|email|mobile|fax|home|work|sms|url|pager|other|temp|old)$/.test(given)
          ? given
          : stand.words(given);
      case 'birth':
        return asDay(given);
      case 'name':
      case 'address':
      case 'text':
        return codes.has(given.trim()) && kept(given) === given ? given : asText(given);
      case 'code':
        return codes.has(given.trim()) || oneWord.test(given.trim()) ? kept(given) : other(path, given);
      case 'link':
        return asLink(given);
      default:
        return other(path, given);
    }
  };

  const number = (path: string, given: number): number => {
    const made = classOf(path);
    const digits = String(given);
    const clean =
      made === 'cpr' && given > 99_999_999
        ? asNumber(digits.padStart(10, '0'))
        : made === 'phone' || made === 'address' || made === 'birth'
          ? digits.replace(/\d/g, (digit, at: number) => (at === 0 && digit !== '0' ? digit : stand.digits(digit)))
          : withoutPhones(withoutNumbers(digits));
    return Number.isFinite(Number(clean)) ? Number(clean) : 0;
  };

  /** A property's name may be data: an object by number or by person. */
  const name = (given: string): string => {
    const clean = withoutNumbers(withoutSecrets(given));
    if (/\s/.test(given) || /^\p{Lu}\p{Ll}+$/u.test(given)) return withoutWords(clean);
    return clean;
  };

  const value = (given: unknown, path = ''): unknown => {
    if (typeof given === 'string') return text(path, given);
    if (typeof given === 'number') return number(path, given);
    if (Array.isArray(given)) return given.map((element) => value(element, `${path}[]`));
    if (typeof given !== 'object' || given === null) return given;
    return Object.fromEntries(
      Object.entries(given).map(([own, inner]) => [name(own), value(inner, path === '' ? own : `${path}.${own}`)]),
    );
  };

  const url = (given: string): string => {
    const parsed = URL.parse(given, 'http://relative.invalid');
    if (parsed === null || !/^https?:$/.test(parsed.protocol)) return asText(given);
    const path = parsed.pathname
      .split('/')
      .map((piece) => encodeURIComponent(piecewise(decode(piece))))
      .join('/');
    const query = [...parsed.searchParams].map(([own, inner]): [string, string] => [own, parameter(own, inner)]);
    const rest = query.length === 0 ? '' : `?${new URLSearchParams(query)}`;
    if (/^https?:/i.test(given)) return `${parsed.origin}${path}${rest}`;
    return `${given.startsWith('/') ? path : path.slice(1)}${rest}`;
  };
  const piecewise = (piece: string): string =>
    (codes.has(piece) ? undefined : renamed.get(piece)) ?? kept(withoutSecrets(piece));
  /** Filters and lists of fields are the adapter's own words, with somebody's only in quotes. */
  const parameter = (own: string, inner: string): string =>
    /^[$_]/.test(own) || classOf(own) === 'other'
      ? piecewise(inner).replace(/'([^']*)'/g, (_, quoted: string) => `'${text(own, quoted)}'`)
      : text(own, inner);

  const left = (written: string): boolean =>
    known.some((one) => written.includes(one) || written.includes(`${one.slice(0, 6)}-${one.slice(6)}`)) ||
    hidden.some((secret) => written.includes(secret));

  const question = (given: unknown, path = ''): unknown => {
    if (typeof given === 'string')
      return /^(other|text|name|code|link|address)$/.test(classOf(path)) ? piecewise(given) : text(path, given);
    if (Array.isArray(given)) return given.map((element) => question(element, `${path}[]`));
    if (typeof given !== 'object' || given === null) return value(given, path);
    return Object.fromEntries(
      Object.entries(given).map(([own, inner]) => [name(own), question(inner, path === '' ? own : `${path}.${own}`)]),
    );
  };

  return { value, text, question, url, left };
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
