// Code tables: `mappings/codes/<name>.yaml`, each with its source and date. A table is asked with a plain code or
// with an object {system, code, display} as FHIR has it; the original is kept beside every translation.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { cleanText, cutText, scalarText } from './text.ts';

const text = z.string().min(1, 'is empty');

const entry = z.union(
  [
    text.transform((short) => ({ short, code: undefined, display: short })),
    z
      .strictObject({ code: text.optional(), display: text.optional() })
      .transform((full) => ({ short: undefined, ...full })),
  ],
  { error: 'must be {code, display}' },
);

export const codeTableFormat = z
  .strictObject({
    table: text,
    /** Where the codes come from, for people. */
    source: text,
    date: z.iso.date({ error: 'must be a date, YYYY-MM-DD' }),
    /** The code system `original` names when the source does not. */
    system: text,
    aliases: z.array(text).default([]),
    target: z.enum(['status', 'enum', 'coded', 'text'], { error: 'must be status, enum, coded or text' }),
    codes: z.record(z.string(), entry),
  })
  .superRefine((table, context) => {
    for (const [code, { display }] of Object.entries(table.codes)) {
      if (display === undefined && (table.target === 'coded' || table.target === 'text')) {
        context.addIssue({ code: 'custom', path: ['codes', code, 'display'], message: 'a Danish display is required' });
      }
    }
  });

export interface Translation {
  readonly code: string;
  readonly display: string;
}

export interface Original {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
}

export interface CodeTable {
  readonly name: string;
  /** Differs when anything in it does. */
  readonly digest: string;
  readonly target: 'status' | 'enum' | 'coded' | 'text';
  readonly source: string;
  readonly date: string;
  readonly entries: ReadonlyMap<string, Translation>;
  /** What the source wrote; undefined when the value is no code at all. */
  original(value: unknown): Original | undefined;
  /** Undefined when the code is unknown or of another system. */
  translate(value: unknown): Translation | undefined;
}

export type CodeTables = ReadonlyMap<string, CodeTable>;

/** At most as long as the model keeps. */
const scalar = (value: unknown): string | undefined => {
  const text = cutText(cleanText(scalarText(value)), 500);
  return text === '' ? undefined : text;
};

/**
 * A shorthand entry (`"1": Aktiv`) names a code for plain targets and a display for the others. A table of texts has
 * no codes of its own: what it says is the display, also where a function takes the value.
 */
const translation = (
  key: string,
  target: z.infer<typeof codeTableFormat>['target'],
  found: z.infer<typeof entry>,
): Translation => {
  const own = target === 'coded' ? undefined : target === 'text' ? found.display : found.short;
  const code = found.code ?? own ?? key;
  return { code, display: found.display ?? code };
};

export const compileCodeTable = (table: z.infer<typeof codeTableFormat>): CodeTable => {
  const systems = new Set([table.system, ...table.aliases]);
  const entries = new Map(
    Object.entries(table.codes).map(([key, found]) => [key.trim(), translation(key.trim(), table.target, found)]),
  );
  const original = (value: unknown): Original | undefined => {
    if (typeof value !== 'object' || value === null) {
      const code = scalar(value);
      return code === undefined ? undefined : { system: table.system, code };
    }
    const coding = value as Readonly<Record<string, unknown>>;
    const code = scalar(coding['code']);
    if (code === undefined) return undefined;
    const display = scalar(coding['display']);
    const system = scalar(coding['system']) ?? table.system;
    return display === undefined ? { system, code } : { system, code, display };
  };
  return {
    name: table.table,
    digest: createHash('sha256').update(JSON.stringify(table)).digest('base64'),
    target: table.target,
    source: table.source,
    date: table.date,
    entries,
    original,
    translate: (value) => {
      if (typeof value === 'string') return entries.get(value) ?? entries.get(value.trim());
      const found = original(value);
      return found !== undefined && systems.has(found.system) ? entries.get(found.code) : undefined;
    },
  };
};
