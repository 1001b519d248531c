// What is personal in everything that was recorded, gathered before anything of it is replaced: a name found in one field
// must also go from the identifier, the address and the sentence it stands in elsewhere.
import { classOf, cprLike } from './field-class.ts';

export interface Persons {
  /** Ten digits each. */
  readonly numbers: ReadonlySet<string>;
  /** Words of names and addresses and parts of e-mail addresses, lower case. */
  readonly words: ReadonlySet<string>;
  /** Runs of digits: telephone numbers. */
  readonly digits: ReadonlySet<string>;
}

export interface Leaf {
  readonly path: string;
  readonly value: string;
}

/** Every text and number in a value with its path, lists as `[]`. */
export function* leavesOf(value: unknown, path = ''): Generator<Leaf> {
  if (typeof value === 'string' || typeof value === 'number') yield { path, value: String(value) };
  else if (Array.isArray(value)) for (const element of value) yield* leavesOf(element, `${path}[]`);
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) yield* leavesOf(inner, path === '' ? name : `${path}.${name}`);
}

/** Shorter ones are initials and particles: they stand in half of all words. */
const shortestWord = 3;

export const numbersIn = (text: string): readonly string[] =>
  [...text.matchAll(cprLike)].map((match) => `${match[1]}${match[3]}`);

/** @param ours words of the configuration: the municipality's name is in every address, and in every URL */
export const gatherPersons = (leaves: Iterable<Leaf>, ours: ReadonlySet<string> = new Set()): Persons => {
  const numbers = new Set<string>();
  const words = new Set<string>();
  const digits = new Set<string>();
  for (const { path, value } of leaves) {
    for (const number of numbersIn(value)) numbers.add(number);
    const kind = classOf(path);
    const bare = value.trim();
    if (kind === 'cpr' && /^\d{9}$/.test(bare)) numbers.add(`0${bare}`);
    for (const [mail] of bare.matchAll(/[^\s@<>"']+@[^\s@<>"']+\.\p{L}+/gu))
      for (const part of mail.split(/[^\p{L}]+/u)) if (part.length >= shortestWord) words.add(part.toLowerCase());
    if (kind === 'name' || kind === 'address')
      for (const word of bare.split(/[^\p{L}\p{M}]+/u)) if (word.length >= shortestWord) words.add(word.toLowerCase());
    if (kind === 'phone') {
      const run = bare.replace(/^(\+|00)45/, '').replace(/\D/g, '');
      if (run.length >= 6) digits.add(run);
    }
  }
  for (const word of ours) words.delete(word);
  return { numbers, words, digits };
};

/** The words of a configuration, its addresses in pieces. */
export const wordsOf = (config: unknown): ReadonlySet<string> =>
  new Set([...leavesOf(config)].flatMap(({ value }) => value.toLowerCase().split(/[^\p{L}\p{M}]+/u)));

/** What of a configuration may stand in a question as it is: whole values, and the pieces of its addresses. */
export const piecesOf = (config: unknown): readonly string[] =>
  [...leavesOf(config)].flatMap(({ value }) => [value, ...value.split(/[/?&=]+/)]).filter((piece) => piece !== '');
