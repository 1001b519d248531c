// What has happened to citizens, into the three systems: only what differs, each system with its own time of change. The social system has none: its files are delivered anew when a row differs.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { FhirResource, FhirStore } from './fhir/data.ts';
import type { MomentumData } from './momentum/data.ts';
import type { SensumKind } from './sensum/data.ts';
import { writeSensumDrop } from './sensum/drop.ts';
import type { Ledger } from './world/ledger.ts';
import { putMomentum } from './world/put-momentum.ts';
import { fhirResources } from './world/to-fhir.ts';
import { momentumRows } from './world/to-momentum.ts';
import { type SensumRows, sensumKinds, sensumRows, toSensum } from './world/to-sensum.ts';

export interface Systems {
  readonly ledger: Ledger;
  readonly momentumData: MomentumData;
  readonly store: FhirStore;
  /** The social system's rows of citizens to whom something happened. */
  readonly social: Map<number, SensumRows>;
  readonly sensumFolder: string;
}

/** The municipality delivers as one site. */
const site = 'egevang';

const socialRows = ({ ledger, social }: Systems, index: number): SensumRows | undefined =>
  social.get(index) ?? ledger.sensum(index);

const content = ({ meta, ...elements }: FhirResource): string => JSON.stringify([elements, meta?.['security'] ?? []]);

/**
 * Puts what differs of these citizens.
 * @param at the instant of the change, for the system whose rows carry one
 * @returns the social system's files that have to be delivered anew
 */
export const applyChanges = (systems: Systems, indexes: Iterable<number>, at: string): ReadonlySet<SensumKind> => {
  const { ledger, momentumData, store, social } = systems;
  const { world } = ledger;
  const stale = new Set<SensumKind>();
  for (const index of indexes) {
    const citizen = world.citizenAt(index);
    putMomentum(momentumData, momentumRows(citizen, world.options.today, at));
    for (const resource of fhirResources(citizen, world.options, at)) {
      const old = store.get(resource.resourceType, resource.id);
      if (old === undefined || content(old) !== content(resource)) store.put(resource);
    }
    for (const { system, type, id } of citizen.withdrawn ?? []) {
      if (system === 'momentum') momentumData[type].remove(id);
      else if (store.get(type, id)?.['status'] !== 'entered-in-error') store.retract(type, id);
    }
    const rows = sensumRows(citizen);
    if (!rows) continue;
    const before = socialRows(systems, index);
    for (const kind of sensumKinds) if (JSON.stringify(before?.[kind]) !== JSON.stringify(rows[kind])) stale.add(kind);
    social.set(index, rows);
  }
  return stale;
};

const digestOf = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
};

/**
 * Delivers files of the social system. One that would say what the file lying there says is left alone, time included:
 * a restart delivers nothing new.
 * @param modified the files' time; default now
 */
export const deliver = async (systems: Systems, kinds: Iterable<SensumKind>, modified?: Date): Promise<void> => {
  const { ledger, sensumFolder } = systems;
  const target = join(sensumFolder, site);
  const drafts = join(sensumFolder, '.drafts');
  await mkdir(target, { recursive: true });
  const { citizens, today } = ledger.world.options;
  const everyone: Iterable<SensumRows> = {
    *[Symbol.iterator]() {
      for (let index = 0; index < citizens; index += 1) {
        const rows = socialRows(systems, index);
        if (rows) yield rows;
      }
    },
  };
  const written = await writeSensumDrop(drafts, toSensum(everyone), {
    stamp: today.replaceAll('-', ''),
    kinds: [...kinds],
    ...(modified === undefined ? {} : { modified }),
  });
  for (const draft of Object.values(written)) {
    const place = join(target, basename(draft));
    if ((await digestOf(draft)) !== (await digestOf(place).catch(() => ''))) await rename(draft, place);
  }
  await rm(drafts, { recursive: true, force: true });
};
