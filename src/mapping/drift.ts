// Which fields of a source record no mapping knows: neither used nor listed as unused. Names only, never values;
// cheap enough to run on every record of a page.
import { maskNumbers } from '../model/cpr.ts';
import type { KindMapping, PathRead } from './compile.ts';
import { fieldPath } from './paths.ts';

interface Known {
  /** Everything below belongs to a path that was used as a whole. */
  whole: boolean;
  readonly below: Map<string, Known>;
}

const maxFound = 50;
const maxVisited = 5_000;
const maxDepth = 20;
const maxElements = 20;

const namesOf = (path: string): readonly string[] =>
  fieldPath(path)
    .split('.')
    .map((name) => name.replaceAll('[]', '').trim())
    .filter((name) => name !== '');

/** `code[system=x].value` reads `code[].system` too. */
export const withSelectors = (path: string): readonly string[] => [
  path,
  ...[...path.matchAll(/\[([^=\]]+)=[^\]]*\]/g)].map((match) => `${path.slice(0, match.index)}.${match[1] ?? ''}`),
];

const knownFrom = (paths: readonly string[], lists: readonly string[]): Known => {
  const root: Known = { whole: false, below: new Map() };
  const add = (path: string, whole: boolean): void => {
    let here = root;
    for (const name of namesOf(path)) {
      const next = here.below.get(name) ?? { whole: false, below: new Map() };
      here.below.set(name, next);
      here = next;
    }
    // The bare `.` of an element list names no field.
    if (here !== root && whole) here.whole = true;
  };
  for (const path of paths.flatMap(withSelectors)) add(path, true);
  for (const path of lists) add(path, false);
  return root;
};

/** A name from the source as shown to people: short, and without numbers of persons. */
const shown = (name: string): string => maskNumbers(name.length > 80 ? `${name.slice(0, 80)}…` : name);

export type UnknownFields = (body: unknown) => readonly string[];

/** A list gone through element by element is not read as a whole: what its elements hold is known or not by itself. */
const isWalked = ({ place }: PathRead): boolean => /(^|\.)each$/.test(place);

/** By what the mapping reads and what it lists as unused. */
export const compileUnknownFields = ({
  used,
  unused,
  reads = [],
}: Pick<KindMapping, 'used' | 'unused'> & Partial<Pick<KindMapping, 'reads'>>): UnknownFields => {
  const read = new Set(reads.filter((one) => !isWalked(one)).map(({ path }) => path));
  const walked = reads.filter(isWalked).map(({ path }) => path);
  // Whoever also reads the list itself has all of it.
  const lists = new Set(walked.filter((path) => !read.has(path)));
  const root = knownFrom([...used.filter((path) => !lists.has(path)), ...unused], [...lists]);
  return (body) => {
    const found = new Set<string>();
    let visited = 0;
    const look = (value: unknown, known: Known, path: string, depth: number): void => {
      visited += 1;
      if (typeof value !== 'object' || value === null || visited > maxVisited || depth > maxDepth) return;
      if (Array.isArray(value)) {
        for (const element of value.slice(0, maxElements)) look(element, known, `${path}[]`, depth + 1);
        return;
      }
      for (const name of Object.keys(value)) {
        if (found.size >= maxFound) return;
        const here = path === '' ? shown(name) : `${path}.${shown(name)}`;
        const next = known.below.get(name);
        if (next === undefined) found.add(here);
        else if (!next.whole) look((value as Record<string, unknown>)[name], next, here, depth + 1);
      }
    };
    look(body, root, '', 0);
    return [...found];
  };
};
