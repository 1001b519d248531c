// What a mapping makes of what its source really sends: every source path with who reads it and how often it was there,
// every target field with how often it was filled. Names and counts, never a value.
import type { z } from 'zod';
import { type Entity, entities } from '../model/told-consent.ts';
import type { KindMapping } from './compile.ts';
import { withSelectors } from './drift.ts';
import { declaredPaths } from './schema-paths.ts';
import { couldBeName, shapeOf, shapePath } from './shape.ts';

export interface PathCoverage {
  readonly path: string;
  /** `new`: the source sends it and the mapping does not mention it. `never seen`: mentioned or declared, and not once there. */
  readonly state: 'used' | 'unused on purpose' | 'never seen' | 'new';
  /** Target fields and header lines that read it. */
  readonly readers: readonly string[];
  /** In so many of the records looked at. */
  readonly seen: number;
  /** When the hub first saw it, where it keeps count of it. */
  readonly firstSeen?: Date;
}

export interface FieldCoverage {
  readonly entity: Entity;
  readonly field: string;
  readonly filled: number;
  readonly of: number;
}

export interface KindCoverage {
  readonly kind: string;
  readonly records: number;
  readonly rejected: number;
  readonly paths: readonly PathCoverage[];
  readonly fields: readonly FieldCoverage[];
}

export interface CoverageInput {
  readonly mapping: KindMapping;
  /** What the adapter promises, when it is known. */
  readonly schema?: z.ZodType | undefined;
  /** Bodies as they come to the mapping. */
  readonly bodies: Iterable<unknown>;
  /** Paths the hub has counted as unknown, with when it first saw them. */
  readonly unknownSince?: ReadonlyMap<string, Date>;
}

/** Names in a place of a mapping file that mean something to its reader: `fields.period.start`, `subject`, `links.plan`. */
const readerName = (place: string, to: Entity): string => {
  const names = place.split('.').filter((name) => !/^(\d*|each|with|from)$/.test(name));
  return names[0] === 'fields' ? `${to}.${names.slice(1).join('.')}` : names.join('.');
};

const isBelow = (path: string, above: string): boolean => path === above || path.startsWith(`${above}.`);

interface Counted {
  readonly seen: Map<string, number>;
  readonly filled: Map<string, number>;
  readonly drafts: Map<Entity, number>;
  records: number;
  rejected: number;
}

const count = (mapping: KindMapping, bodies: Iterable<unknown>): Counted => {
  const counted: Counted = { seen: new Map(), filled: new Map(), drafts: new Map(), records: 0, rejected: 0 };
  const add = <K>(map: Map<K, number>, name: K): void => void map.set(name, (map.get(name) ?? 0) + 1);
  for (const body of bodies) {
    counted.records += 1;
    for (const path of shapeOf(body).keys()) add(counted.seen, path);
    const { drafts, issues } = mapping.map(body);
    if (issues.some((issue) => issue.reject)) counted.rejected += 1;
    for (const draft of drafts) {
      add(counted.drafts, draft.entity);
      for (const field of Object.keys(draft.fields)) add(counted.filled, `${draft.entity} ${field}`);
    }
  }
  return counted;
};

const fieldsOf = ({ drafts, filled }: Counted): readonly FieldCoverage[] =>
  [...drafts].flatMap(([entity, of]) =>
    Object.keys(entities[entity].shape).map((field) => ({
      entity,
      field,
      filled: filled.get(`${entity} ${field}`) ?? 0,
      of,
    })),
  );

export const coverageOf = ({ mapping, schema, bodies, unknownSince = new Map() }: CoverageInput): KindCoverage => {
  const counted = count(mapping, bodies);
  const readers = new Map<string, Set<string>>();
  const lists = new Set<string>();
  for (const { path, place, to } of mapping.reads)
    for (const each of withSelectors(path)) {
      const name = shapePath(each);
      if (name === '') continue;
      if (/(^|\.)each$/.test(place)) lists.add(name);
      readers.set(name, (readers.get(name) ?? new Set()).add(readerName(place, to)));
    }
  const unused = mapping.unused.map(shapePath);
  const declared = schema === undefined ? [] : declaredPaths(schema).map(shapePath);
  // A name that could be a person's is shown only when several records have it.
  const seen = [...counted.seen].filter(([path, times]) => times > 1 || !couldBeName(path)).map(([path]) => path);
  const mentioned = new Set([...readers.keys(), ...unused, ...declared]);
  const known = [...unknownSince.keys()].map(shapePath);
  const parents = [...mentioned, ...seen];
  const leaves = [...new Set([...mentioned, ...seen, ...known])].filter(
    (path) =>
      path !== '' &&
      (readers.has(path) || unused.includes(path) || !parents.some((other) => other !== path && isBelow(other, path))),
  );
  const paths = leaves.sort().map((path): PathCoverage => {
    const own = [...readers]
      .filter(([name]) => name === path || (isBelow(path, name) && !lists.has(name)))
      .flatMap(([, names]) => [...names]);
    const onPurpose = unused.some((name) => isBelow(path, name));
    const times = counted.seen.get(path) ?? 0;
    const since = [...unknownSince].find(([name]) => shapePath(name) === path)?.[1];
    const state =
      times === 0 && since === undefined
        ? 'never seen'
        : own.length > 0
          ? 'used'
          : onPurpose
            ? 'unused on purpose'
            : 'new';
    return {
      path,
      state,
      readers: own.length === 0 && onPurpose ? ['nobody, on purpose'] : [...new Set(own)],
      seen: times,
      ...(since === undefined ? {} : { firstSeen: since }),
    };
  });
  return { kind: mapping.kind, records: counted.records, rejected: counted.rejected, paths, fields: fieldsOf(counted) };
};
