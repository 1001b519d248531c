// The source systems of the sandbox municipality beside its first three, one line each. A system has its stub in
// <system>/, says in world/to-<system>.ts how it writes the citizens down, and its part of the hub's configuration is
// config/<system>.yaml, listed under `include` in config/samspil.yaml.
import { dfdg } from './dfdg/system.ts';
import { dubu } from './dubu/system.ts';
import { fhirInbox } from './fhir-inbox/sender.ts';
import { hjaelpemidler } from './hjaelpemidler/system.ts';
import { nexus } from './nexus/system.ts';
import { sf1470 } from './sf1470/system.ts';
import { sf1520 } from './sf1520/system.ts';
import { vejledningsporten } from './vejledningsporten/system.ts';
import type { World } from './world/world.ts';

export interface SystemOptions {
  readonly world: World;
  /** The system's own, made when it is first needed. */
  readonly folder: string;
  readonly now: () => Date;
  readonly latencyMs?: number;
}

export interface RunningSystem {
  /** Variables its part of the configuration refers to: `SANDBOX_<SYSTEM>_URL` … */
  readonly environment: Readonly<Record<string, string>>;
  /** Something happened to these citizens; the system must show it, with its own time of change. Only what differs. */
  changed(indexes: ReadonlySet<number>, at: string): Promise<void>;
  close(): Promise<void>;
}

export interface SandboxSystem {
  /** Its name in config/<system>.yaml and under mappings/. */
  readonly name: string;
  /**
   * Starts it on a free port of 127.0.0.1 with the world as it is now (`world.citizenAt`). Rows are made when asked for
   * or in one pass over the citizens; a municipality of 100,000 must start in seconds.
   */
  start(options: SystemOptions): Promise<RunningSystem>;
}

export const systems: readonly SandboxSystem[] = [
  dfdg,
  dubu,
  fhirInbox,
  hjaelpemidler,
  nexus,
  sf1470,
  sf1520,
  vejledningsporten,
];
