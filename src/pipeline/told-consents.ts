// What a source says of consent, weighed against what configuration believes of it. A grant never becomes wider than it was
// understood: what is not understood grants nothing, and says why. A refusal that is not understood in full reaches further.
import { copenhagenInstant, daysAfter } from '../clock.ts';
import type { Draft } from '../mapping/result.ts';
import { maskNumbers } from '../model/cpr.ts';
import type { ConsentFields } from '../model/told-consent.ts';
import type { Domain } from '../model/values.ts';
import type { KeyRing } from '../store/crypto.ts';
import type { NewRecord } from '../store/records.ts';
import type { ToldConsent, ToldWord } from '../store/source-consents.ts';
import { recordId, storedKey } from './compose.ts';
import type { SyncKind, SyncSource } from './source.ts';
import type { WithSubject } from './subject.ts';

type Level = ToldConsent['upTo'];

/** What is believed of a source's consents; refusals always are. */
export interface ConsentBelief {
  /** Domains in which its grants count. */
  readonly mayGrant: readonly Domain[];
  /** Purposes its grants count for. Absent: every one they name, or any. */
  readonly purposes?: readonly string[];
  /** The hub's purposes: others are not known. */
  readonly known: readonly string[];
  readonly upTo: Level;
  /** A grant that names no last day counts until it is withdrawn. */
  readonly openEnded: boolean;
  /** The source's own names of recipients. */
  readonly recipients: Readonly<Record<string, string>>;
}

/** Why a grant is not one. */
export interface Doubt {
  readonly code: string;
  readonly path: string;
}

type Doubted = { readonly doubt: Doubt };
type Weighed = { readonly told: ToldConsent | 'over' } | Doubted;
type Limit = readonly string[] | null;

const levels = ['normal', 'confidential', 'sensitive'] as const;
const recipientForm = /^(person|role|unit|organisation|consumer):\S.{0,199}$/;
const isDay = /^\d{4}-\d\d-\d\d$/;

// Registers write year 1 and year 9999 for what has no beginning and no end.
const first = '1900-01-01';
const isEnd = (said: string | undefined): said is string => said !== undefined && said < '2200';
const startOf = (said: string): Date =>
  said < first ? copenhagenInstant(first) : isDay.test(said) ? copenhagenInstant(said) : new Date(said);
/** A day is included; an instant is not passed. */
const endOf = (said: string): Date => (isDay.test(said) ? copenhagenInstant(daysAfter(said, 1)) : new Date(said));

const recipientOf = (said: string | undefined, belief: ConsentBelief): string | undefined => {
  if (said === undefined) return undefined;
  if (Object.hasOwn(belief.recipients, said)) return belief.recipients[said];
  return recipientForm.test(said) ? said : undefined;
};

const doubt = (path: string, problem: string): Doubted => ({
  doubt: { code: `${path}/${problem}`, path },
});

const evidenceOf = (fields: ConsentFields, kind: SyncKind, key: string): string | undefined =>
  fields.evidence ?? (kind.keyIsCpr ? undefined : maskNumbers(`${kind.name} ${key}`).slice(0, 500));

const refusalOf = (fields: ConsentFields, doubts: ReadonlySet<string>, belief: ConsentBelief): ToldConsent => {
  const limit = (name: 'domains' | 'kinds' | 'purposes'): Limit => (doubts.has(name) ? null : (fields[name] ?? null));
  const purposes = limit('purposes');
  return {
    decision: 'refuse',
    recipient: recipientOf(fields.recipient, belief) ?? null,
    domains: limit('domains'),
    kinds: limit('kinds'),
    // A purpose the hub does not know would never be asked with, and the refusal would hold nobody off.
    purposes: purposes?.every((purpose) => belief.known.includes(purpose)) === true ? purposes : null,
    upTo: 'normal',
    from: startOf(doubts.has('from') ? first : (fields.from ?? first)),
    to: isEnd(fields.to) && !doubts.has('to') ? endOf(fields.to) : null,
    day: fields.givenAt,
    evidence: undefined,
  };
};

