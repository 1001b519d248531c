// The sandbox municipality, running: the synthetic citizens in source systems that speak their real protocols on
// loopback. What has changed since the beginning is remembered in the folder, so that a restart goes on from there.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadFhirFolder } from './fhir/folder.ts';
import { type FhirStub, startFhirStub } from './fhir/server.ts';
import { type MomentumStub, momentumCredentials, startMomentumStub } from './momentum/server.ts';
import { applyChanges, deliver, type Systems } from './municipality-change.ts';
import { type MunicipalityState, readState, writeState } from './municipality-state.ts';
import type { SensumKind } from './sensum/data.ts';
import { systems as others, type RunningSystem } from './systems.ts';
import { createLedger } from './world/ledger.ts';
import { serveFhir } from './world/serve-fhir.ts';
import { serveMomentum } from './world/serve-momentum.ts';
import { sensumKinds } from './world/to-sensum.ts';
import { createWorld, type World } from './world/world.ts';

export const fhirCredentials = { clientId: 'samspil-hub', clientSecret: 'sandbox-fhir-secret' } as const;

export interface MunicipalityOptions {
  /** Default 2,000. */
  readonly citizens?: number;
  /** Default 200. */
  readonly enrolled?: number;
  readonly seed?: number;
  /** Where the social system's files and the sandbox's own memory lie. */
  readonly folder: string;
  /** A folder of FHIR files to add to the FHIR server. */
  readonly fhirData?: string;
  /** Let things happen while it runs; default no. */
  readonly changes?: boolean;
  /** Between two changes; default 60,000. */
  readonly changeEveryMs?: number;
  readonly latencyMs?: number;
  /** Names of the other systems to run; default all. */
  readonly systems?: readonly string[];
  readonly ports?: { readonly momentum?: number; readonly fhir?: number };
  /** `YYYY-MM-DD`; default today, and after a restart the day it began. */
  readonly today?: string;
  readonly now?: () => Date;
}

/** The files of a big municipality take long to write: at most one twenty-first of the time goes into it. */
const deliveryPause = 20;

export interface StepResult {
  /** Citizens whose course moved on. */
  readonly citizens: number;
  /** Resources of the added FHIR folder of which the next version came in place. */
  readonly resources: number;
}

export interface Municipality {
  readonly world: World;
  readonly momentum: MomentumStub & typeof momentumCredentials;
  readonly fhir: FhirStub & typeof fhirCredentials;
  /** One folder per site below it. */
  readonly sensum: { readonly folder: string };
  /** The other systems, by name. */
  readonly systems: ReadonlyMap<string, RunningSystem>;
  readonly showcase: { readonly cpr: string; readonly name: string };
  cprsToEnrol(): Iterable<string>;
  /** Numbers of the citizens in the added FHIR folder. */
  fhirNumbers(): readonly string[];
  /** The next version of every added FHIR file; without such a folder, an event for some citizens, the showcase's among them. */
  step(): Promise<StepResult>;
  close(): Promise<void>;
}

export const startMunicipality = async (options: MunicipalityOptions): Promise<Municipality> => {
  const now = options.now ?? (() => new Date());
  const wanted = {
    citizens: options.citizens ?? 2000,
    enrolled: options.enrolled ?? 200,
    seed: options.seed ?? 42,
  };
  await mkdir(options.folder, { recursive: true });
  const begun = await readState(options.folder, wanted);
  let state: MunicipalityState = begun ?? {
    ...wanted,
    today: options.today ?? now().toISOString().slice(0, 10),
    steps: 0,
    showcase: 0,
    files: 0,
  };
  const world = createWorld({ ...wanted, today: state.today });
  const ledger = createLedger(world);
  const momentumData = await serveMomentum(ledger);
  const store = serveFhir(ledger, now);
  const sensumFolder = join(options.folder, 'sensum');
  const systems: Systems = { ledger, momentumData, store, social: new Map(), sensumFolder };

  const changed = new Set<number>();
  for (let step = 0; step < state.steps; step += 1) for (const index of world.step()) changed.add(index);
  for (let event = 0; event < state.showcase; event += 1) world.touch(world.showcase.index);
  if (state.showcase > 0) changed.add(world.showcase.index);
  applyChanges(systems, changed, now().toISOString());
  // The first files were written long ago, as far as a reader can tell: nobody waits for them to settle.
  await deliver(systems, sensumKinds, begun === undefined ? new Date(now().getTime() - 3_600_000) : undefined);

  const files = options.fhirData === undefined ? undefined : loadFhirFolder(options.fhirData);
  for (const resources of Object.values(files?.data ?? {})) for (const resource of resources) store.put(resource);
  for (let step = 0; step < state.files; step += 1) files?.step(store);

  const latency = options.latencyMs === undefined ? {} : { latencyMs: options.latencyMs };
  const portOf = (port: number | undefined): { port?: number } => (port === undefined ? {} : { port });
  const momentum = await startMomentumStub({ data: momentumData, ...latency, ...portOf(options.ports?.momentum) });
  const fhir = await startFhirStub({
    data: store,
    auth: fhirCredentials,
    now,
    ...latency,
    ...portOf(options.ports?.fhir),
  });

  const running = new Map<string, RunningSystem>();
  for (const { name, start } of others)
    if (options.systems?.includes(name) !== false)
      running.set(name, await start({ world, folder: join(options.folder, name), now, ...latency }));

  const undelivered = new Set<SensumKind>();
  let nextDelivery = 0;
  const moveOn = async (withShowcase: boolean): Promise<number> => {
    const indexes = new Set(world.step());
    if (withShowcase) {
      world.touch(world.showcase.index);
      indexes.add(world.showcase.index);
    }
    state = { ...state, steps: state.steps + 1, showcase: state.showcase + (withShowcase ? 1 : 0) };
    const at = now().toISOString();
    for (const kind of applyChanges(systems, indexes, at)) undelivered.add(kind);
    for (const system of running.values()) await system.changed(indexes, at);
    const begunAt = performance.now();
    if (withShowcase || begunAt >= nextDelivery) {
      await deliver(systems, undelivered);
      undelivered.clear();
      nextDelivery = begunAt + (performance.now() - begunAt) * deliveryPause;
    }
    await writeState(options.folder, state);
    return indexes.size;
  };

  // One change after the other, never two at once; a failed one (a full disk) is tried again with the next.
  let last: Promise<unknown> = writeState(options.folder, state);
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
  const timer =
    options.changes === true
      ? setInterval(() => void inTurn(() => moveOn(false)).catch(() => undefined), options.changeEveryMs ?? 60_000)
      : undefined;
  timer?.unref();

  return {
    world,
    momentum: { ...momentum, ...momentumCredentials },
    fhir: { ...fhir, ...fhirCredentials },
    sensum: { folder: systems.sensumFolder },
    systems: running,
    showcase: world.showcase,
    *cprsToEnrol() {
      for (const index of world.enrolled()) yield world.citizenAt(index).person.cpr;
    },
    fhirNumbers: () => files?.numbers ?? [],
    step: () =>
      inTurn(async () => {
        if (files === undefined) return { citizens: await moveOn(true), resources: 0 };
        const resources = files.step(store);
        state = { ...state, files: state.files + 1 };
        await writeState(options.folder, state);
        return { citizens: 0, resources };
      }),
    async close() {
      clearInterval(timer);
      await last;
      await Promise.all([momentum, fhir, ...running.values()].map((system) => system.close()));
    },
  };
};
