// `{from, as, codes, else, list}` and constants: read, convert, translate, fit to the target field, in that order.
// What fails becomes an issue, rejects the record or keeps the original text, as `else` says.
import { accept, type Report } from './accept.ts';
import type { CodeTable, Translation } from './codes.ts';
import { addIssue, type Compiler, type Reader, usePaths, useTable } from './compiler.ts';
import { type Conversion, conversions } from './conversions.ts';
import type { Path } from './paths.ts';
import type { Target } from './target.ts';
import type { ConstantValue, FromValue } from './value-format.ts';

type Scalar = string | number | boolean;
const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));

/** A translation as the target wants it: a whole coded value, a code or a display. */
const asTarget = (target: Target, found: Translation, original: object | undefined): unknown => {
  if (target.type === 'coded') return { code: found.code, display: found.display, ...(original && { original }) };
  if (target.type === 'text') return target.cut ? found.display : found.code;
  if (target.type === 'number') return Number(found.code);
  if (target.type === 'boolean') return found.code === 'true';
  return found.code;
};

/** `else: keep`: what the source wrote, where the target is text or coded. */
const kept = (target: Target, value: unknown, table: CodeTable | undefined, report: Report): unknown => {
  const original = table?.original(value);
  if (target.type !== 'coded') return accept(target, original?.display ?? original?.code ?? value, report);
  if (original === undefined) return undefined;
  return { code: original.code, display: original.display ?? original.code, original };
};

const convert = (conversion: Conversion, value: unknown, report: Report): Scalar | undefined => {
  const converted = isScalar(value) ? conversion.convert(value) : undefined;
  if (converted === undefined) report(isScalar(value) ? conversion.problem : 'unexpected-value');
  return converted;
};

const translate = (candidates: readonly unknown[], table: CodeTable, target: Target): unknown => {
  for (const candidate of candidates) {
    const found = table.translate(candidate);
    if (found !== undefined) return asTarget(target, found, table.original(candidate));
  }
  return undefined;
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
    const value = asTarget(target, found, undefined);
    const refused = target.type === 'enum' ? !target.values.has(found.code) : Number.isNaN(value);
    if (refused)
      compiler.find(
        place,
        `code table "${table.name}" gives "${found.code}" for "${code}", which the field does not take`,
      );
  }
};

const firstFilled = (paths: readonly Path[], item: unknown, body: unknown): readonly unknown[] => {
  for (const path of paths) {
    const values = path.every(item, body);
    if (values.length > 0) return values.flat();
  }
  return [];
};

type One = (candidates: readonly unknown[], report: Report) => unknown;

const compileOne = (spec: FromValue, target: Target, place: string, compiler: Compiler): One => {
  const conversion = useConversion(spec, target, place, compiler);
  const table = spec.codes === undefined ? undefined : useTable(spec.codes, place, compiler);
  if (table !== undefined) checkTable(table, target, place, compiler);
  if (target.type === 'coded' && spec.codes === undefined) {
    compiler.find(place, 'a coded field needs `codes`, or its `code` and `display` written one by one');
  }
  if (spec.else === 'keep' && !['text', 'coded', 'any'].includes(target.type)) {
    compiler.find(place, '`else: keep` needs a field that takes text');
  }
  const fallback =
    target.type === 'enum' && target.values.has('unknown') && spec.else === 'issue' ? 'unknown' : undefined;
  const silent: Report = () => undefined;
  return (candidates, report) => {
    const told = spec.else === 'keep' ? silent : report;
    let values = candidates;
    if (conversion !== undefined) {
      const converted = convert(conversion, candidates[0], told);
      if (converted === undefined) return spec.else === 'keep' ? kept(target, candidates[0], table, report) : undefined;
      values = [converted];
    }
    if (table === undefined) return accept(target, values[0], report) ?? fallback;
    const translated = translate(values, table, target);
    if (translated !== undefined) return target.type === 'coded' ? translated : accept(target, translated, report);
    if (spec.else === 'keep') return kept(target, values[0], table, report);
    report('unknown-code');
    return fallback;
  };
};

/** One value; for a list target every value of the path. */
export const compileFrom = (spec: FromValue, target: Target, at: string, place: string, compiler: Compiler): Reader => {
  const paths = usePaths(spec.from, place, compiler);
  const list = target.type === 'list';
  if (spec.list && !list && target.type !== 'any') compiler.find(place, '`list: true` needs a field that takes a list');
  const one = compileOne(spec, list ? target.of : target, place, compiler);
  const reject = spec.else === 'reject';
  const [single] = paths;
  const plain = paths.length === 1 && single !== undefined && (spec.codes === undefined || !single.several);
  if (!list && plain && single !== undefined) {
    return (item, body, issues) => {
      const value = single.first(item, body);
      return value === undefined
        ? undefined
        : one(Array.isArray(value) ? value : [value], (problem) => addIssue(issues, at, problem, reject));
    };
  }
  return (item, body, issues) => {
    const values = firstFilled(paths, item, body);
    if (values.length === 0) return undefined;
    const report: Report = (problem) => addIssue(issues, at, problem, reject);
    if (!list) return one(values, report);
    const found = values.flatMap((value) => one([value], report) ?? []);
    if (found.length > target.max) report('too-many');
    return found.length === 0 ? undefined : found.slice(0, target.max);
  };
};

const written = (target: Target, value: string): unknown => {
  if (target.type === 'number') return value.trim() === '' ? undefined : Number(value);
  if (target.type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value;
  return value;
};

/** A constant is checked once, when the mapping is compiled. */
export const compileConstant = (spec: ConstantValue, target: Target, place: string, compiler: Compiler): Reader => {
  const wanted = target.type === 'list' ? target.of : target;
  const refuse: Report = () => compiler.find(place, `the field does not take the constant "${spec.value}"`);
  const table = spec.codes === undefined ? undefined : useTable(spec.codes, place, compiler);
  const found = table?.translate(spec.value);
  if (table !== undefined && found === undefined)
    compiler.find(place, `code table "${table.name}" has no "${spec.value}"`);
  if (table !== undefined && found === undefined) return () => undefined;
  const value = found === undefined ? written(wanted, spec.value) : asTarget(wanted, found, undefined);
  const fitted = found !== undefined && wanted.type === 'coded' ? value : accept(wanted, value, refuse);
  return target.type === 'list' ? () => [fitted] : () => fitted;
};
