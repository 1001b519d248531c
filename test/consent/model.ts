// The rules of consent.md in plain TypeScript, read straight from the text: what the engine in SQL is compared with.
// Slow and direct on purpose. Times are instants in milliseconds; an interval is [from, to).

import type { Interval, Reader, Representation, Said, Scope, Subject, Unit, World } from './world.ts';

export type Show = 'content' | 'busy' | 'stub' | 'hidden';
export interface Verdict {
  readonly rule: number;
  readonly show: Show;
  /** Any of these is a right answer; null = none. */
  readonly bases: readonly (string | null)[];
}

const during = (interval: Interval, at: number): boolean => interval.from <= at && at < interval.to;
const covers = (scope: Scope, subject: Subject): boolean =>
  (scope.domains === null || scope.domains.includes(subject.domain)) &&
  (scope.kinds === null || scope.kinds.includes(subject.kind));
const levels = ['normal', 'confidential', 'sensitive'];
const inPerson = (reader: Reader): boolean => reader.kind === 'citizen' || reader.kind === 'representative';

const nodesFrom = (world: World, id: string, at: number): readonly Unit[] => {
  const node = world.units.find((unit) => unit.id === id && during(unit, at));
  if (node === undefined) return [];
  return node.parent === null ? [node] : [node, ...nodesFrom(world, node.parent, at)];
};

/** The tree's nodes that hold the reader, under the type the tree gives them; what the tree does not know, as claimed. */
const nodesOf = (
  world: World,
  reader: Reader,
  at: number,
): readonly { readonly type: string; readonly id: string }[] => {
  const byUnit = reader.unit === null ? [] : nodesFrom(world, reader.unit, at);
  const own = reader.organisation === null ? [] : nodesFrom(world, reader.organisation, at);
  return [
    ...(reader.unit !== null && byUnit.length === 0 ? [{ type: 'unit', id: reader.unit }] : byUnit),
    ...(own[0]?.type === 'organisation' ? own : []),
    ...(reader.organisation === null ? [] : [{ type: 'organisation', id: reader.organisation }]),
  ];
};

/** Is this reader among those a recipient of a grant names? Deny by default: every doubt says no. */
const granted = (world: World, reader: Reader, recipient: string, at: number): boolean => {
  if (reader.kind === 'administrator' || reader.kind === 'dpo') return false;
  if (recipient === `consumer:${reader.consumer}`) return true;
  if (reader.kind === 'consumer-system') return false;
  if (recipient === `person:${reader.person}` || recipient === `role:${reader.role}`) return true;
  return nodesOf(world, reader, at).some((node) => recipient === `${node.type}:${node.id}`);
};

/** … of a refusal? Every doubt says yes: nobody named is everybody, and a node counts under either name. */
const refused = (world: World, reader: Reader, recipient: string | null, at: number): boolean =>
  recipient === null ||
  [`person:${reader.person}`, `role:${reader.role}`, `consumer:${reader.consumer}`].includes(recipient) ||
  nodesOf(world, reader, at).some((node) => recipient === `unit:${node.id}` || recipient === `organisation:${node.id}`);

/** Sensitivity, health and vip: how far a grant that matches reaches. */
const reaches = (
  grant: { readonly domains: readonly string[] | null; readonly upTo: string },
  toPerson: boolean,
  reader: Reader,
  subject: Subject,
): boolean => {
  const namesHealth = grant.domains?.includes('health') === true;
  if (subject.domain === 'health' && !namesHealth && reader.domain !== 'health') return false;
  if (subject.sensitivity === 'vip') return toPerson && grant.upTo === 'sensitive';
  return levels.indexOf(subject.sensitivity) <= levels.indexOf(grant.upTo);
};

const represents = (world: World, reader: Reader, citizen: string, at: number): readonly Representation[] =>
  world.representations.filter(
    (one) =>
      inPerson(reader) &&
      one.citizen === citizen &&
      one.representative === reader.number &&
      during(one, at) &&
      during(one.recorded, at),
  );

