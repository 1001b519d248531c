// What happens to one value on its way to its target field: convert (`as`), translate (`codes`), fit. What fails
// becomes an issue, rejects the record or keeps the original text, as `else` says.
import { accept, type Report } from './accept.ts';
import type { CodeTable, Translation } from './codes.ts';
import { addIssue, type Compiler, useTable } from './compiler.ts';
import { type Conversion, conversions, type Scalar } from './conversions.ts';
import type { Issue } from './result.ts';
import type { Target } from './target.ts';
import type { FromValue } from './value-format.ts';

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));

/** A translation as the target wants it: a whole coded value, a code or a display. */
export const asTarget = (target: Target, found: Translation, original: object | undefined): unknown => {
  if (target.type === 'coded') return { code: found.code, display: found.display, ...(original && { original }) };
  if (target.type === 'text') return target.cut ? found.display : found.code;
  if (target.type === 'number') return Number(found.code);
  if (target.type === 'boolean') return found.code === 'true';
  return found.code;
};

/** `else: keep`: what the source wrote, where the target is text or coded. */
const kept = (
  target: Target,
  value: unknown,
  table: CodeTable | undefined,
  report: Report,
  issues: Issue[],
): unknown => {
  const original = table?.original(value);
  if (target.type !== 'coded') return accept(target, original?.display ?? original?.code ?? value, report, issues);
  if (original === undefined) return undefined;
  return { code: original.code, display: original.display ?? original.code, original };
};

const gives: Readonly<Record<Conversion['gives'], readonly Target['type'][]>> = {
  day: ['day', 'text', 'any'],
  instant: ['instant', 'text', 'any'],
  number: ['number', 'text', 'any'],
  boolean: ['boolean', 'text', 'any'],
  text: ['text', 'any', 'enum'],
};

const fits = (conversion: Conversion, target: Target): boolean =>
  gives[conversion.gives].includes(target.type) ||
  (conversion.gives === 'day' && target.type === 'instant' && target.accepts('2026-01-01'));

const useConversion = (spec: FromValue, target: Target, place: string, compiler: Compiler): Conversion | undefined => {
  if (spec.as === undefined) return undefined;
  const conversion = conversions.get(spec.as);
  if (conversion === undefined) {
    compiler.find(place, `there is no conversion "${spec.as}": use one of ${[...conversions.keys()].join(', ')}`);
  } else if (spec.codes === undefined && !fits(conversion, target)) {
    compiler.find(place, `"${spec.as}" gives a ${conversion.gives}, the field wants ${target.type}`);
  }
  return conversion;
};

/** Codes of the table that the target would refuse. */
const checkTable = (table: CodeTable, target: Target, place: string, compiler: Compiler): void => {
  for (const [code, found] of table.entries) {
    const refused =
      (target.type === 'enum' && !target.values.has(found.code)) ||
      (target.type === 'boolean' && found.code !== 'true' && found.code !== 'false') ||
      (target.type === 'number' && !Number.isFinite(asTarget(target, found, undefined)));
    if (!refused) continue;
    const message = `code table "${table.name}" gives "${found.code}" for "${code}", which the field does not take`;
    compiler.find(place, message);
  }
};

/** One value in, the fitted value out; undefined after its issue. */
export type Step = (value: unknown, issues: Issue[]) => unknown;

export interface Steps {
  readonly one: Step;
  /** Of several candidates the first the code table knows; without a table the first. */
  readonly firstOf: (candidates: readonly unknown[], issues: Issue[]) => unknown;
}

const checkElse = (spec: FromValue, target: Target, place: string, compiler: Compiler): void => {
  if (target.type === 'coded' && spec.codes === undefined) {
    compiler.find(place, 'a coded field needs `codes`, or its `code` and `display` written one by one');
  }
  if (target.type === 'object') compiler.find(place, 'the field wants nested fields, not one value');
  if (spec.else === 'keep' && !['text', 'coded', 'any'].includes(target.type)) {
    compiler.find(place, '`else: keep` needs a field that takes text');
  }
};

/** Conversions write days and instants as the model wants them: they need no second look. */
const isSure = (conversion: Conversion | undefined, target: Target): boolean =>
  (target.type === 'day' && conversion?.gives === 'day') ||
  (target.type === 'instant' && conversion?.gives === 'instant');

export const compileSteps = (spec: FromValue, target: Target, at: string, place: string, compiler: Compiler): Steps => {
  const conversion = useConversion(spec, target, place, compiler);
  const table = spec.codes === undefined ? undefined : useTable(spec.codes, place, compiler);
  if (table !== undefined) checkTable(table, target, place, compiler);
  checkElse(spec, target, place, compiler);

  const report: Report = (issues, problem) => addIssue(issues, at, problem, spec.else === 'reject');
  const fallback =
    target.type === 'enum' && target.values.has('unknown') && spec.else === 'issue' ? 'unknown' : undefined;
  const keep = spec.else === 'keep';
  const fail = (value: unknown, problem: string, issues: Issue[]): unknown => {
    if (keep) return kept(target, value, table, report, issues);
    report(issues, problem);
    return fallback;
  };
  const fit: Step = isSure(conversion, target)
    ? (value) => value
    : (value, issues) => accept(target, value, report, issues) ?? fallback;
  const look = (candidate: unknown): unknown => {
    const found = table?.translate(candidate);
    return found === undefined
      ? undefined
      : asTarget(target, found, target.type === 'coded' ? table?.original(candidate) : undefined);
  };
  const translate: Step = (value, issues) => {
    const translated = look(value);
    if (translated === undefined) return fail(value, 'unknown-code', issues);
    return target.type === 'coded' ? translated : accept(target, translated, report, issues);
  };
  const finish = table === undefined ? fit : translate;
  const convert: Step = (value, issues) => {
    if (!isScalar(value)) return fail(value, 'unexpected-value', issues);
    const converted = conversion?.convert(value);
    return converted === undefined ? fail(value, conversion?.problem ?? '', issues) : finish(converted, issues);
  };
  const one = conversion === undefined ? finish : convert;
  if (table === undefined || conversion !== undefined) return { one, firstOf: (all, issues) => one(all[0], issues) };
  return {
    one,
    firstOf: (all, issues) => one(all.find((candidate) => table.translate(candidate) !== undefined) ?? all[0], issues),
  };
};
