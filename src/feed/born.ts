// Saying something in the hub, and saying it anew: beside a record its author sees, or on the plan as a whole; never what
// the author could not read afterwards. Who sees it is decided by the engine alone, with the record's own verdict.
import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { visibleRecords } from '../consent/decide.ts';
import { forbidden, standingOf } from '../consent/standing.ts';
import { HubError } from '../errors.ts';
import { type Kind, kinds } from '../model/kinds.ts';
import {
  type BornKind,
  type BornRow,
  currentFields,
  enrolledSubject,
  insertBorn,
  lockBorn,
  nextVersion,
  type Place,
  placeOf,
  type Said,
  saveSaid,
  withdrawBorn,
} from '../store/born.ts';
import { unitNames } from '../store/consents.ts';
import { type Db, transaction } from '../store/db.ts';
import { appendChanges, type Change } from '../store/removal.ts';
import { holdPeople } from '../store/subjects.ts';
import { notFoundError } from './citizen-door.ts';
import type { Actor, FeedContext } from './context.ts';
import { callerOf, witnessed } from './disclosure.ts';
import { invalid, isUuid } from './input.ts';

type Fields = Readonly<Record<string, unknown>>;

/** @throws HubError `request/forbidden`: what is said has a person behind it. */
export const mustBePerson = (actor: Actor): void => {
  if (actor.kind !== 'citizen' && actor.kind !== 'representative' && actor.kind !== 'professional')
    throw forbidden('Only the citizen, representatives and professionals say something here.');
};

/**
 * How an author is called in what others read: staff by their unit, as in the citizen's log; others by what they are to
 * this citizen, whatever they log in as. @throws HubError `request/forbidden`: a reader of the network says nothing.
 */
export const authorName = async (db: Db, actor: Actor, citizen: string): Promise<string> => {
  if (actor.kind === 'citizen' || actor.kind === 'representative') {
    const { as } = await standingOf(db, actor, citizen);
    if (as === 'citizen') return 'Borgeren';
    if (as === 'representative') return 'Borgerens repræsentant';
    throw forbidden('Only the citizen, who speaks for them and professionals say something here.');
  }
  const ids = [actor.unit, actor.organisation].filter((id) => id !== undefined);
  const names = await unitNames(db, ids);
  return ids.map((id) => names.get(id)).find((name) => name !== undefined) ?? 'Fagperson';
};

export interface Sight {
  readonly rule: number;
  readonly kind: string;
}

/** How the actor sees this record; undefined when hidden, unknown, or seen as less than its content. */
export const sightOf = async (db: Db, actor: Actor, citizen: string, record: string): Promise<Sight | undefined> => {
  const [seen] = await visibleRecords(db, actor, { citizens: [citizen], records: [record] });
  return seen?.show === 'content' ? { rule: seen.rule, kind: seen.kind } : undefined;
};

/** Whom it reaches: the record's own unit, else a professional's own, else the one the citizen names. */
const unitOf = async (tx: Db, actor: Actor, place: Place, wanted: string | undefined): Promise<string> => {
  if (place.ownerUnit !== undefined) return place.ownerUnit;
  if (actor.kind === 'professional') {
    if (actor.unit !== undefined) return actor.unit;
    throw invalid('about', 'Your token names no unit: write about a record that has one.');
  }
  if (wanted === undefined) throw invalid('unit', 'Which unit should it reach? The record has none.');
  const { rowCount } = await tx.query(
    `select from unit_version where unit_id = $1 and type = 'unit' and valid_to = 'infinity'`,
    [wanted],
  );
  if (rowCount === 0) throw invalid('unit', 'Not a unit of this hub.');
  return wanted;
};

const placeFor = async (tx: Db, actor: Actor, citizen: string, saying: Saying): Promise<Place> => {
  const { beside } = saying;
  if (beside === undefined) {
    const subject = await enrolledSubject(tx, citizen);
    if (subject === undefined)
      throw new HubError({ code: 'request/conflict', fault: 'config', message: 'The citizen is not enrolled.' });
    return {
      subject,
      domain: 'shared',
      sensitivity: 'confidential',
      named: [],
      thirdPartyProtected: false,
      ...saying.level,
      ownerUnit: undefined,
      withheld: false,
    };
  }
  const seen = await sightOf(tx, actor, citizen, beside.record);
  const place = seen === undefined ? undefined : await placeOf(tx, citizen, beside.record);
  if (place === undefined) throw invalid(beside.path, 'The record is not known.');
  if (beside.kind !== undefined && seen?.kind !== beside.kind)
    throw invalid(beside.path, `Not of kind ${beside.kind}.`);
  return place;
};

