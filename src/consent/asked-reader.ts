// The reader a question is about: what the log last knew of the person, and what the question says besides. Nothing of it
// gives anybody a right; it only says for whom the engine is asked.
import type { Db } from '../store/db.ts';
import { knownReader } from '../store/known-readers.ts';
import { type Actor, type ActorKind, actorKinds, type Sector } from './actor.ts';

export const readerAttributes = ['role', 'organisation', 'unit', 'domain', 'consumer'] as const;
export type ReaderAttribute = (typeof readerAttributes)[number];

export interface AskedReader {
  readonly person: string;
  readonly purpose: string;
  /** The instant asked about. */
  readonly at: Date;
  /** Default: as the log knows them, else professional. */
  readonly kind?: ActorKind;
  readonly sector: Sector;
  readonly said: Partial<Record<ReaderAttribute, string>>;
}

/** Undefined when the log knows no such person and the question says nothing of them. */
export const askedReader = async (db: Db, asked: AskedReader): Promise<Actor | undefined> => {
  const { person, purpose, at, sector, said } = asked;
  const known = await knownReader(db, person, at);
  if (known === undefined && Object.keys(said).length === 0) return undefined;
  const fromLog = Object.fromEntries(
    (['role', 'organisation', 'unit', 'consumer'] as const).flatMap((name) =>
      known === undefined || known[name] === null ? [] : [[name, known[name]]],
    ),
  );
  const inPerson =
    known === undefined
      ? {}
      : {
          ...(known.citizen === null ? {} : { citizen: known.citizen }),
          ...(known.numberHash === null ? {} : { numberHash: known.numberHash }),
        };
  const kind = asked.kind ?? actorKinds.find((one) => one === known?.kind) ?? 'professional';
  return { kind, person, sector, purpose, scopes: [], ...fromLog, ...inPerson, ...said };
};