const saidTo = (
  world: World,
  subject: Subject,
  reader: Reader,
  decision: 'grant' | 'refuse',
  at: number,
): readonly Said[] =>
  world.said.filter(
    (one) =>
      one.decision === decision &&
      one.citizen === subject.citizen &&
      during(one.recorded, at) &&
      during(one, at) &&
      !one.withdrawn &&
      covers(one, subject) &&
      (one.record === null || one.record === subject.record) &&
      (one.purposes === null || one.purposes.includes(reader.purpose)),
  );

/** The seven rules for one subject of a record: the first that decides ends the search. */
const ruleFor = (world: World, reader: Reader, subject: Subject, at: number): Verdict => {
  // 1
  const isCitizen = inPerson(reader) && reader.citizen === subject.citizen;
  const representations = represents(world, reader, subject.citizen, at);
  if (subject.withheld && (isCitizen || representations.length > 0)) return { rule: 1, show: 'hidden', bases: [null] };
  if (isCitizen) return { rule: 1, show: 'content', bases: [null] };
  const inside = representations.filter((one) => covers(one, subject));
  if (inside.length > 0) return { rule: 1, show: 'content', bases: inside.map((one) => `representation:${one.id}:1`) };
  // Ratings are the citizen's to share: nothing but their own grant that names the kind reaches one.
  const theirs = subject.kind === 'rating';
  // 2
  const owners = subject.ownerUnit === null ? [] : nodesFrom(world, subject.ownerUnit, at).map((node) => node.id);
  const above = subject.ownerUnit === reader.unit || owners.includes(reader.unit ?? '');
  const named = subject.sensitivity !== 'vip' || subject.named.includes(reader.person);
  if (!theirs && reader.kind === 'professional' && reader.unit !== null && above && named)
    return { rule: 2, show: 'content', bases: [null] };
  // 3
  const emergencies = world.emergencies.filter(
    (one) =>
      reader.kind === 'professional' &&
      one.citizen === subject.citizen &&
      one.person === reader.person &&
      one.role === reader.role &&
      one.organisation === reader.organisation &&
      during(one, at),
  );
  if (!theirs && emergencies.length > 0)
    return { rule: 3, show: 'content', bases: emergencies.map((one) => `emergency:${one.id}`) };
  // 4
  const lawful = world.statutes.filter((one) => {
    if (theirs) return false;
    const hits = one.recipients.filter((recipient) => granted(world, reader, recipient, at));
    const toPerson = hits.some((recipient) => recipient.startsWith('person:'));
    const purpose = one.purposes === null || one.purposes.includes(reader.purpose);
    return (
      hits.length > 0 && during(one, at) && covers(one, subject) && purpose && reaches(one, toPerson, reader, subject)
    );
  });
  const mandatory = lawful.filter((one) => !one.optOut);
  if (mandatory.length > 0) return { rule: 4, show: 'content', bases: mandatory.map((one) => `statute:${one.id}`) };
  // 5
  const refusals = saidTo(world, subject, reader, 'refuse', at).filter((one) =>
    refused(world, reader, one.recipient, at),
  );
  if (refusals.length > 0)
    return { rule: 5, show: 'hidden', bases: refusals.map((one) => `consent:${one.id}:${one.version}`) };
  // 6
  const grants = saidTo(world, subject, reader, 'grant', at).filter(
    (one) =>
      one.recipient !== null &&
      (!theirs || one.kinds !== null) &&
      granted(world, reader, one.recipient, at) &&
      one.numbers.includes(subject.number) &&
      reaches(one, one.recipient.startsWith('person:'), reader, subject),
  );
  const content = grants.filter((one) => one.show === 'content');
  const basis = (one: Said): string => `consent:${one.id}:${one.version}`;
  if (content.length > 0) return { rule: 6, show: 'content', bases: content.map(basis) };
  if (lawful.length > 0) return { rule: 6, show: 'content', bases: lawful.map((one) => `statute:${one.id}`) };
  const busy = subject.kind === 'appointment' ? grants : [];
  if (busy.length > 0) return { rule: 6, show: 'busy', bases: busy.map(basis) };
  // 7
  const reads = reader.kind !== 'administrator' && reader.kind !== 'dpo';
  const shown = world.sources.some((one) => one.source === subject.source && one.existenceShown && during(one, at));
  return { rule: 7, show: reads && shown && !theirs ? 'stub' : 'hidden', bases: [null] };
};

