// A world that changes under a follower's eyes: records, grants, refusals, protection and enrolments written by the
// store's own functions, each in a transaction that dawdles before it commits.
import { createHash, randomUUID } from 'node:crypto';
import { parseNumber } from '../../src/model/cpr.ts';
import type { Sensitivity } from '../../src/model/values.ts';
import { insertConsent } from '../../src/store/consents.ts';
import type { KeyRing } from '../../src/store/crypto.ts';
import { type Pool, type Tx, transaction } from '../../src/store/db.ts';
import { endEnrolment, enrol } from '../../src/store/enrolment.ts';
import { type NewRecord, saveRecords } from '../../src/store/records.ts';
import { appendChanges, type Change, removeRecords } from '../../src/store/removal.ts';
import { holdPeople } from '../../src/store/subjects.ts';

export interface Person {
  readonly cpr: string;
  readonly id: string;
  readonly identity: number;
  readonly home: string;
}

export interface RecordChoice {
  readonly slot: number;
  readonly people: readonly number[];
  readonly sensitivity: Sensitivity;
  readonly domain: 'employment' | 'social';
  readonly text: number;
  readonly linkTo: number | null;
  readonly encrypted: boolean;
  readonly secret: boolean;
  /** Another person in it is protected. */
  readonly guarded: boolean;
}

export interface SaidChoice {
  readonly person: number;
  readonly decision: 'grant' | 'refuse';
  readonly domains: readonly string[] | null;
  readonly upTo: 'normal' | 'confidential';
  readonly slot: number | null;
  /** Milliseconds from now; null: since yesterday, or for ever. */
  readonly startsIn: number | null;
  readonly endsIn: number | null;
}

const tables =
  'record, record_body, record_version, citizen_record, link, meeting, protection, consent, change, consumer, consumer_hold, consumer_page, purge, purge_reminder';

