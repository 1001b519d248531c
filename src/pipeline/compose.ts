// Stage 4: from a mapped draft to the record as it will be stored and sent: id, sensitivity, owner, journal link, links,
// content hash, and the text with and without protected fields.
import { copenhagenInstant, daysAfter } from '../clock.ts';
import type { Draft, LinkDraft } from '../mapping/result.ts';
import { maskNumbers, parseNumber } from '../model/cpr.ts';
import type { Kind } from '../model/kinds.ts';
import { kinds } from '../model/kinds.ts';
import { stripProtected } from '../model/reveal.ts';
import { type Sensitivity, sensitivities } from '../model/values.ts';
import type { KeyRing } from '../store/crypto.ts';
import type { NewRecord, ShownRecord } from '../store/records.ts';
import { keyHash, numberHash } from '../store/subjects.ts';
import type { SyncKind, SyncSource } from './source.ts';
import type { WithSubject } from './subject.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A draft of a record of the plan. */
export type RecordDraft = Draft & { readonly entity: Kind };
export const isRecordDraft = (draft: Draft): draft is RecordDraft => draft.entity !== 'consent';

/** UUID by keyed hash of (source, kind, key, entity, part): a rebuild gives the same ids. */
export const recordId = (
  keys: KeyRing,
  source: string,
  at: { kind: string; key: string; entity: string; part: string },
): string => keys.uuid('record', JSON.stringify([source, at.kind, at.key, at.entity, at.part]));

/** A record's key as stored: itself, or its keyed hash where it holds a CPR. */
export const storedKey = (keys: KeyRing, source: string, kind: SyncKind, key: string): string =>
  kind.keyIsCpr ? keyHash(keys, source, kind.name, key).toString('hex') : key;

const higher = (a: Sensitivity, b: Sensitivity | undefined): Sensitivity =>
  b !== undefined && sensitivities.indexOf(b) > sensitivities.indexOf(a) ? b : a;

/** While a subject is not enrolled, a kind whose text cannot be separated per person shows only type and period. */
const typeAndPeriod = (entity: Kind, fields: Fields): Fields => {
  const type = fields['type'] as { readonly display?: string } | string | undefined;
  const label = (typeof type === 'object' ? type.display : undefined) ?? kinds[entity].meta()?.da ?? entity;
  const kept: Record<string, unknown> = {};
  for (const name of Object.keys(kinds[entity].shape)) {
    if (
      name === 'type' ||
      name === 'period' ||
      name === 'category' ||
      name === 'start' ||
      name === 'end' ||
      name === 'at'
    )
      kept[name] = fields[name];
    else if (fields[name] !== undefined && (name === 'title' || (name === 'text' && entity !== 'statusEntry')))
      kept[name] = label;
    else if (name === 'status') kept[name] = 'unknown';
  }
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
};

/** Where a kind's key is a CPR, a link template may name that key. */
const holdsNumber = (source: SyncSource, path: string): boolean =>
  source.kinds.some((kind) => kind.keyIsCpr) &&
  (maskNumbers(path) !== path ||
    path.split('/').some((segment) => parseNumber(decodeURIComponent(segment)) !== undefined));

/** Into the system that keeps the record; without its template or a value the template names there is no link. */
const hopUrlOf = (source: SyncSource, { by, values }: NonNullable<Draft['hop']>): string | undefined => {
  const template = source.journalTemplates?.[by.toLowerCase()];
  if (template === undefined) return undefined;
  const named = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  // Some systems number their cases by the citizen.
  const unfit = (value: string | undefined): boolean =>
    value === undefined || parseNumber(decodeURIComponent(value)) !== undefined;
  if (named.some((name) => unfit(values[name]))) return undefined;
  return template.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
};

const journalUrlOf = (source: SyncSource, draft: Draft): string | undefined => {
  if (draft.hop !== undefined) return hopUrlOf(source, draft.hop);
  if (source.journalBaseUrl === undefined || draft.journalPath === undefined) return undefined;
  if (holdsNumber(source, draft.journalPath)) return undefined;
  return `${source.journalBaseUrl.replace(/\/+$/, '')}/${draft.journalPath.replace(/^\/+/, '')}`;
};

const protectedUntil = (draft: Draft): Date | null | undefined => {
  if (draft.entity !== 'citizen') return undefined;
  const said = draft.fields['protection'] as { name?: boolean; address?: boolean; until?: string } | undefined;
  if (said === undefined || (said.name !== true && said.address !== true)) return undefined;
  if (said.until === undefined) return null;
  return copenhagenInstant(daysAfter(said.until, 1));
};

