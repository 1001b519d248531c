// What the index stub holds: cases with the parts of the real ones that matter, all synthetic, found by key, by party, and
// in the order of the index's own clock. Roles are names; the UUIDs they travel as are in roles.ts.
import type { RoleName } from './roles.ts';

/** Instants, ISO with Z; an absent end is open. */
interface InEffect {
  readonly from: string;
  readonly to?: string;
}

export interface IndexActor extends InEffect {
  readonly role: Extract<RoleName, 'Ejer' | 'Ansvarlig' | 'PrimaerBehandler' | 'AndreBehandlere'>;
  readonly id: string;
  readonly name: string;
  /** The key people know it by. */
  readonly key?: string;
}

export interface IndexTopic extends InEffect {
  readonly role: Extract<RoleName, 'PrimaerKlasse' | 'Handlingsklasse' | 'Indsatsklasse' | 'Ydelsesklasse'>;
  readonly id: string;
  readonly number: string;
  readonly title: string;
  readonly facet: string;
}

export interface IndexCase {
  readonly uuid: string;
  /** The index's clock, set when the case is put there. */
  readonly stsTime: string;
  /** The source's clock. */
  readonly time: string;
  readonly life: 'Importeret' | 'Opstaaet' | 'Passiveret' | 'Slettet';
  readonly properties: readonly (InEffect & {
    readonly number: string;
    readonly title: string;
    readonly description?: string;
    readonly legalBasis?: string;
    readonly exempt?: { readonly title: string; readonly basis: string };
  })[];
  readonly indexed: readonly (InEffect & { readonly sensitivity?: string; readonly created: string })[];
  readonly states: readonly (InEffect & { readonly code: 'Opstaaet' | 'Oplyst' | 'Afgjort' | 'Afsluttet' })[];
  readonly actors: readonly IndexActor[];
  readonly topics: readonly IndexTopic[];
  readonly parties: readonly (InEffect & {
    readonly role: Extract<RoleName, 'PrimaerPart' | 'SekundaerPart' | 'Ydelsesmodtager'>;
    /** Or an URN of another kind. */
    readonly cpr: string;
    readonly name: string;
  })[];
  readonly systems: readonly { readonly role: 'Master' | 'Afsender'; readonly id: string; readonly name: string }[];
  /** Actors who alone may see it. */
  readonly profile?: readonly string[];
}

/** What a search looks at, and the whole case when it is shown: a hundred thousand of them need not be kept. */
export interface IndexEntry {
  readonly uuid: string;
  readonly stsTime: string;
  readonly cprs: readonly string[];
  readonly numbers: readonly string[];
  /** Nothing when it is gone this very moment. */
  whole(): IndexCase | undefined;
}

export interface IndexData {
  readonly size: number;
  /** Puts it in place of the one with its key; `whole` makes it again when it is asked for. */
  put(one: IndexCase, whole?: () => IndexCase | undefined): void;
  /** The index's `fjern`: it was never there. */
  remove(uuid: string): void;
  get(uuid: string): IndexCase | undefined;
  byKeys(uuids: readonly string[]): readonly IndexEntry[];
  ofParty(cpr: string): readonly IndexEntry[];
  /** By the index's clock; equal instants by key. */
  inOrder(): readonly IndexEntry[];
}

export const createIndexData = (): IndexData => {
  const cases = new Map<string, IndexEntry>();
  const byParty = new Map<string, Set<string>>();
  let ordered: readonly IndexEntry[] | undefined;

  const forget = (uuid: string): void => {
    for (const cpr of cases.get(uuid)?.cprs ?? []) byParty.get(cpr)?.delete(uuid);
    cases.delete(uuid);
    ordered = undefined;
  };
  const before = (one: IndexEntry, other: IndexEntry): boolean =>
    one.stsTime < other.stsTime || (one.stsTime === other.stsTime && one.uuid < other.uuid);
  const byKeys = (uuids: Iterable<string>): readonly IndexEntry[] =>
    [...uuids].flatMap((uuid) => cases.get(uuid) ?? []);
  return {
    get size() {
      return cases.size;
    },
    put(one, whole = () => one) {
      const { uuid, stsTime } = one;
      forget(uuid);
      const cprs = one.parties.map(({ cpr }) => cpr);
      cases.set(uuid, { uuid, stsTime, cprs, numbers: one.topics.map(({ number }) => number), whole });
      for (const cpr of cprs) byParty.set(cpr, (byParty.get(cpr) ?? new Set()).add(uuid));
    },
    remove: forget,
    get: (uuid) => cases.get(uuid)?.whole(),
    byKeys,
    ofParty: (cpr) => byKeys(byParty.get(cpr) ?? []),
    inOrder() {
      ordered ??= [...cases.values()].sort((one, other) => (before(one, other) ? -1 : 1));
      return ordered;
    },
  };
};
