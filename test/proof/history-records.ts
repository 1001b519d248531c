// What a source says in a generated history, stored as the pipeline stores it: records with their subjects, and master
// data that says who is protected.
import { createHash } from 'node:crypto';
import { copenhagenDay, copenhagenInstant } from '../../src/clock.ts';
import type { KeyRing } from '../../src/store/crypto.ts';
import { transaction } from '../../src/store/db.ts';
import { type NewRecord, saveRecords } from '../../src/store/records.ts';
import { appendChanges, removeRecords } from '../../src/store/removal.ts';
import { holdPeople, numberHash, type Subject, subjectsByNumber } from '../../src/store/subjects.ts';
import { type Arrival, kindOf } from './history-acts.ts';
import type { MovedTime } from './history-time.ts';

const dayMs = 86_400_000;
/** A field that is kept back where somebody protected is in the record. */
export const secret = 'Engvej 1';
const own = {
  plan: { type: { code: 'min-plan', display: 'Min Plan' }, title: 'Min Plan', status: 'active' },
  goal: { category: 'goal', text: 'Komme i praktik', status: 'active' },
  appointment: { title: 'Opfølgning', status: 'planned' },
  citizen: {},
} as const;

export const createSource = ({ pool, clock }: MovedTime, keys: KeyRing, cprs: readonly string[]) => {
  let versions = 0;
  const idOf = (slot: number): string => keys.uuid('record', `${cprs[0]} slot ${slot}`);
  const subjectsOf = async (places: readonly number[]): Promise<readonly Subject[]> => {
    const hashes = places.map((n) => numberHash(keys, cprs[n] ?? ''));
    const found = await subjectsByNumber(pool, hashes);
    const subjects = hashes.flatMap((hash) => found.get(hash.toString('hex')) ?? []);
    return subjects.filter((one, n) => subjects.findIndex(({ citizenId }) => citizenId === one.citizenId) === n);
  };

  const save = async (
    places: readonly number[],
    kind: keyof typeof own,
    about: Pick<
      NewRecord,
      'id' | 'domain' | 'sensitivity' | 'ownerUnit' | 'named' | 'thirdPartyProtected' | 'protectedUntil'
    >,
    withheld: boolean,
  ): Promise<void> => {
    versions += 1;
    const subjects = await subjectsOf(places);
    const common = { id: about.id, kind, domain: about.domain, source: 'momentum', sensitivity: about.sensitivity };
    const start = kind === 'appointment' ? { start: new Date(clock.now().getTime() + 30 * dayMs).toISOString() } : {};
    const text = { ...common, observedAt: clock.now().toISOString(), mapping: 'momentum.x@1', ...own[kind], ...start };
    const record: NewRecord = {
      ...about,
      key: about.id,
      entity: kind,
      part: '',
      mixed: false,
      contentHash: createHash('sha256').update(`${about.id} ${versions}`).digest(),
      raw: undefined,
      mapping: 'momentum.x@1',
      sourceUpdatedAt: undefined,
      subjects: subjects.map((subject) => ({ subject, withheld })),
      links: [],
      encrypted: false,
      render: () => ({ full: JSON.stringify({ ...text, description: secret }), stripped: JSON.stringify(text) }),
    };
    await transaction(pool, async (tx) => {
      await holdPeople(tx);
      const records = subjects.length === 0 ? [] : [record];
      const page = { source: 'momentum', kind: 'x', now: clock.now(), records, keys: [about.id], staleKeys: [] };
      await appendChanges(tx, (await saveRecords(tx, keys, page)).changes);
    });
  };

  return {
    idOf,
    arrive: ({ slot, subjects, withheld, guarded, named, domain, sensitivity, ownerUnit }: Arrival): Promise<void> =>
      save(
        subjects,
        kindOf(slot),
        {
          id: idOf(slot),
          domain,
          sensitivity,
          ownerUnit,
          named: named ? ['egevang-trkr'] : [],
          thirdPartyProtected: guarded,
          protectedUntil: undefined,
        },
        withheld,
      ),
    /** `days`: null = with no end, undefined = no longer. */
    protect: (place: number, days: number | null | undefined): Promise<void> =>
      save(
        [place],
        'citizen',
        {
          id: keys.uuid('record', `${cprs[place]} master`),
          domain: 'shared',
          sensitivity: 'normal',
          ownerUnit: undefined,
          named: [],
          thirdPartyProtected: false,
          protectedUntil:
            typeof days === 'number'
              ? copenhagenInstant(copenhagenDay(new Date(clock.now().getTime() + days * dayMs)))
              : days,
        },
        false,
      ),
    remove: (slot: number): Promise<void> =>
      transaction(pool, async (tx) => {
        await holdPeople(tx);
        await appendChanges(tx, await removeRecords(tx, [idOf(slot)]));
      }),
  };
};
export type Source = ReturnType<typeof createSource>;