const strength = { hidden: 0, stub: 1, busy: 2, content: 3 } as const;

const protectedFrom = (world: World, reader: Reader, citizen: string, at: number): boolean =>
  (inPerson(reader) || reader.sector === 'private') &&
  !(inPerson(reader) && reader.citizen === citizen) &&
  world.protections.some((one) => one.citizen === citizen && during(one, at) && during(one.recorded, at));

export interface Row extends Verdict {
  readonly citizen: string;
  readonly record: string;
  readonly stripped: boolean;
  readonly masterStripped: boolean;
}

/** Each record as if nothing were about another. */
const eachAlone = (world: World, reader: Reader, citizen: string, at: number): readonly Row[] => {
  const present = world.subjects.filter((subject) => during(subject, at));
  return present
    .filter((subject) => subject.citizen === citizen)
    .map((own) => {
      const all = present.filter((subject) => subject.record === own.record);
      const verdicts = all.map((subject) => ruleFor(world, reader, subject, at));
      const mine = ruleFor(world, reader, own, at);
      // Withheld from the reader as one of its citizens, or as one's representative: hidden, whoever's plan it is.
      const barred = verdicts.some((verdict) => verdict.rule === 1 && verdict.show === 'hidden');
      // Each citizen sees it; other readers only if the rules show it for every enrolled subject.
      const weakest = Math.min(...verdicts.map((verdict) => strength[verdict.show]));
      const restricting = verdicts.filter((verdict) => strength[verdict.show] === weakest);
      const last = Math.max(...restricting.map((verdict) => verdict.rule));
      const others = restricting.filter((verdict) => verdict.rule === last);
      const decided: Verdict =
        (barred && !(mine.rule === 1 && mine.show === 'hidden')) || (mine.rule !== 1 && strength[mine.show] > weakest)
          ? { rule: last, show: others[0]?.show ?? 'hidden', bases: others.flatMap((verdict) => verdict.bases) }
          : mine;
      const privately = inPerson(reader) || reader.sector === 'private';
      const guarded = all.some((one) => one.thirdPartyProtected || protectedFrom(world, reader, one.citizen, at));
      return {
        ...decided,
        citizen,
        record: own.record,
        stripped: privately && guarded,
        masterStripped: protectedFrom(world, reader, citizen, at),
      };
    });
};

/** What the reader sees of one citizen, hidden records included. What is about a record is seen exactly as that is. */
export const decisions = (world: World, reader: Reader, citizen: string, at: number): readonly Row[] => {
  const rows = eachAlone(world, reader, citizen, at);
  return rows.map((row) => {
    const about = world.subjects.find((one) => one.record === row.record && one.about !== undefined)?.about;
    if (about === undefined) return row;
    const target = rows.find((one) => one.record === about);
    const nothing = { rule: 7, show: 'hidden', bases: [null] } as const;
    // Gone: the citizen and the unit keep what was said about it.
    if (target === undefined) return row.rule <= 2 && row.show === 'content' ? row : { ...row, ...nothing };
    const { rule, show, bases } = target;
    return show === 'content' || show === 'hidden' ? { ...row, rule, show, bases } : { ...row, ...nothing };
  });
};

/** A citizen exists for a reader who sees at least one record, for themselves and for representatives. */
export const exists = (world: World, reader: Reader, citizen: string, at: number): boolean =>
  (inPerson(reader) && reader.citizen === citizen) ||
  represents(world, reader, citizen, at).length > 0 ||
  decisions(world, reader, citizen, at).some((row) => row.show === 'content' || row.show === 'busy');