/** Those the source names and configuration believes in; `named` absent: the believed ones that need not be named. */
const within = (named: Limit | undefined, believed: readonly string[]): readonly string[] =>
  named === undefined || named === null ? believed : [...new Set(named)].filter((one) => believed.includes(one));

const purposesOf = (fields: ConsentFields, belief: ConsentBelief): Limit => {
  if (fields.purposes === undefined && belief.purposes === undefined) return null;
  return within(fields.purposes, belief.purposes ?? belief.known).filter((one) => belief.known.includes(one));
};

const grantOf = (
  fields: ConsentFields,
  doubts: ReadonlySet<string>,
  belief: ConsentBelief,
): { readonly told: ToldConsent } | Doubted => {
  for (const limit of ['domains', 'kinds', 'purposes'] as const)
    if (doubts.has(limit) && (fields[limit] ?? []).length === 0) return doubt(limit, 'not-understood');
  const recipient = recipientOf(fields.recipient, belief);
  if (recipient === undefined) return doubt('recipient', fields.recipient === undefined ? 'missing' : 'unknown');
  if (fields.domains === undefined) return doubt('domains', 'missing');
  const domains = within(fields.domains, belief.mayGrant);
  if (domains.length === 0) return doubt('domains', 'not-believed');
  const purposes = purposesOf(fields, belief);
  if (purposes?.length === 0) return doubt('purposes', 'not-believed');
  for (const limit of ['upTo', 'from', 'to'] as const) if (doubts.has(limit)) return doubt(limit, 'not-understood');
  if (fields.from === undefined) return doubt('from', 'missing');
  if (!isEnd(fields.to) && !belief.openEnded) return doubt('to', 'missing');
  const from = startOf(fields.from);
  const to = isEnd(fields.to) ? endOf(fields.to) : null;
  if (to !== null && to <= from) return doubt('to', 'before-start');
  const upTo = levels[Math.min(levels.indexOf(fields.upTo ?? 'normal'), levels.indexOf(belief.upTo))] ?? 'normal';
  const kinds = fields.kinds ?? null;
  return {
    told: {
      decision: 'grant',
      recipient,
      domains,
      kinds,
      purposes,
      upTo,
      from,
      to,
      day: fields.givenAt,
      evidence: undefined,
    },
  };
};

export const weigh = (draft: Draft, record: WithSubject, kind: SyncKind, belief: ConsentBelief): Weighed => {
  const fields = draft.fields as ConsentFields;
  const doubts = new Set(draft.consent?.doubts);
  if (fields.status !== 'active') return { told: 'over' };
  const evidence = evidenceOf(fields, kind, record.key);
  if (fields.decision === 'refuse') return { told: { ...refusalOf(fields, doubts, belief), evidence } };
  // Whose yes would it be?
  if (record.subjects.length !== 1 || record.others) return doubt('subject', 'several');
  if (draft.consent?.limited === true) return doubt('limitedBy', 'not-understood');
  const said = grantOf(fields, doubts, belief);
  return 'doubt' in said ? said : { told: { ...said.told, evidence } };
};

/** What is kept of it besides the consent: that it is there, so that its end is noticed. No text, and nobody is shown it. */
export const anchorOf = (
  keys: KeyRing,
  source: SyncSource,
  kind: SyncKind,
  record: WithSubject,
  draft: Draft,
  told: ToldWord,
): NewRecord => {
  const key = storedKey(keys, source.name, kind, record.key);
  return {
    id: recordId(keys, source.name, { kind: kind.name, key, entity: draft.entity, part: draft.part }),
    key,
    entity: draft.entity,
    part: draft.part,
    domain: kind.domain,
    sensitivity: kind.sensitivity,
    ownerUnit: undefined,
    named: [],
    thirdPartyProtected: false,
    mixed: false,
    contentHash: keys.fingerprint(JSON.stringify([told, record.subjects.map((subject) => subject.homeId)])),
    raw: undefined,
    mapping: draft.mapping,
    sourceUpdatedAt: draft.sourceUpdatedAt,
    subjects: record.subjects.map((subject) => ({ subject, withheld: false })),
    links: [],
    protectedUntil: undefined,
    encrypted: false,
    consent: told,
  };
};
