// A mapping skeleton for one sampled kind: target and fields guessed, everything else listed as unused until somebody
// decides, and an example from the sample without the person in it. It passes `mappings check`.
import { parseYaml } from '../config/yaml.ts';
import { codeTableFormat, compileCodeTable } from '../mapping/codes.ts';
import { compileWithFindings } from '../mapping/compile.ts';
import { mappingFormat } from '../mapping/format.ts';
import type { Kind } from '../model/kinds.ts';
import { namesIn } from './field-class.ts';
import { guessKind, type KindGuess } from './guess.ts';
import { gatherPersons, leavesOf } from './persons.ts';
import { isFields, type SampledKind } from './sample-records.ts';
import { createScrubber } from './scrub.ts';
import { codeTable } from './skeleton-codes.ts';
import { fieldLines, guessTarget } from './skeleton-fields.ts';
import { scalar } from './yaml-text.ts';

export interface NamedKind extends SampledKind {
  /** As configuration and mappings call it. */
  readonly id: string;
  readonly guess: KindGuess;
}

/** `Løbende sager` → `loebende-sager`: a name for files and configuration. */
export const idOf = (name: string): string =>
  name
    .normalize('NFC')
    .replaceAll(/[Ææ]/g, 'ae')
    .replaceAll(/[Øø]/g, 'oe')
    .replaceAll(/[Åå]/g, 'aa')
    .replace(/[^A-Za-z0-9_]+/g, '-')
    .replace(/^[-_\d]+|-+$/g, '')
    .replace(/^[A-Z]+(?![a-z])|^[A-Z]/, (start) => start.toLowerCase()) || 'record';

export const nameKinds = (kinds: readonly SampledKind[]): readonly NamedKind[] => {
  const taken = new Set<string>();
  return kinds.map((kind) => {
    let id = idOf(kind.name);
    for (let n = 2; taken.has(id); n += 1) id = `${idOf(kind.name)}${n}`;
    taken.add(id);
    return { ...kind, id, guess: guessKind(kind) };
  });
};

export interface Skeleton {
  /** Path below the mapping folder → text. */
  readonly files: ReadonlyMap<string, string>;
  readonly decisions: readonly string[];
  /** The field that leads to the citizen. */
  readonly leads?: string;
}

/** The kind whose key this one names: `sagId` for `sag`. */
const viaOf = (
  own: NamedKind,
  others: readonly NamedKind[],
): { readonly kind: string; readonly path: string } | undefined => {
  for (const other of others) {
    if (other.id === own.id) continue;
    const stem = other.id.replace(/(er|e|s)$/i, '');
    const form = new RegExp(`^@?${stem}\\p{L}{0,2}[_ .-]?(id|nr|nummer|uuid|key|ref)$`, 'iu');
    const found = own.guess.fields.find(({ path }) => {
      const name = idOf(namesIn(path).at(-1) ?? '');
      return (
        path !== own.guess.key && (form.test(name) || (!/^@?id$/i.test(other.guess.key) && path === other.guess.key))
      );
    });
    if (found !== undefined) return { kind: other.id, path: found.path };
  }
  return undefined;
};

const subjectLine = (own: NamedKind, others: readonly NamedKind[], decide: (what: string) => string) => {
  const via = own.guess.cpr === undefined ? viaOf(own, others) : undefined;
  if (own.guess.cpr !== undefined) return { line: `subject: { cpr: ${scalar(own.guess.cpr)} }`, leads: own.guess.cpr };
  if (via !== undefined) return { line: `subject: { via: ${via.kind}, key: ${scalar(via.path)} }`, leads: via.path };
  return { line: `subject: { cpr: cpr }${decide(`${own.id}: which field tells whom it is about?`)}`, leads: undefined };
};

const notes: Readonly<Record<string, string>> = {
  text: 'free text: may readers see it?',
  name: 'about a person',
  address: 'about a person',
  phone: 'about a person',
  email: 'about a person',
  birth: 'about a person',
  cpr: 'a number of a person: never but as subject',
};