const withoutIgnored = (fields: Fields, ignored: readonly string[]): Fields =>
  ignored.length === 0
    ? fields
    : Object.fromEntries(Object.entries(fields).filter(([name]) => !ignored.includes(name)));

const linkIds = (
  keys: KeyRing,
  source: SyncSource,
  links: readonly LinkDraft[],
): readonly { rel: string; toId: string }[] =>
  links.map((link) => {
    const kind = source.kinds.find((candidate) => candidate.name === link.kind);
    const key = kind === undefined ? link.key : storedKey(keys, source.name, kind, link.key);
    return {
      rel: link.rel,
      toId: recordId(keys, source.name, { kind: link.kind, key, entity: link.entity, part: link.part }),
    };
  });

const fieldsOf = (source: SyncSource, kind: SyncKind, record: WithSubject, draft: RecordDraft): Fields => {
  if (kind.mixed && record.others) return typeAndPeriod(draft.entity, draft.fields);
  if (draft.entity !== 'citizen' || source.master) return draft.fields;
  return withoutIgnored(draft.fields, ['address']);
};

/** A guardian represents in the configured domains alone: the register does not say in what. */
const representativeOf = (keys: KeyRing, source: SyncSource, draft: Draft): Pick<NewRecord, 'representative'> => {
  const { representative: told, fields } = draft;
  if (told === undefined || source.representation === undefined) return {};
  const { custodyUntil, guardianDomains } = source.representation;
  if (told.type === 'guardian' && guardianDomains.length === 0) return {};
  const period = fields['period'] as { readonly start?: string; readonly end?: string } | undefined;
  return {
    representative: {
      type: told.type,
      form: told.form ?? null,
      number: numberHash(keys, told.number),
      name: fields['name'] as string | undefined,
      from: period?.start,
      to: period?.end,
      domains: told.type === 'guardian' ? guardianDomains : null,
      custodyUntil,
    },
  };
};

/** One draft as a record. Calling `render` is left to the store, which asks only for what differs. */
export const compose = (
  keys: KeyRing,
  source: SyncSource,
  kind: SyncKind,
  record: WithSubject,
  draft: RecordDraft,
  now: Date,
  raw: NewRecord['raw'],
): ShownRecord => {
  const key = storedKey(keys, source.name, kind, record.key);
  const hidden = kind.mixed && record.others;
  const id = recordId(keys, source.name, { kind: kind.name, key, entity: draft.entity, part: draft.part });
  const sensitivity = higher(kind.sensitivity, draft.sensitivity);
  const domain = draft.domain ?? kind.domain;
  const ownerUnit = draft.unit ?? kind.ownerUnit;
  const fields = fieldsOf(source, kind, record, draft);
  const links = hidden ? [] : linkIds(keys, source, draft.links);
  const journalUrl = hidden ? undefined : journalUrlOf(source, draft);
  const until = protectedUntil(draft);
  const contentHash = keys.fingerprint(
    JSON.stringify([
      withoutIgnored(fields, draft.ignoreForChange),
      links.map((link) => `${link.rel} ${link.toId}`).sort(),
      record.subjects.map((subject) => subject.homeId).sort(),
      draft.withheld,
      ownerUnit ?? null,
      domain,
      sensitivity,
      journalUrl ?? null,
      draft.named,
      draft.thirdPartyProtected,
      until === undefined ? 'open' : until,
    ]),
  );
  const envelope = {
    id,
    kind: draft.entity,
    domain,
    source: source.name,
    sensitivity,
    observedAt: now.toISOString(),
    mapping: draft.mapping,
    ...(draft.sourceUpdatedAt === undefined ? {} : { sourceUpdatedAt: draft.sourceUpdatedAt }),
    ...(journalUrl === undefined ? {} : { journalUrl }),
  };
  return {
    id,
    key,
    entity: draft.entity,
    part: draft.part,
    domain,
    sensitivity,
    ownerUnit,
    named: draft.named,
    thirdPartyProtected: draft.thirdPartyProtected,
    mixed: kind.mixed,
    contentHash,
    raw,
    mapping: draft.mapping,
    sourceUpdatedAt: draft.sourceUpdatedAt,
    subjects: record.subjects.map((subject) => ({ subject, withheld: draft.withheld })),
    links,
    protectedUntil: until,
    ...representativeOf(keys, source, draft),
    encrypted:
      domain === 'health' ||
      sensitivity === 'sensitive' ||
      sensitivity === 'vip' ||
      draft.entity === 'contact' ||
      draft.entity === 'citizen',
    render: () => {
      const stripped = stripProtected(draft.entity, fields);
      return {
        full: JSON.stringify({ ...envelope, ...fields }),
        stripped: stripped === undefined ? undefined : JSON.stringify({ ...envelope, ...stripped }),
      };
    },
  };
};
