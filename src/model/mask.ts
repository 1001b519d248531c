// Values and keys as an operator may see them: which fields hold only words of ours or numbers, which are somebody's own
// text, and what is left to see of each. Whatever is not known to be harmless is masked.
import { z } from 'zod';
import { maskNumbers } from './cpr.ts';
import { type Entity, entities } from './told-consent.ts';

/** `open`: of a closed set, a number, a date, a code. `line`: a short text of the source. `hidden`: free text, or a person's. */
export type Openness = 'open' | 'line' | 'hidden';

const unwrap = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? unwrap(schema.unwrap() as z.ZodType) : schema;

const longestLine = 500;

const ofSchema = (outer: z.ZodType | undefined): Openness => {
  if (outer === undefined) return 'hidden';
  const schema = unwrap(outer);
  if (outer.meta()?.reveals !== undefined || schema.meta()?.reveals !== undefined) return 'hidden';
  if (schema instanceof z.ZodEnum || schema instanceof z.ZodNumber || schema instanceof z.ZodBoolean) return 'open';
  if (schema instanceof z.ZodUnion)
    return (schema.options as readonly z.ZodType[]).every((option) => ofSchema(option) === 'open') ? 'open' : 'hidden';
  const { format, maxLength } = schema as unknown as {
    readonly format?: string | null;
    readonly maxLength?: number | null;
  };
  if (format === 'date' || format === 'datetime') return 'open';
  return typeof maxLength === 'number' && maxLength <= longestLine ? 'line' : 'hidden';
};

const shapeOf = (schema: z.ZodType): Readonly<Record<string, z.ZodType>> | undefined => {
  const inner = unwrap(schema);
  const element = inner instanceof z.ZodArray ? unwrap(inner.element as z.ZodType) : inner;
  return element instanceof z.ZodObject ? (element.shape as Readonly<Record<string, z.ZodType>>) : undefined;
};

/** A list or an object is as open as the most hidden thing in it. */
const deepest = (schema: z.ZodType): Openness => {
  const own = shapeOf(schema);
  if (own === undefined) {
    const inner = unwrap(schema);
    return ofSchema(
      inner instanceof z.ZodArray && schema.meta()?.reveals === undefined ? (inner.element as z.ZodType) : schema,
    );
  }
  const all = Object.values(own).map(deepest);
  return all.includes('hidden') ? 'hidden' : all.includes('line') ? 'line' : 'open';
};

/** How open the field at `path` (`period.start`) of a kind is. Master data is a person's own throughout. */
export const opennessOf = (kind: Entity, path: string): Openness => {
  if (kind === 'citizen') return 'hidden';
  let here: z.ZodType | undefined = entities[kind];
  for (const name of path.split('.')) {
    // A code is a code; what is displayed for it may be the source's own words.
    if (name === 'code' && here !== undefined && shapeOf(here)?.['display'] !== undefined) return 'open';
    here = here === undefined ? undefined : shapeOf(here)?.[name];
  }
  return here === undefined ? 'hidden' : deepest(here);
};

const longestShown = 60;

/** Letters become x, digits 9: the form of a value without the value. */
const form = (text: string): string =>
  text
    .slice(0, longestShown)
    .replace(/\p{L}/gu, (letter) => (/\p{Lu}/u.test(letter) ? 'X' : 'x'))
    .replace(/\p{N}/gu, '9');

const written = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/**
 * A value as shown in a sample. `lines`: short texts may be shown as they are (of recorded, scrubbed records); otherwise
 * only their form is.
 */
export const masked = (kind: Entity, path: string, value: unknown, lines: boolean): string => {
  if (value === undefined) return '–';
  const openness = opennessOf(kind, path);
  const text = written(value);
  if (openness === 'hidden') return `‹${text.length} characters›`;
  if (openness === 'line' && !lines) return form(text);
  const clear = maskNumbers(text);
  return clear.length > longestShown ? `${clear.slice(0, longestShown)}…` : clear;
};

/** The end of a source's key, enough to recognise it by: at most a third of it, and nothing of a number. */
export const maskKey = (key: string): string => {
  const clear = maskNumbers(key);
  const shown = clear === key ? Math.min(4, Math.floor(key.length / 3)) : 0;
  return `…${shown === 0 ? '' : key.slice(-shown)}`;
};
