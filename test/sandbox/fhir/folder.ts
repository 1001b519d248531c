// A folder of FHIR JSON files as stub data: single resources (first those without `-vN`), then Bundles unpacked,
// equal (type, id) once. `step` puts each resource's next version in place, as its source would have done later.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FhirData, FhirResource, FhirStore } from './data.ts';

export interface FhirFolder {
  readonly data: FhirData;
  /** Every citizen's number found in the folder's Patients, each once. */
  readonly numbers: readonly string[];
  /** Puts each resource's next version into the store; how many changed. 0 = the folder has no later version. */
  step(store: FhirStore): number;
}

interface Found {
  readonly resource: FhirResource;
  readonly version: number;
}

const isResource = (value: unknown): value is FhirResource =>
  typeof value === 'object' && value !== null && 'resourceType' in value && 'id' in value;

/** A Bundle's resources; a Bundle inside a Bundle is unpacked too. */
function* unpack(bundle: FhirResource): Iterable<FhirResource> {
  const entries = bundle.entry;
  if (!Array.isArray(entries)) return;
  for (const entry of entries as { resource?: unknown }[]) {
    if (!isResource(entry.resource)) continue;
    if (entry.resource.resourceType === 'Bundle') yield* unpack(entry.resource);
    else yield entry.resource;
  }
}

const timeOf = (bundle: FhirResource): string => String(bundle.timestamp ?? '');

const numberSystem = /^(urn:oid:1\.2\.208\.176\.1\.(2|6\.1\.1|6\.1\.3\..+)|http:\/\/rn\.dk)$/;

const numbersOf = (patients: Iterable<FhirResource>): string[] => {
  const numbers = new Set<string>();
  for (const patient of patients) {
    const identifiers = patient.identifier;
    if (!Array.isArray(identifiers)) continue;
    for (const { system, value } of identifiers as { system?: unknown; value?: unknown }[])
      if (numberSystem.test(String(system)) && typeof value === 'string') numbers.add(value);
  }
  return [...numbers];
};

export const loadFhirFolder = (folder: string): FhirFolder => {
  const singles: Found[] = [];
  const bundles: FhirResource[] = [];
  for (const name of readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()) {
    const content: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    if (!isResource(content)) continue;
    if (content.resourceType === 'Bundle') bundles.push(content);
    else singles.push({ resource: content, version: Number(/-v(\d+)\.json$/.exec(name)?.[1] ?? 1) });
  }
  const versions = new Map<string, Found[]>();
  const keyOf = (resource: FhirResource): string => `${resource.resourceType}/${resource.id}`;
  for (const found of singles.sort((a, b) => a.version - b.version))
    versions.set(keyOf(found.resource), [...(versions.get(keyOf(found.resource)) ?? []), found]);
  for (const bundle of bundles.sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1)))
    for (const resource of unpack(bundle))
      if (!versions.has(keyOf(resource))) versions.set(keyOf(resource), [{ resource, version: 1 }]);

  const data: Record<string, FhirResource[]> = {};
  for (const [first] of versions.values()) {
    if (first === undefined) continue;
    data[first.resource.resourceType] ??= [];
    data[first.resource.resourceType]?.push(first.resource);
  }
  let steps = 0;
  return {
    data,
    numbers: numbersOf(
      [...versions.values()]
        .flatMap((found) => found.map(({ resource }) => resource))
        .filter((r) => r.resourceType === 'Patient'),
    ),
    step(store) {
      steps += 1;
      let changed = 0;
      for (const found of versions.values()) {
        const next = found[steps];
        if (next === undefined) continue;
        store.put(next.resource);
        changed += 1;
      }
      return changed;
    },
  };
};
