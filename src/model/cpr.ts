// CPR numbers and their replacements. Ten characters; modulus 11 is never checked (since October 2007 it says
// nothing); the birth date's century follows digit 7 and year (cpr.dk). The value itself never leaves the store
// except encrypted; everything else knows citizens by an opaque UUID.
// Source: cpr.dk, "Personnummeret i CPR-systemet"; dk-core 3.7.0 (X-eCPR, D-eCPR).

export type NumberType = 'cpr' | 'replacement' | 'x-ecpr' | 'd-ecpr';

export interface ParsedNumber {
  /** Ten characters, upper case, no separators. */
  readonly number: string;
  readonly type: NumberType;
  /** `YYYY-MM-DD` where the number tells one. */
  readonly birthDate?: string;
  /** From the last digit's parity; only of numbers that carry it. */
  readonly gender?: 'female' | 'male';
}

const century = (seventh: number, yy: number): number => {
  if (seventh <= 3) return 1900;
  if (seventh === 4 || seventh === 9) return yy <= 36 ? 2000 : 1900;
  return yy <= 57 ? 2000 : 1800;
};

const isoDay = (year: number, month: number, dayOfMonth: number): string | undefined => {
  const date = new Date(Date.UTC(year, month - 1, dayOfMonth));
  const same = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === dayOfMonth;
  return same ? date.toISOString().slice(0, 10) : undefined;
};

const digitsOnly = (number: string): ParsedNumber | undefined => {
  const dd = Number(number.slice(0, 2));
  const replacement = dd > 60;
  const yy = Number(number.slice(4, 6));
  const birthDate = isoDay(century(Number(number[6]), yy) + yy, Number(number.slice(2, 4)), replacement ? dd - 60 : dd);
  const gender = Number(number[9]) % 2 === 1 ? 'male' : 'female';
  const type = replacement ? 'replacement' : 'cpr';
  // A date no calendar knows (test numbers such as 1111111111 have one; 0000000000 has none) is not a reason to refuse.
  return birthDate === undefined ? { number, type, gender } : { number, type, birthDate, gender };
};

/**
 * Reads a CPR number, an erstatningspersonnummer (day + 60), an X-eCPR (ddMMyy, 1 or 7, two letters, digit) or a
 * D-eCPR (ten letters and digits of a regional system). A leading zero lost to a spreadsheet is restored.
 * @returns undefined when the text is none of these.
 */
export const parseNumber = (text: string): ParsedNumber | undefined => {
  const bare = text
    .trim()
    .replace(/^(\d{6})[- ](?=[0-9A-Za-z]{4}$)/, '$1')
    .toUpperCase();
  if (/^\d{9}$/.test(bare)) return digitsOnly(`0${bare}`);
  if (/^\d{10}$/.test(bare)) return digitsOnly(bare);
  if (/^\d{6}[17][A-Z]{2}\d$/.test(bare)) {
    const yy = Number(bare.slice(4, 6));
    const birthDate = isoDay((bare[6] === '1' ? 1900 : 2000) + yy, Number(bare.slice(2, 4)), Number(bare.slice(0, 2)));
    return birthDate === undefined ? { number: bare, type: 'x-ecpr' } : { number: bare, type: 'x-ecpr', birthDate };
  }
  if (/^(?=.*[A-Z])(?=.*\d)[0-9A-Z]{10}$/.test(bare)) return { number: bare, type: 'd-ecpr' };
  return undefined;
};

/** Completed years on `today` (`YYYY-MM-DD`, Copenhagen). */
export const ageOn = (birthDate: string, today: string): number =>
  Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4)) - (today.slice(5) < birthDate.slice(5) ? 1 : 0);

/** Hides anything that looks like a number of a person in text shown to people (keys, file names). */
export const maskNumbers = (text: string): string =>
  text
    .replace(/(?<![0-9])\d{6}[- ]?\d{4}(?![0-9])/g, '‹number›')
    .replace(/(?<![0-9A-Za-z])\d{6}[- ]?[17][A-Za-z]{2}\d(?![0-9A-Za-z])/g, '‹number›');