/** How it stands where no record decides. */
export type Level = Pick<Place, 'sensitivity' | 'named' | 'thirdPartyProtected'>;

export interface Saying {
  readonly kind: BornKind;
  /** The record it stands beside, by which field it was named; absent: the plan as a whole. */
  readonly beside: { readonly record: string; readonly path: string; readonly kind?: Kind } | undefined;
  readonly links: Said['links'];
  /** The unit a citizen wants to reach where the record has none. */
  readonly unit: string | undefined;
  /** Default: confidential, nobody named. */
  readonly level?: Partial<Level>;
  fields(author: string, now: Date): Fields;
  /** What must hold, asked before anything is written. */
  before?(tx: Db): Promise<void>;
  /** What is written with it, once it stands. @returns what readers must be told besides */
  with?(tx: Db, said: { readonly id: string; readonly place: Place; readonly now: Date }): Promise<readonly Change[]>;
}

export interface Spoken {
  readonly id: string;
  readonly version: number;
  readonly at: string;
}

/** @throws HubError `request/invalid` with the field; `request/forbidden`. */
export const say = (context: FeedContext, request: FastifyRequest, citizen: string, saying: Saying): Promise<Spoken> =>
  witnessed(context, request, (witness) =>
    transaction(context.pool, async (tx) => {
      await holdPeople(tx);
      const actor = callerOf(request);
      const now = context.clock.now();
      await saying.before?.(tx);
      const found = await placeFor(tx, actor, citizen, saying);
      const unit = await unitOf(tx, actor, found, saying.unit);
      const place = { ...found, ownerUnit: unit };
      const id = randomUUID();
      const { kind, links } = saying;
      await insertBorn(tx, place, { id, kind, unit, authorKind: actor.kind, authorPerson: actor.person, now });
      const fields = saying.fields(await authorName(tx, actor, citizen), now);
      const said: Said = { id, kind, version: 1, fields, links, by: actor.person, now };
      const changes = await saveSaid(tx, context.keys, place, said);
      if ((await sightOf(tx, actor, citizen, id)) === undefined)
        throw invalid('about', 'You could not read it afterwards: write about a record you see.');
      const besides = (await saying.with?.(tx, { id, place, now })) ?? [];
      await witness(tx, citizen);
      await appendChanges(tx, [...changes, ...besides]);
      return { id, version: 1, at: now.toISOString() };
    }),
  );

export interface Asked {
  readonly citizen: string;
  readonly id: string;
  readonly kind: BornKind;
}

/** Held until the transaction ends. What is not there and what the actor does not see are the same 404. */
const held = async (tx: Db, actor: Actor, asked: Asked): Promise<{ readonly born: BornRow; readonly sight: Sight }> => {
  const born = isUuid(asked.id) ? await lockBorn(tx, asked.id) : undefined;
  if (born === undefined || born.kind !== asked.kind || born.citizen_id !== asked.citizen) throw notFoundError();
  const sight = await sightOf(tx, actor, asked.citizen, asked.id);
  if (sight === undefined) throw notFoundError();
  return { born, sight };
};

export const isAuthor = (actor: Actor, born: Pick<BornRow, 'author_kind' | 'author_person'>): boolean =>
  born.author_kind === actor.kind && born.author_person === actor.person;

/** Who may say it anew: its author, the unit whose own journal it is in (rule 2), either, or whom `change` lets. */
export type Editor = 'author' | 'unit' | 'author or unit' | 'as it says';

const checkEditor = (actor: Actor, editor: Editor, born: BornRow, sight: Sight): void => {
  const author = isAuthor(actor, born);
  const unit = sight.rule === 2;
  if (editor === 'as it says') return;
  if (editor === 'author' ? author : editor === 'unit' ? unit : author || unit) return;
  throw forbidden(editor === 'unit' ? 'Only the responsible unit answers.' : 'Only its author may change it.');
};

