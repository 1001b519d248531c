// Who sees what of a citizen, reader by reader, as the engine decides it now: those whose journal it is, whom a law or the
// citizen lets see, and who asks to. A unit, organisation or role stands for somebody who is there and nothing else.

import type { Content } from '../model/kinds.ts';
import { proposalsAskedBy } from '../store/consent-proposals.ts';
import { type ConsentRow, consentsOf, unitNames } from '../store/consents.ts';
import type { KeyRing } from '../store/crypto.ts';
import { currentStatutes } from '../store/current-statutes.ts';
import type { Db } from '../store/db.ts';
import { isWithin, type JournalUnit, journalUnits } from '../store/journal-units.ts';
import { recordsNaming, recordTexts } from '../store/record-texts.ts';
import type { Actor } from './actor.ts';
import { askedReader } from './asked-reader.ts';
import { openAsked } from './asking.ts';
import { type Decision, decisionsAlone, decisionsOn, visibleRecords } from './decide.ts';
import { listProposals } from './proposals.ts';
import { concernsOf } from './represented-area.ts';

/** `before`: something was said once and counts no more. */
export type Because = 'journal' | 'law' | 'said' | 'asked' | 'before';

export interface Reader {
  /** As consents name recipients. */
  readonly recipient: string;
  readonly because: readonly Because[];
  readonly actor: Actor;
  /** Of units and organisations, and of a system's organisation. */
  readonly name?: string;
  /** Of an organisation's own journal: read by who is placed at its very top. */
  readonly whole?: true;
  /** Where a person works, as the log last knew it. */
  readonly unitName?: string;
}

/** What of it matters to telling who sees. */
interface Said {
  readonly recipient?: string | null | undefined;
  readonly purposes?: readonly string[] | null | undefined;
}

export interface SharingQuestion {
  readonly citizen: string;
  /** Who wants to know: told about what they see themselves. */
  readonly asker: Actor;
  readonly at: Date;
  readonly keys: KeyRing;
  /** The hub's. */
  readonly purposes: readonly string[];
  readonly consumers: readonly { readonly id: string; readonly organisation: string }[];
  /** Whom to tell of besides. */
  readonly besides?: readonly string[];
}

const splitRecipient = (recipient: string): readonly [type: string, id: string] => {
  const at = recipient.indexOf(':');
  return [recipient.slice(0, at), recipient.slice(at + 1)];
};

const actorOf = async (
  db: Db,
  recipient: string,
  question: SharingQuestion,
  journals: readonly JournalUnit[],
): Promise<Actor> => {
  const [type, id] = splitRecipient(recipient);
  const common = { sector: 'public', purpose: question.asker.purpose, scopes: [] } as const;
  if (type === 'consumer') {
    const organisation = question.consumers.find((one) => one.id === id)?.organisation;
    const of = organisation === undefined ? {} : { organisation };
    return { ...common, kind: 'consumer-system', person: id, consumer: id, ...of };
  }
  const somebody = { ...common, kind: 'professional', person: '' } as const;
  if (type === 'role') return { ...somebody, role: id };
  if (type === 'organisation') return { ...somebody, organisation: id };
  const known =
    type === 'unit'
      ? { ...somebody, unit: id }
      : ((await askedReader(db, { ...common, person: id, at: question.at, said: {} })) ?? { ...somebody, person: id });
  const health = journals.filter((one) => one.health).map(({ unit }) => unit);
  const ofHealth = known.unit !== undefined && (await isWithin(db, known.unit, health));
  return ofHealth ? { ...known, domain: 'health' } : known;
};

/** The newest of each consent: what stands now or later, and whom something was said of before. */
const saidOf = async (db: Db, citizen: string, at: Date) => {
  const newest = new Map<string, ConsentRow>();
  for (const row of await consentsOf(db, citizen, null))
    if (row.version > (newest.get(row.id)?.version ?? 0)) newest.set(row.id, row);
  const stands = ({ withdrawn, valid_to }: ConsentRow): boolean => !withdrawn && (valid_to === null || valid_to > at);
  const all = [...newest.values()];
  return { said: all.filter(stands), before: all.filter((row) => !stands(row)) };
};

/** What the citizen's own contacts call professionals whom their source names by the same id. */
const namesInContacts = async (
  db: Db,
  keys: KeyRing,
  contacts: readonly string[],
  people: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const names = new Map<string, string>();
  for (const { id, person } of await recordsNaming(db, contacts, people)) {
    const [text] = await recordTexts(db, keys, [id]);
    const contact = text === undefined ? undefined : (JSON.parse(text) as Partial<Content<'contact'>>);
    if (contact?.professional === true && contact.name !== undefined) names.set(person, contact.name);
  }
  return names;
};

/** What a person who asks or once asked called themselves; ids are all the rest of the hub knows. */
const nameInPerson = async (
  db: Db,
  { citizen, keys }: SharingQuestion,
  person: string,
): Promise<string | undefined> => {
  for (const { asked } of await proposalsAskedBy(db, citizen, person)) {
    const name = asked === null ? undefined : openAsked(keys, asked).name;
    if (name !== undefined) return name;
  }
  return undefined;
};

