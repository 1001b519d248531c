// What every part of a mapping is compiled with: the code tables, a place for findings about the file, and the
// record of source paths it reads.
import type { CodeTable, CodeTables } from './codes.ts';
import { compilePath, fromBody, type Path } from './paths.ts';
import type { Issue } from './result.ts';

/** Something wrong with a mapping or code file; `path` is the place in the file. */
export interface Finding {
  readonly file: string;
  readonly path: string;
  readonly message: string;
}

/** Reads one value out of an element (`item`) of the whole `body`; problems go to `issues`. Undefined = absent. */
export type Reader = (item: unknown, body: unknown, issues: Issue[]) => unknown;

export interface Compiler {
  /** The path of the `each` this is inside of, from the whole body; empty at the top. */
  readonly within: string;
  readonly codes: CodeTables;
  find(place: string, message: string): void;
  /** A source path, from the whole body, and the place in the file that reads it. */
  use(path: string, place: string): void;
}

export const inside = (compiler: Compiler, each: string): Compiler => ({
  ...compiler,
  within: fromBody(each, compiler.within),
});

const nothing: Path = { text: '', fromBody: false, several: false, first: () => undefined, every: () => [] };

/** The path, noted as used; a malformed one is found and reads nothing. */
export const usePath = (text: string, place: string, compiler: Compiler): Path => {
  const path = compilePath(text);
  if (path === undefined) {
    compiler.find(place, `"${text}" is not a path: write a.b, a[].b, a[0] or a[name=value].b`);
    return nothing;
  }
  compiler.use(fromBody(text, compiler.within), place);
  return path;
};

export const usePaths = (texts: readonly string[], place: string, compiler: Compiler): readonly Path[] =>
  texts.map((text) => usePath(text, place, compiler));

export const useTable = (name: string, place: string, compiler: Compiler): CodeTable | undefined => {
  const table = compiler.codes.get(name);
  if (table === undefined) compiler.find(place, `there is no code table "${name}": add mappings/codes/${name}.yaml`);
  return table;
};

/** Of one record; more are not counted. */
export const maxIssues = 100;

export const addIssue = (issues: Issue[], path: string, problem: string, reject: boolean): void => {
  // A rejecting issue must never be the one that is left out.
  if (issues.length < maxIssues || (reject && issues.length < maxIssues * 2)) {
    issues.push({ code: path === '' ? problem : `${path}/${problem}`, path, reject });
  }
};
