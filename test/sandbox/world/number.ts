// CPR numbers that cannot belong to anyone: adults born 1937 to September 2007, never on 1 January, failing modulus 11
// (every number issued before October 2007 passes it); children carry day + 60, which no birth date has.
// Unique without a list: an index's number and birth day agree modulo 1,000, and its thousand chooses the serial.
import { dayOfNumber, numberOfDay } from './days.ts';

const residues = 1000;
/** Serials per birth date, century and gender are 3,000, and each thousand of indexes takes a pair: room for 1.5 million. */
export const capacity = 1_500_000;
export const lastAdultBirthDay = '2007-09-30';

const inverse701 = 1301;

const weights = [4, 3, 2, 7, 6, 5, 4, 3, 2, 1] as const;
export const failsModulus11 = (number: string): boolean =>
  weights.reduce((sum, weight, at) => sum + weight * Number(number[at]), 0) % 11 !== 0;

/**
 * The birth date nearest to the wanted one that this index may have.
 * @param wanted a day from 1938 on; a child's is after the last adult birth day.
 */
export const birthDateOf = (index: number, wanted: string, child: boolean): string => {
  const from = numberOfDay(wanted);
  const residue = index % residues;
  let days = from - (((from % residues) - residue + residues) % residues);
  if (from - days > residues / 2) days += residues;
  const lastAdult = numberOfDay(lastAdultBirthDay);
  while (child ? days <= lastAdult : days > lastAdult) days += child ? residues : -residues;
  while (dayOfNumber(days).endsWith('-01-01')) days += child ? residues : -residues;
  return dayOfNumber(days);
};

const serialOf = (year: number, nth: number, male: boolean): string => {
  const odd = nth * 2 + (male ? 1 : 0);
  // 6,000 serials of one century: 0000–3999 with 4000–4999 and 9000–9999 before 2000, 4000–9999 after.
  const serial = year >= 2000 ? 4000 + odd : odd < 5000 ? odd : odd + 4000;
  return String(serial).padStart(4, '0');
};

/** The number of an index with a birth date from `birthDateOf`; `replacement` adds 60 to the day. */
export const numberOf = (index: number, birthDate: string, male: boolean, replacement: boolean): string => {
  const day = Number(birthDate.slice(8)) + (replacement ? 60 : 0);
  const front = `${String(day).padStart(2, '0')}${birthDate.slice(5, 7)}${birthDate.slice(2, 4)}`;
  const turn = Math.floor(index / residues);
  const pair = (turn * 701 + (index % residues) * 37 + 211) % 1500;
  const first = `${front}${serialOf(Number(birthDate.slice(0, 4)), pair * 2, male)}`;
  return failsModulus11(first) ? first : `${front}${serialOf(Number(birthDate.slice(0, 4)), pair * 2 + 1, male)}`;
};

/** The index a number would belong to; whether it does is for the citizen to say. */
export const indexOfNumber = (number: string, birthDate: string): number => {
  const residue = numberOfDay(birthDate) % residues;
  const digits = Number(number.slice(6));
  const odd = birthDate >= '2000' ? digits - 4000 : digits < 5000 ? digits : digits - 4000;
  const pair = Math.floor(Math.floor(odd / 2) / 2);
  // 701 · 701⁻¹ ≡ 1 modulo 1,500.
  const turn = ((((pair - 211 - residue * 37) * inverse701) % 1500) + 1500) % 1500;
  return turn * residues + residue;
};
