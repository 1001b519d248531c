// A citizen's name and address protection fails safe: what cannot be read counts as protected (and is reported), and
// half a statement that protects protects both.
import type { Compiler, Reader } from './compiler.ts';
import type { ObjectTarget } from './target.ts';
import { compileFields } from './value.ts';
import type { ObjectValue } from './value-format.ts';

export const compileProtection = (
  spec: ObjectValue,
  target: ObjectTarget,
  place: string,
  compiler: Compiler,
): Reader => {
  const { slots, missing } = compileFields(spec.fields, target, 'protection', place, compiler);
  for (const name of missing) compiler.find(place, `the required field "${name}" is missing`);
  return (item, body, issues) => {
    const read = (name: string): unknown => {
      const before = issues.length;
      const value = slots.find((slot) => slot.name === name)?.read(item, body, issues);
      return value ?? (issues.length > before && name !== 'until' ? true : undefined);
    };
    const [name, address, until] = [read('name'), read('address'), read('until')];
    const either = name === true || address === true;
    if (name === undefined && address === undefined) return undefined;
    const both = { name: name ?? either, address: address ?? either };
    return until === undefined ? both : { ...both, until };
  };
};
