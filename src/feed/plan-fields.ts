// `fields=plans(title,period),contacts`: which lists and fields an answer should have. Unknown names are refused, so
// that a typing error is not mistaken for an empty plan. `id` and `kind` always come.
import { HubError } from '../errors.ts';
import { type Kind, kinds, type ListedKind, planLists } from '../model/kinds.ts';

/** Per list: the fields wanted, or all of them. */
export interface Selection {
  readonly lists: ReadonlyMap<ListedKind, ReadonlySet<string> | 'all'>;
  /** Absent: the citizen comes as id and kind only. */
  readonly citizen: ReadonlySet<string> | 'all' | undefined;
  readonly links: boolean;
  /** Canonical text, part of the ETag. */
  readonly text: string;
}

const everyRecord = [
  'id',
  'kind',
  'domain',
  'source',
  'sensitivity',
  'observedAt',
  'mapping',
  'sourceUpdatedAt',
  'staleSince',
  'journalUrl',
];
const ofCitizen = new Set(['id', 'kind', ...Object.keys(kinds.citizen.shape), 'age', 'cpr', 'formerCpr']);
const kindOfList = new Map(Object.entries(planLists).map(([kind, list]) => [list as string, kind as ListedKind]));
const fieldsOf = (kind: Kind): ReadonlySet<string> => new Set([...everyRecord, ...Object.keys(kinds[kind].shape)]);

const refuse = (message: string): never => {
  throw new HubError({ code: 'request/invalid', fault: 'config', message, path: 'fields' });
};

interface Named {
  readonly name: string;
  readonly inner: readonly string[] | undefined;
}

const parse = (text: string): readonly Named[] => {
  if (text.length > 2000) refuse('`fields` is longer than 2,000 characters.');
  const named: Named[] = [];
  const item = /\s*([A-Za-z]{1,40})\s*(?:\(([A-Za-z,\s]*)\))?\s*(,|$)/y;
  while (item.lastIndex < text.length) {
    const match = item.exec(text);
    if (match?.[1] === undefined) return refuse('`fields` is not a list such as plans(title,period),contacts.');
    named.push({ name: match[1], inner: match[2]?.split(',').map((part) => part.trim()) });
    if (match[3] === ',' && item.lastIndex === text.length) refuse('`fields` ends in a comma.');
  }
  return named.length === 0 ? refuse('`fields` names nothing.') : named;
};

const checked = (inner: readonly string[] | undefined, known: ReadonlySet<string>): ReadonlySet<string> | 'all' => {
  if (inner === undefined) return 'all';
  if (inner.some((name) => !known.has(name))) refuse('`fields` has a field this list does not have.');
  return new Set(['id', 'kind', ...inner]);
};

/** @throws HubError `request/invalid` on anything that is not understood. */
export const parseFields = (text: string | undefined): Selection | undefined => {
  if (text === undefined) return undefined;
  const lists = new Map<ListedKind, ReadonlySet<string> | 'all'>();
  let citizen: Selection['citizen'];
  let links = false;
  const seen = new Set<string>();
  for (const { name, inner } of parse(text)) {
    if (seen.has(name)) refuse('`fields` names a list twice.');
    seen.add(name);
    const kind = kindOfList.get(name);
    if (kind !== undefined) lists.set(kind, checked(inner, fieldsOf(kind)));
    else if (name === 'citizen') citizen = checked(inner, ofCitizen);
    else if (name === 'links' && inner === undefined) links = true;
    else refuse('`fields` has a name the plan does not have.');
  }
  return { lists, citizen, links, text: text.replace(/\s/g, '') };
};

/** The wanted part of one object. */
export const pick = (fields: Readonly<Record<string, unknown>>, wanted: ReadonlySet<string> | 'all'): object =>
  wanted === 'all' ? fields : Object.fromEntries(Object.entries(fields).filter(([name]) => wanted.has(name)));