const unusedLines = (own: NamedKind, used: ReadonlySet<string>): readonly string[] => {
  const rest = own.guess.fields.filter(({ path }) => !used.has(path));
  if (rest.length === 0) return [];
  return [
    'unused: # not stored until somebody decides; what nobody needs stays here',
    ...rest.map(({ path, kind, codes }) => {
      const note = notes[kind] ?? (codes === undefined ? undefined : `codes: ${codes.length} values in the sample`);
      return `  - ${scalar(path)}${note === undefined ? '' : ` # ${note}`}`;
    }),
  ];
};

/** The sample's first record as nobody's, and what the mapping makes of it. */
const exampleLines = (own: NamedKind, text: string, tables: ReadonlyMap<string, string>): readonly string[] => {
  const [record] = own.records;
  if (record === undefined) return [];
  const codes = new Set(own.guess.fields.flatMap((field) => (field.kind === 'code' ? (field.codes ?? []) : [])));
  const persons = gatherPersons(own.records.flatMap((one) => [...leavesOf(one)]));
  const given = own.invented === true ? record : createScrubber({ persons, codes, secrets: [] }).value(record);
  const spec = mappingFormat.parse(parseYaml(text, own.id));
  const compiled = new Map(
    [...tables].map(([name, table]) => [name, compileCodeTable(codeTableFormat.parse(parseYaml(table, name)))]),
  );
  const system = spec.mapping.slice(0, spec.mapping.indexOf('.'));
  const { mappings } = compileWithFindings([{ file: own.id, system, kind: own.id, spec }], compiled);
  const result = mappings.get(own.id)?.map(given);
  const [draft] = result?.drafts ?? [];
  if (draft === undefined || !isFields(given)) return [];
  const issues = [...new Set(result?.issues.map((issue) => issue.code))];
  return [
    'examples:',
    '  - name: as in the sample, without the person in it',
    `    given: ${JSON.stringify(given)}`,
    `    expect: ${JSON.stringify(draft.fields)}`,
    ...(issues.length === 0 ? [] : [`    issues: ${JSON.stringify(issues)}`]),
  ];
};

export const mappingSkeleton = (
  system: string,
  own: NamedKind,
  others: readonly NamedKind[],
  options: { readonly to?: Kind; readonly today: string },
): Skeleton => {
  const to = options.to ?? guessTarget(own.id);
  const made = fieldLines(to, system, own.id, own.guess);
  const decisions: string[] = [];
  const decide = (what: string): string => {
    decisions.push(what);
    return ` # DECIDE: ${what}`;
  };
  const head = [
    `# ${own.name}, from a sample. Lines with DECIDE are guesses; take the word away when somebody has looked.`,
    `mapping: ${system}.${own.id}`,
    `to: ${to}${options.to === undefined ? decide(`${own.id}: is it right that it becomes ${to}?`) : ''}`,
    'version: 1',
    `key: ${scalar(own.guess.key)}${own.invented === true && /(id|nr|nummer|uuid|key)$/i.test(own.guess.key) ? '' : decide(`${own.id}: is ${own.guess.key} its key, always there and never used again?`)}`,
  ];
  const subject = subjectLine(own, others, decide);
  const used = new Set([...made.used, own.guess.key, ...(subject.leads === undefined ? [] : [subject.leads])]);
  const changed = made.updatedAt;
  if (changed !== undefined) used.add(changed.path);
  const body = [
    ...head,
    subject.line,
    'fields:',
    ...made.lines,
    ...(changed === undefined ? [] : [`updatedAt: { from: ${scalar(changed.path)}, as: ${changed.as} }`]),
    ...unusedLines(own, used),
  ];
  const tables = new Map(
    made.tables.map((table) => [table.name, codeTable({ ...table, system, today: options.today })]),
  );
  const text = `${body.join('\n')}\n`;
  const files = new Map([
    [`${system}/${own.id}.yaml`, `${[...body, ...exampleLines(own, text, tables)].join('\n')}\n`],
    ...[...tables].map(([name, table]): [string, string] => [`codes/${name}.yaml`, table]),
  ]);
  const free = own.guess.fields.filter(({ path, kind }) => !used.has(path) && kind === 'text');
  if (free.length > 0)
    decisions.push(
      `${own.id}: free text that is not stored until you say so: ${free.map(({ path }) => path).join(', ')}.`,
    );
  return {
    files,
    decisions: [...decisions, ...made.decisions],
    ...(subject.leads === undefined ? {} : { leads: subject.leads }),
  };
};
