// `representative:` of a mapping to contact: who represents the citizen, by number. The number is never stored; what
// becomes of it is decided by configuration (`representation.from`), and without that nothing does.
import { parseNumber } from '../model/cpr.ts';
import { type Compiler, usePaths } from './compiler.ts';
import type { MappingSpec } from './format.ts';
import { compileConditions } from './header.ts';
import type { RepresentativeDraft } from './result.ts';

type Spec = NonNullable<MappingSpec['representative']>;

/** The first alternative whose condition holds decides; a number that cannot be read is nobody. */
export const compileRepresentative = (spec: Spec, compiler: Compiler) => {
  const alternatives = spec.number.map(({ when, from }, index) => ({
    holds: compileConditions(when, `representative.number.${index}.when`, compiler),
    paths: usePaths(from, `representative.number.${index}.from`, compiler),
  }));
  return (item: unknown, body: unknown): RepresentativeDraft | undefined => {
    const found = alternatives.find(({ holds }) => holds(item, body));
    const [value] = (found?.paths ?? []).map((path) => path.first(item, body)).filter((one) => one !== undefined);
    const number = typeof value === 'string' ? parseNumber(value)?.number : undefined;
    if (number === undefined) return undefined;
    return { type: spec.type, number, ...(spec.form === undefined ? {} : { form: spec.form }) };
  };
};
