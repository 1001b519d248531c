// The one rule `check` enforces about people: the line that names a CPR is the only one that may, and a title must
// not show the key its citizen is found by.
import type { Finding } from './compiler.ts';
import type { MappingFile, MappingSpec } from './format.ts';
import { fieldPath, fromBody } from './paths.ts';
import type { ValueSpec } from './value-format.ts';

interface Use {
  readonly place: string;
  readonly path: string;
}

/** Every path a value reads, from the whole body. */
const usesOf = (spec: ValueSpec, place: string, within: string): readonly Use[] => {
  switch (spec.type) {
    case 'from':
      return spec.from.map((path) => ({ place, path: fromBody(path, within) }));
    case 'constant':
      return [];
    case 'call':
      return spec.with.flatMap((given) => usesOf(given, place, within));
    case 'each':
      return Object.entries(spec.fields).flatMap(([name, value]) =>
        usesOf(value, `${place}.${name}`, fromBody(spec.each, within)),
      );
    case 'object':
      return Object.entries(spec.fields).flatMap(([name, value]) => usesOf(value, `${place}.${name}`, within));
  }
};

const usesOfAll = (values: readonly (readonly [string, ValueSpec | undefined])[], within: string): readonly Use[] =>
  values.flatMap(([place, value]) => (value === undefined ? [] : usesOf(value, place, within)));

const usesOfJournal = (journal: MappingSpec['journal']): readonly Use[] => {
  if (journal === undefined) return [];
  if ('template' in journal)
    return [...journal.template.matchAll(/\{([^}]*)\}/g)].map(([, path = '']) => ({ place: 'journal.template', path }));
  return [journal.by, ...Object.values(journal.values)].flat().map((path) => ({ place: 'journal', path }));
};

const usesOutsideSubject = (spec: MappingSpec): readonly Use[] => {
  const within = spec.each ?? '';
  const links = Object.entries(spec.links).flatMap(([rel, list]) =>
    list.map((link) => [`links.${rel}`, link.key] as const),
  );
  return [
    ...usesOfAll(
      Object.entries(spec.fields).map(([name, value]) => [`fields.${name}`, value] as const),
      within,
    ),
    ...usesOfAll(
      [['unit', spec.unit], ['domain', spec.domain], ['part', spec.part], ['updatedAt', spec.updatedAt], ...links],
      within,
    ),
    ...usesOfAll(
      spec.named.map((value) => ['named', value] as const),
      within,
    ),
    ...usesOfJournal(spec.journal).map(({ place, path }) => ({ place, path: fromBody(path, within) })),
  ];
};

/** Selectors count: `identifier[system=a].value` is not `identifier[system=b].value`, but `identifier[].value` is both. */
const reads = (path: string, personal: string): boolean =>
  path === personal || (fieldPath(path) === path && path === fieldPath(personal));

export const checkSubjectFields = ({ file, spec }: MappingFile): readonly Finding[] => {
  const numbers = [...(spec.numbers?.previous ?? []), ...(spec.numbers?.current ?? [])];
  const subjects = spec.subject.map((subject) =>
    'cpr' in subject ? { personal: true, value: subject.cpr } : { personal: false, value: subject.key },
  );
  const pathsOf = (personal: boolean) =>
    subjects
      .filter((one) => one.personal === personal)
      .flatMap((one) => usesOf(one.value, '', '').map((use) => use.path));
  const personal = [...pathsOf(true), ...numbers.map((path) => fromBody(path, ''))];
  const keys = pathsOf(false);
  return usesOutsideSubject(spec).flatMap(({ place, path }): readonly Finding[] => {
    if (personal.some((other) => reads(path, other))) {
      return [{ file, path: place, message: `"${path}" names a CPR; only \`subject\` and \`numbers\` may use it` }];
    }
    return place === 'fields.title' && keys.includes(path)
      ? [{ file, path: place, message: `"${path}" is the key of the citizen; a title must not show it` }]
      : [];
  });
};
