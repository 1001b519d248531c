// Names for references. Records point to organisations and professionals by id, often without a display; the
// directory reads those by `_id` (never a citizen, never a relative), remembers them for an hour, and writes
// `display` and `resolved` beside the reference, so that a mapping finds who it is without a join.
import type { RawRecord } from '../../src/adapter/contract.ts';
import type { Clock } from '../../src/clock.ts';
import { asHubError } from '../../src/errors.ts';
import type { FhirClient } from './client.ts';
import { isObject, type Json, references } from './references.ts';

export interface Directory {
  /** Completes the references inside the records' bodies, in place. */
  name(records: readonly RawRecord[], signal: AbortSignal): Promise<void>;
}

interface Known {
  readonly at: number;
  readonly resource: Json | undefined;
}

/** Never a citizen and never a relative. */
const namedTypes = new Set(['Organization', 'Practitioner', 'PractitionerRole', 'HealthcareService', 'Location']);
const keepMs = 3_600_000;
const maximumKnown = 10_000;
const batch = 50;
const noDirectory = new Set(['source/forbidden', 'source/not-found', 'source/bad-request']);
/** What a mapping may use of the other resource; the rest is not carried along. */
const carried = ['resourceType', 'name', 'telecom', 'contact', 'practitioner', 'organization', 'code'];

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((part): part is string => typeof part === 'string') : [];

const personName = (names: unknown): string | undefined => {
  const name: unknown = Array.isArray(names) ? names[0] : undefined;
  if (!isObject(name)) return undefined;
  if (typeof name.text === 'string') return name.text;
  const parts = [...texts(name.given), ...(typeof name.family === 'string' ? [name.family] : [])];
  return parts.length === 0 ? undefined : parts.join(' ');
};

const displayOf = (resource: Json): string | undefined => {
  if (typeof resource.name === 'string') return resource.name;
  if (isObject(resource.practitioner) && typeof resource.practitioner.display === 'string')
    return resource.practitioner.display;
  return personName(resource.name);
};

const pick = (resource: Json): Json =>
  Object.fromEntries(carried.filter((name) => name in resource).map((name) => [name, resource[name]]));

export interface DirectoryOptions {
  readonly client: FhirClient;
  readonly base: string;
  readonly clock: Clock;
  /** No: references only get their type. */
  readonly resolve: boolean;
}

export const createDirectory = (options: DirectoryOptions): Directory => {
  const { client, base, clock } = options;
  const known = new Map<string, Known>();
  const closed = new Set<string>();

  const fetchAll = async (type: string, ids: readonly string[], signal: AbortSignal): Promise<void> => {
    for (let from = 0; from < ids.length && !closed.has(type); from += batch) {
      const some = ids.slice(from, from + batch);
      const params = new URLSearchParams({ _id: some.join(','), _count: String(some.length) });
      try {
        const found = await client.search(type, params, signal);
        const at = clock.now().getTime();
        for (const id of some) known.set(`${type}/${id}`, { at, resource: undefined });
        for (const { resource } of found.entry)
          if (isObject(resource) && resource.resourceType === type)
            known.set(`${type}/${String(resource.id)}`, { at, resource: pick(resource) });
      } catch (thrown) {
        // A server without this type leaves records unnamed; a server in trouble ends the run, or names would flicker.
        if (!noDirectory.has(asHubError(thrown).code)) throw thrown;
        closed.add(type);
      }
    }
    while (known.size > maximumKnown) known.delete(known.keys().next().value ?? '');
  };

  const nameAll = async (values: readonly unknown[], signal: AbortSignal, depth: number): Promise<void> => {
    const all = values.flatMap((value) => [...references(value, base)]);
    for (const { target, type } of all) target.type ??= type;
    const targets = all.filter(
      ({ target, type, own }) => options.resolve && own && namedTypes.has(type) && target.display === undefined,
    );
    const oldest = clock.now().getTime() - keepMs;
    const missing = new Map<string, Set<string>>();
    for (const { type, id } of targets) {
      const entry = known.get(`${type}/${id}`);
      if (entry !== undefined && entry.at >= oldest) continue;
      missing.set(type, (missing.get(type) ?? new Set()).add(id));
    }
    for (const [type, ids] of missing) {
      await fetchAll(type, [...ids], signal);
      // A role names its person by reference again.
      if (depth === 0)
        await nameAll(
          [...ids].map((id) => known.get(`${type}/${id}`)?.resource),
          signal,
          1,
        );
    }
    for (const { target, type, id } of targets) {
      const resource = known.get(`${type}/${id}`)?.resource;
      const display = resource === undefined ? undefined : displayOf(resource);
      if (display === undefined) continue;
      target.display = display;
      target.resolved = resource;
    }
  };

  return {
    name: (records, signal) =>
      nameAll(
        records.map(({ body }) => body),
        signal,
        0,
      ),
  };
};