/** What it says from now on. */
export interface Anew {
  readonly fields: Fields;
  /** Default: as they are. */
  readonly links?: Said['links'];
  readonly level?: Partial<Level>;
  /** What only the journal is told besides. */
  readonly aside?: object;
  /** What readers must be told besides. */
  readonly besides?: readonly Change[];
}

/** `change` gets what it says now, who says it and when, and where it stands, within the transaction. */
export type ChangeSaid = (
  now: Fields,
  by: { readonly author: string; readonly at: Date; readonly tx: Db; readonly place: Place },
) => Anew | Promise<Anew>;

/** Writes the next version of what `tx` holds. @returns what readers must be told */
export const writeAnew = async (
  tx: Db,
  context: FeedContext,
  asked: Asked,
  by: { readonly actor: Actor; readonly at: Date },
  change: ChangeSaid,
): Promise<{ readonly version: number; readonly changes: readonly Change[] }> => {
  const { actor, at } = by;
  const place = await ownPlace(tx, asked);
  const { fields: all, links } = await currentFields(tx, context.keys, asked.id);
  const own = Object.fromEntries(Object.entries(all).filter(([name]) => name in kinds[asked.kind].shape));
  const version = await nextVersion(tx, asked.id);
  const now = { ...own, ...('version' in own ? { version } : {}) };
  const author = await authorName(tx, actor, asked.citizen);
  const { besides = [], level, ...anew } = await change(now, { author, at, tx, place });
  const said: Said = { ...asked, version, links, ...anew, by: actor.person, now: at };
  const changes = await saveSaid(tx, context.keys, { ...place, ...level }, said);
  return { version, changes: [...changes, ...besides] };
};

/** The next version, by whoever may. */
export const sayAnew = (
  context: FeedContext,
  request: FastifyRequest,
  asked: Asked,
  editor: Editor,
  change: ChangeSaid,
): Promise<Spoken> =>
  witnessed(context, request, (witness) =>
    transaction(context.pool, async (tx) => {
      await holdPeople(tx);
      const actor = callerOf(request);
      const at = context.clock.now();
      const { born, sight } = await held(tx, actor, asked);
      checkEditor(actor, editor, born, sight);
      const { version, changes } = await writeAnew(tx, context, asked, { actor, at }, change);
      await witness(tx, asked.citizen);
      await appendChanges(tx, changes);
      return { id: asked.id, version, at: at.toISOString() };
    }),
  );

/** Where it stands already. */
const ownPlace = async (tx: Db, asked: Asked): Promise<Place> => {
  const place = await placeOf(tx, asked.citizen, asked.id);
  if (place === undefined) throw notFoundError();
  const { aboutId, ...rest } = place;
  return aboutId === undefined || aboutId === asked.id ? rest : place;
};

/** What goes with it. @returns what readers must be told besides */
export type Besides = (tx: Db, asked: Asked, by: string) => Promise<readonly Change[]>;

/** By its author, by staff of the unit whose journal it is in, or by the DPO, who does not read it. */
export const withdraw = (
  context: FeedContext,
  request: FastifyRequest,
  asked: Asked,
  besides?: Besides,
): Promise<void> =>
  witnessed(context, request, (witness) =>
    transaction(context.pool, async (tx) => {
      await holdPeople(tx);
      const actor = callerOf(request);
      if (actor.kind === 'dpo') {
        const born = isUuid(asked.id) ? await lockBorn(tx, asked.id) : undefined;
        if (born?.kind !== asked.kind || born.citizen_id !== asked.citizen) throw notFoundError();
      } else {
        const { born, sight } = await held(tx, actor, asked);
        if (!isAuthor(actor, born) && sight.rule !== 2) throw forbidden('Only its author and the unit it reached may.');
      }
      const gone = (await besides?.(tx, asked, actor.person)) ?? [];
      const changes = await withdrawBorn(tx, asked.id, actor.person);
      await witness(tx, asked.citizen);
      await appendChanges(tx, [...changes, ...gone]);
    }),
  );
