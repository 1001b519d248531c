// Text as it may be stored: no control characters (Postgres refuses NUL), no half surrogates, trimmed.

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is being removed.
const unstorable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is being removed.
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;

export const cleanText = (text: string): string =>
  (unstorable.test(text) ? text.replace(controls, '').toWellFormed() : text).trim();

/** At most `max` characters, never half a pair. */
export const cutText = (text: string, max: number): string => text.slice(0, max).replace(/[\ud800-\udbff]$/, '');

/** A text, number or boolean as trimmed text; anything else says nothing. */
export const scalarText = (value: unknown): string => {
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
};