export interface Sharing {
  readonly readers: readonly Reader[];
  /** What each may be for: a consent may hold for one purpose alone. */
  readonly purposes: readonly string[];
  /** The records the asker is told of. */
  readonly records: ReadonlySet<string>;
}

export const sharingOf = async (db: Db, question: SharingQuestion): Promise<Sharing> => {
  const { citizen, asker } = question;
  const seen =
    asker.kind === 'dpo'
      ? await decisionsOn(db, asker, { citizens: [citizen] })
      : await visibleRecords(db, asker, { citizens: [citizen] });
  const records = new Set(
    seen.filter(({ show }) => asker.kind === 'dpo' || show === 'content').map(({ recordId }) => recordId),
  );
  const journals = await journalUnits(db, [...records]);
  const concerns = await concernsOf(db, asker, citizen, records);
  const concerning = (row: ConsentRow): boolean => concerns({ ...row, record: row.record_id });
  const statutes = (await currentStatutes(db)).filter(concerns);
  const all = await saidOf(db, citizen, question.at);
  const [said, before] = [all.said.filter(concerning), all.before.filter(concerning)];
  const asked: readonly Said[] = (await listProposals(db, question.keys, asker, citizen)).filter(
    (one) => (one.state ?? 'open') === 'open' && concerns(one),
  );
  const because = new Map<string, Set<Because>>();
  const add = (recipient: string | null | undefined, why: Because): void => {
    if (typeof recipient === 'string') because.set(recipient, (because.get(recipient) ?? new Set()).add(why));
  };
  for (const { unit } of journals) add(`unit:${unit}`, 'journal');
  for (const { recipient } of said) add(recipient, 'said');
  for (const { recipient } of asked) add(recipient, 'asked');
  for (const { recipients } of statutes) for (const one of recipients) add(one, 'law');
  for (const { recipient } of before) if (recipient !== null && !because.has(recipient)) add(recipient, 'before');
  for (const one of question.besides ?? []) if (!because.has(one)) because.set(one, new Set());
  const actors = new Map<string, Actor>();
  const people = new Map<string, string>();
  const ofPeople = [...because.keys()].map(splitRecipient).flatMap(([type, id]) => (type === 'person' ? [id] : []));
  const contacts = seen.filter(({ kind, recordId }) => kind === 'contact' && records.has(recordId));
  const met = await namesInContacts(
    db,
    question.keys,
    contacts.map(({ recordId }) => recordId),
    ofPeople,
  );
  for (const person of ofPeople) {
    const called = (await nameInPerson(db, question, person)) ?? met.get(person);
    if (called !== undefined) people.set(`person:${person}`, called);
  }
  for (const recipient of [...because.keys()].sort())
    actors.set(recipient, await actorOf(db, recipient, question, journals));
  const names = await unitNames(db, [
    ...[...because.keys()].map((one) => splitRecipient(one)[1]),
    ...[...actors.values()].flatMap(({ unit, organisation }) => [unit ?? [], organisation ?? []].flat()),
  ]);
  const named = new Set([...said, ...statutes].flatMap(({ purposes }) => purposes ?? []));
  // One that nothing names stands for all such.
  const other = [asker.purpose, ...question.purposes].find((one) => !named.has(one));
  return {
    records,
    purposes: [...named, ...(other === undefined ? [] : [other])],
    readers: [...actors].map(([recipient, actor]): Reader => {
      const [type, id] = splitRecipient(recipient);
      const place = type === 'consumer' ? actor.organisation : type === 'person' || type === 'role' ? undefined : id;
      const name = place === undefined ? people.get(recipient) : names.get(place);
      const unitName = type === 'person' && actor.unit !== undefined ? names.get(actor.unit) : undefined;
      return {
        recipient,
        because: [...(because.get(recipient) ?? [])],
        actor,
        ...(name === undefined ? {} : { name }),
        ...(unitName === undefined ? {} : { unitName }),
        ...(journals.some(({ unit, whole }) => whole && recipient === `unit:${unit}`) ? { whole: true } : {}),
      };
    }),
  };
};

const strength = ['hidden', 'stub', 'busy', 'content'] as const;
export type Strength = (typeof strength)[number];
export const strongerThan = (one: Strength, other: Strength): boolean =>
  strength.indexOf(one) > strength.indexOf(other);

/** What the reader sees of each record the asker is told of, for whichever purpose shows most. */
export const seenBy = async (
  db: Db,
  { actor }: Reader,
  { records, purposes }: Sharing,
  citizen: string,
): Promise<ReadonlyMap<string, Decision>> => {
  const best = new Map<string, Decision>();
  for (const purpose of purposes) {
    const reader = { ...actor, purpose };
    const decided = (await decisionsOn(db, reader, { citizens: [citizen] })).filter((one) => records.has(one.recordId));
    const others = decided.filter((one) => one.byOtherSubject).map((one) => one.recordId);
    const alone = await decisionsAlone(db, reader, citizen, others);
    for (const one of decided) {
      const mine = { ...one, ...alone.get(one.recordId) };
      const other = best.get(one.recordId);
      if (other === undefined || strongerThan(mine.show, other.show)) best.set(one.recordId, mine);
    }
  }
  return best;
};
