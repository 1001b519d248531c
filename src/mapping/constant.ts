// `{value: …}`: checked once, when the mapping is compiled.
import { accept } from './accept.ts';
import { type Compiler, type Reader, useTable } from './compiler.ts';
import { asTarget } from './step.ts';
import type { Target } from './target.ts';
import type { ConstantValue } from './value-format.ts';

const written = (target: Target, value: string): unknown => {
  if (target.type === 'number') return value.trim() === '' ? undefined : Number(value);
  if (target.type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value;
  return value;
};

export const compileConstant = (spec: ConstantValue, target: Target, place: string, compiler: Compiler): Reader => {
  const wanted = target.type === 'list' ? target.of : target;
  const refuse = () => compiler.find(place, `the field does not take the constant "${spec.value}"`);
  const table = spec.codes === undefined ? undefined : useTable(spec.codes, place, compiler);
  const found = table?.translate(spec.value);
  if (table !== undefined && found === undefined) {
    compiler.find(place, `code table "${table.name}" has no "${spec.value}"`);
    return () => undefined;
  }
  const value = found === undefined ? written(wanted, spec.value) : asTarget(wanted, found, undefined);
  const fitted = found !== undefined && wanted.type === 'coded' ? value : accept(wanted, value, refuse, []);
  return target.type === 'list' ? () => [fitted] : () => fitted;
};
