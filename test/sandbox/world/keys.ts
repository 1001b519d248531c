// Keys of the source systems: UUIDs that tell, to those who know how, which citizen they belong to. So a record is found
// by its key without a list of a million.
import { hashPair } from './random.ts';

const factor = 0x9e3779b1;
const mask = 0x5bf03635;

/** The inverse of an odd number modulo 2^32, by Newton's method. */
const inverseOf = (odd: number): number => {
  let inverse = odd;
  for (let round = 0; round < 5; round += 1) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse));
  return inverse;
};
const inverse = inverseOf(factor);

const scrambled = (index: number): number => {
  const x = Math.imul(index ^ mask, factor);
  return (x ^ (x >>> 16)) >>> 0;
};
const unscrambled = (value: number): number => (Math.imul(value ^ (value >>> 16), inverse) ^ mask) >>> 0;

const bytes = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));
const hex = (value: number): string =>
  `${bytes[value >>> 24]}${bytes[(value >>> 16) & 255]}${bytes[(value >>> 8) & 255]}${bytes[value & 255]}`;

/** A UUID (version 4 by shape) of a citizen's record. */
export const keyOf = (seed: number, index: number, ...labels: readonly (string | number)[]): string => {
  const [one, two] = hashPair(seed, index, ...labels);
  const [a, b] = [hex(one), hex(two)];
  return `${hex(scrambled(index))}-${a.slice(0, 4)}-4${a.slice(5)}-a${b.slice(0, 3)}-${a.slice(2, 6)}${b}`;
};

/** The index a key would belong to; whether it does is for the citizen's records to say. */
export const indexOfKey = (key: string): number => unscrambled(Number.parseInt(key.slice(0, 8), 16));