export const createWorld = (pool: Pool, keys: KeyRing, consumer: string) => {
  const idOf = (slot: number): string => keys.uuid('record', `slot ${slot}`);

  /** `change_horizon` and people stay; everything else goes. */
  const empty = async (): Promise<void> => {
    await pool.query(`truncate ${tables}`);
  };

  const enrolPerson = async (cpr: string): Promise<Person> => {
    const number = parseNumber(cpr);
    if (number === undefined) throw new Error('not a number');
    const { citizenId } = await enrol(pool, keys, [], { number, basis: 'lab-40-3', by: 'test' });
    const { rows } = await pool.query<{ id: number; home_id: string }>(
      'select id, home_id from identity where citizen_id = $1',
      [citizenId],
    );
    return { cpr, id: citizenId, identity: Number(rows[0]?.id), home: rows[0]?.home_id ?? citizenId };
  };

  /** Runs `work`, dawdles, appends what it returns, dawdles again, commits. A deadlock counts as "did not happen". */
  const write = async (
    delays: readonly [number, number],
    work: (tx: Tx) => Promise<readonly Change[]>,
  ): Promise<void> => {
    try {
      await transaction(pool, async (tx) => {
        const changes = await work(tx);
        await tx.query('select pg_sleep($1)', [delays[0] / 1000]);
        await appendChanges(tx, changes);
        await tx.query('select pg_sleep($1)', [delays[1] / 1000]);
      });
    } catch (error) {
      if ((error as { code?: string }).code !== 'store/unavailable') throw error;
    }
  };

  /** One writer per record at a time, as the pipeline has one per source and kind. */
  const own = async (tx: Tx, slot: number): Promise<void> => {
    await tx.query('select pg_advisory_xact_lock(99, $1)', [slot]);
    await holdPeople(tx);
  };

  const stillEnrolled = async (tx: Tx, people: readonly Person[]): Promise<readonly Person[]> => {
    const { rows } = await tx.query<{ citizen_id: string }>(
      'select citizen_id from enrolment where ended_at is null and citizen_id = any($1::uuid[])',
      [people.map((person) => person.id)],
    );
    return people.filter((person) => rows.some((row) => row.citizen_id === person.id));
  };

  const newRecord = (choice: RecordChoice, subjects: readonly Person[]): NewRecord => {
    const id = idOf(choice.slot);
    const common = { id, kind: 'plan', domain: choice.domain, source: 'momentum', sensitivity: choice.sensitivity };
    const observed = { observedAt: new Date().toISOString(), mapping: 'momentum.x@1' };
    const own = { type: { code: 'min-plan', display: 'Min Plan' }, title: `Plan ${choice.text}`, status: 'active' };
    const full = JSON.stringify({ ...common, ...observed, ...own, ...(choice.secret ? { purpose: 'Engvej 1' } : {}) });
    const stripped = choice.secret ? JSON.stringify({ ...common, ...observed, ...own }) : undefined;
    return {
      id,
      key: id,
      entity: 'plan',
      part: '',
      domain: choice.domain,
      sensitivity: choice.sensitivity,
      ownerUnit: undefined,
      named: [],
      thirdPartyProtected: choice.guarded,
      mixed: false,
      contentHash: createHash('sha256')
        .update(JSON.stringify([choice, subjects.map((person) => person.id)]))
        .digest(),
      raw: undefined,
      mapping: 'momentum.x@1',
      sourceUpdatedAt: undefined,
      subjects: subjects.map((person) => ({
        subject: { citizenId: person.id, identityId: person.identity, homeId: person.home },
        withheld: false,
      })),
      links: choice.linkTo === null ? [] : [{ rel: 'about', toId: idOf(choice.linkTo) }],
      protectedUntil: undefined,
      encrypted: choice.encrypted,
      render: () => ({ full, stripped }),
    };
  };

  return {
    idOf,
    empty,
    enrolPerson,
    write,
    async saveAs(tx: Tx, choice: RecordChoice, people: readonly Person[]): Promise<readonly Change[]> {
      await own(tx, choice.slot);
      const subjects = await stillEnrolled(tx, people);
      const id = idOf(choice.slot);
      const records = subjects.length === 0 ? [] : [newRecord(choice, subjects)];
      const page = { source: 'momentum', kind: 'x', now: new Date(), records, keys: [id], staleKeys: [] };
      return (await saveRecords(tx, keys, page)).changes;
    },
    async remove(tx: Tx, slot: number): Promise<readonly Change[]> {
      await own(tx, slot);
      return removeRecords(tx, [idOf(slot)]);
    },
    async say(tx: Tx, choice: SaidChoice, person: Person, to = consumer): Promise<readonly Change[]> {
      const at = (ms: number): Date => new Date(Date.now() + ms);
      await insertConsent(tx, {
        id: randomUUID(),
        citizen_id: person.id,
        decision: choice.decision,
        recipient: `consumer:${to}`,
        domains: choice.domains,
        kinds: null,
        record_id: choice.slot === null ? null : idOf(choice.slot),
        purposes: null,
        up_to: choice.upTo,
        show: 'content',
        valid_from: at(choice.startsIn ?? -86_400_000),
        valid_to: choice.endsIn === null ? null : at(choice.endsIn),
        withdrawn: false,
        recorded_by: 'test',
        recorded_as: 'citizen',
        evidence: null,
      });
      return [{ citizenId: person.id, recordId: null, op: 'look' }];
    },
    /** Takes back the newest thing this person said. */
    async withdraw(tx: Tx, person: Person): Promise<readonly Change[]> {
      const { rowCount } = await tx.query(
        `update consent set withdrawn = true where (id, version) in (
           select id, version from consent where citizen_id = $1 and not withdrawn order by recorded_at desc limit 1)`,
        [person.id],
      );
      return (rowCount ?? 0) === 0 ? [] : [{ citizenId: person.id, recordId: null, op: 'look' }];
    },
    async protect(tx: Tx, person: Person, endsIn: number): Promise<readonly Change[]> {
      await tx.query(
        `insert into protection (record_id, citizen_id, valid_from, valid_to)
         values ($1, $2, now(), now() + $3 * interval '1 millisecond')`,
        [randomUUID(), person.id, endsIn],
      );
      return [{ citizenId: person.id, recordId: null, op: 'look' }];
    },
    async endEnrolment(person: Person): Promise<void> {
      const { rows } = await pool.query<{ id: string }>(
        'select id from enrolment where citizen_id = $1 and ended_at is null',
        [person.id],
      );
      if (rows[0] !== undefined) await endEnrolment(pool, rows[0].id, 'test');
    },
  };
};
export type ChangingWorld = ReturnType<typeof createWorld>;
