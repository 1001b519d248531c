// Stand-ins for personal values: the same value always becomes the same stand-in, and none leads back, because the key
// they are made with is forgotten. Numbers of persons become replacement numbers (day + 60): they look right, every
// reader accepts them, and they are nobody's CPR number.
import { createHmac, randomBytes } from 'node:crypto';

export interface Pseudonyms {
  /** Ten digits for ten digits; what is odd stays odd. */
  number(cpr: string): string;
  /** Letters and digits become others, word by word; spaces, marks, line breaks, case and length stay. */
  words(text: string): string;
  digits(text: string): string;
  /** `YYYY-MM-DD` for another day within the same years. */
  day(iso: string): string;
}

const consonants = 'bdfghjklmnprstv';
const vowels = 'aeiouy';

const two = (n: number): string => String(n).padStart(2, '0');

/** @param taken words that must not come out by chance */
export const createPseudonyms = (taken: ReadonlySet<string> = new Set(), key = randomBytes(32)): Pseudonyms => {
  const bytes = (purpose: string, value: string): Buffer =>
    createHmac('sha256', key).update(`${purpose}\u0000${value}`).digest();

  const syllables = (word: string, round: number): string => {
    let made = '';
    for (let at = 0; made.length < word.length; at += 1) {
      const digest = bytes(`word ${round} ${Math.floor(at / 32)}`, word);
      const byte = digest[at % 32] ?? 0;
      made += at % 2 === 0 ? consonants[byte % consonants.length] : vowels[byte % vowels.length];
    }
    return made;
  };

  const word = (text: string): string => {
    const lower = text.toLowerCase();
    let made = syllables(lower, 0);
    for (let round = 1; round < 50 && (made === lower || taken.has(made)); round += 1) made = syllables(lower, round);
    if (text.length > 1 && text === text.toUpperCase()) return made.toUpperCase();
    return text[0] === text[0]?.toUpperCase() ? `${made[0]?.toUpperCase()}${made.slice(1)}` : made;
  };

  const digits = (text: string): string => {
    let made = '';
    for (let round = 0; made.length < text.length; round += 1)
      for (const byte of bytes(`digits ${round}`, text)) made += byte % 10;
    const cut = made.slice(0, text.length);
    // One in ten single digits would stay as it is.
    return cut === text ? cut.replace(/\d$/, (last) => String((Number(last) + 1) % 10)) : cut;
  };

  return {
    number(cpr) {
      const digest = bytes('number', cpr.replace(/\D/g, ''));
      const [a = 0, b = 0, c = 0] = [digest.readUInt32BE(0), digest.readUInt32BE(4), digest.readUInt32BE(8)];
      const parity = Number(cpr.at(-1)) % 2;
      // Sequence numbers from 0 to 3999 belong to the last century.
      const sequence = ((c % 2000) * 2 + parity) % 4000;
      return `${two(61 + (a % 28))}${two(1 + (b % 12))}${two(30 + (b % 60))}${String(sequence).padStart(4, '0')}`;
    },
    words: (text) =>
      text.replace(/\p{L}[\p{L}\p{M}]*|\p{N}+/gu, (run) => (/^\p{L}/u.test(run) ? word(run) : digits(run))),
    digits: (text) => text.replace(/\d+/g, digits),
    day(iso) {
      const digest = bytes('day', iso);
      const time = Date.UTC(Number(iso.slice(0, 4)), digest.readUInt16BE(0) % 12, 1 + (digest.readUInt16BE(2) % 28));
      const made = new Date(time).toISOString().slice(0, 10);
      return made === iso ? new Date(time + 86_400_000).toISOString().slice(0, 10) : made;
    },
  };
};
