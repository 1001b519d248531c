// The municipality's citizens into the three systems: all of them at the start, and after an event only what differs,
// each system with its own time of change. The social system has none: its files are delivered anew when a row differs.
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { FhirResource, FhirStore } from './fhir/data.ts';
import type { MomentumData } from './momentum/data.ts';
import type { SensumKind } from './sensum/data.ts';
import { writeSensumDrop } from './sensum/drop.ts';
import { putMomentum } from './world/put-momentum.ts';
import { fhirResources } from './world/to-fhir.ts';
import { momentumRows } from './world/to-momentum.ts';
import { type SensumRows, sensumKinds, sensumRows, toSensum } from './world/to-sensum.ts';
import type { World } from './world/world.ts';

export interface Systems {
  readonly world: World;
  readonly momentumData: MomentumData;
  readonly store: FhirStore;
  /** The social system's rows by the citizen's index, in the order of its files. */
  readonly social: Map<number, SensumRows>;
  readonly sensumFolder: string;
}

/** The municipality delivers as one site. */
const site = 'egevang';

export const fill = ({ world, momentumData, store, social }: Systems): void => {
  const { seed, today } = world.options;
  for (const citizen of world.citizens()) {
    putMomentum(momentumData, momentumRows(citizen, today));
    for (const resource of fhirResources(citizen, seed, today)) store.put(resource, { keepTime: true });
    const rows = sensumRows(citizen);
    if (rows) social.set(citizen.person.index, rows);
  }
};

const content = ({ meta, ...elements }: FhirResource): string => JSON.stringify([elements, meta?.['security'] ?? []]);

/**
 * Puts what differs of these citizens.
 * @param at the instant of the change, for the system whose rows carry one
 * @returns the social system's files that have to be delivered anew
 */
export const applyChanges = (systems: Systems, indexes: Iterable<number>, at: string): ReadonlySet<SensumKind> => {
  const { world, momentumData, store, social } = systems;
  const { seed, today } = world.options;
  const stale = new Set<SensumKind>();
  for (const index of indexes) {
    const citizen = world.citizenAt(index);
    putMomentum(momentumData, momentumRows(citizen, today, at), true);
    for (const resource of fhirResources(citizen, seed, today)) {
      const old = store.get(resource.resourceType, resource.id);
      if (old === undefined || content(old) !== content(resource)) store.put(resource);
    }
    for (const { system, type, id } of citizen.withdrawn ?? []) {
      if (system === 'momentum') momentumData[type].remove(id);
      else if (store.get(type, id)?.['status'] !== 'entered-in-error') store.retract(type, id);
    }
    const rows = sensumRows(citizen);
    if (!rows) continue;
    const before = social.get(index);
    for (const kind of sensumKinds) if (JSON.stringify(before?.[kind]) !== JSON.stringify(rows[kind])) stale.add(kind);
    social.set(index, rows);
  }
  return stale;
};

/**
 * Delivers files of the social system. One that would say what the file lying there says is left alone, time included:
 * a restart delivers nothing new.
 * @param modified the files' time; default now
 */
export const deliver = async (systems: Systems, kinds: Iterable<SensumKind>, modified?: Date): Promise<void> => {
  const { world, social, sensumFolder } = systems;
  const target = join(sensumFolder, site);
  const drafts = join(sensumFolder, '.drafts');
  await mkdir(target, { recursive: true });
  const written = await writeSensumDrop(drafts, toSensum({ [Symbol.iterator]: () => social.values() }), {
    stamp: world.options.today.replaceAll('-', ''),
    kinds: [...kinds],
    ...(modified === undefined ? {} : { modified }),
  });
  for (const draft of Object.values(written)) {
    const place = join(target, basename(draft));
    const [fresh, lying] = await Promise.all([readFile(draft), readFile(place).catch(() => undefined)]);
    if (lying === undefined || !fresh.equals(lying)) await rename(draft, place);
  }
  await rm(drafts, { recursive: true, force: true });
};
