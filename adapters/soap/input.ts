// An operation's input from its template: `{since}`, `{first}`, `{max}`, `{page}`, `{cpr}` filled in. What has nothing to
// say is left out, and so is an element of which nothing else remains.
import type { XmlInput, XmlInputValue } from '../../src/adapter/soap.ts';

export type Values = Readonly<Record<string, string | number | undefined>>;

const filledText = (text: string, values: Values): string | undefined => {
  let absent = false;
  const filled = text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    if (!Object.hasOwn(values, name)) return whole;
    absent ||= values[name] === undefined;
    return String(values[name]);
  });
  return absent ? undefined : filled;
};

const filled = (value: XmlInputValue, values: Values): XmlInputValue => {
  if (typeof value === 'string') return filledText(value, values);
  if (Array.isArray(value)) {
    const all = value.map((one) => filled(one, values)).filter((one) => one !== undefined);
    return all.length === 0 ? undefined : all;
  }
  if (typeof value !== 'object' || value === null) return value;
  const before = Object.entries(value);
  const after = before
    .map(([name, one]) => [name, filled(one, values)] as const)
    .filter(([, one]) => one !== undefined);
  return before.length > 0 && after.length === 0 ? undefined : Object.fromEntries(after);
};

export const inputOf = (template: XmlInput, values: Values): XmlInput => (filled(template, values) ?? {}) as XmlInput;
