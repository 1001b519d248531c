// The two files that wire a source in: the system's kinds beside its mappings, and the source itself, to be included by
// samspil.yaml. Secrets are names of environment variables, never values.
import type { Domain } from '../model/values.ts';
import type { Sampled } from './sample-records.ts';
import type { NamedKind } from './skeleton-mapping.ts';
import { block, scalar } from './yaml-text.ts';

export const newAdapters = ['files', 'rest', 'odata', 'soap', 'fhir'] as const;
export type NewAdapter = (typeof newAdapters)[number];
export const authTypes = ['none', 'basic', 'bearer', 'apiKey', 'oauth2', 'username-token'] as const;
export type AuthType = (typeof authTypes)[number];

export interface NewSource {
  readonly name: string;
  readonly title: string;
  readonly system: string;
  readonly adapter: NewAdapter;
  readonly domain: Domain;
  readonly ownerUnit: string;
  /** Of HTTP sources; of files the folder. */
  readonly baseUrl?: string;
  readonly folder?: string;
  readonly wsdl?: string;
  readonly auth: AuthType;
}

/** The adapter that speaks what a sample is written in. */
export const adapterFor = (form: Sampled['form']): NewAdapter =>
  ({
    csv: 'files',
    jsonl: 'files',
    xml: 'rest',
    json: 'rest',
    openapi: 'rest',
    wsdl: 'soap',
    odata: 'odata',
    fhir: 'fhir',
  })[form] as NewAdapter;

const variable = (name: string, what: string): string => `\${${name.toUpperCase().replaceAll('-', '_')}_${what}}`;

const authBlock = ({ auth, name }: NewSource): Readonly<Record<string, unknown>> | undefined => {
  const secret = (what: string): string => variable(name, what);
  switch (auth) {
    case 'basic':
    case 'username-token':
      return { type: auth, username: secret('USERNAME'), password: secret('PASSWORD') };
    case 'bearer':
      return { type: 'bearer', token: secret('TOKEN') };
    case 'apiKey':
      return { type: 'apiKey', key: secret('API_KEY'), header: 'x-api-key' };
    case 'oauth2':
      return {
        type: 'oauth2',
        tokenUrl: secret('TOKEN_URL'),
        clientId: secret('CLIENT_ID'),
        clientSecret: secret('CLIENT_SECRET'),
      };
    default:
      return undefined;
  }
};

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (kind: NamedKind): readonly string[] => kind.guess.fields.map(({ path }) => path);

const filesKind = (kind: NamedKind, form: Sampled['form'], leads: string | undefined): Fields => {
  const way = kind.at.replaceAll('.', '/');
  const given = kind.kind ?? {};
  return {
    pattern: given['pattern'] ?? `${kind.name}*`,
    ...(form === 'csv' ? {} : { format: form === 'xml' ? 'xml' : 'jsonl' }),
    ...(form === 'xml' ? { record: way } : {}),
    ...(given['separator'] === undefined ? {} : { separator: given['separator'] }),
    ...(given['encoding'] === undefined ? {} : { encoding: given['encoding'] }),
    ...(given['columns'] === undefined ? {} : { columns: given['columns'] }),
    keyColumns: [kind.guess.key],
    ...(leads === undefined || leads.includes('[]') ? {} : { requiredColumns: [leads] }),
    fields: fieldsOf(kind),
  };
};

const restKind = (kind: NamedKind, form: Sampled['form']): Fields => ({
  list: kind.kind?.['list'] ?? { path: `/${kind.id}` },
  ...(kind.kind?.['detail'] === undefined ? {} : { detail: kind.kind['detail'] }),
  ...(form === 'xml' ? { format: 'xml' } : {}),
  records: kind.at,
  key: kind.guess.key,
  fields: fieldsOf(kind),
});

const kindBlock = (source: NewSource, form: Sampled['form'], kind: NamedKind, leads: string | undefined): Fields => {
  const { pattern: _, ...given } = kind.kind ?? {};
  switch (source.adapter) {
    case 'files':
      return filesKind(kind, form, leads);
    case 'rest':
      return restKind(kind, form);
    case 'odata':
      return { set: kind.name, key: kind.guess.key, ...given };
    default:
      return {
        ...(form === 'wsdl' ? given : { list: { operation: kind.name } }),
        records: kind.at.replace(/^Envelope\.Body\./, ''),
        key: kind.guess.key,
        fields: fieldsOf(kind),
      };
  }
};

/** `mappings/<system>/system.yaml`: what holds wherever the system is used. */
export const systemFileText = (
  source: NewSource,
  form: Sampled['form'],
  kinds: readonly NamedKind[],
  leads: ReadonlyMap<string, string | undefined>,
): string => {
  const described = Object.fromEntries(
    kinds.map((kind) => [kind.id, kindBlock(source, form, kind, leads.get(kind.id))]),
  );
  return `# What is known of ${source.title} apart from its mappings, from a sample. See adapters/${source.adapter}/README.md.\n${block(
    { system: source.system, title: source.title, adapter: source.adapter, config: { kinds: described } },
    0,
  )}`;
};

/** `sources/<name>.yaml`: what is your municipality's own. */
export const sourceFileText = (source: NewSource, form: Sampled['form'], config: Fields): string => {
  const auth = authBlock(source);
  const own: Fields =
    source.adapter === 'files'
      ? { transport: 'folder', folder: source.folder ?? '/srv/drop' }
      : source.adapter === 'soap'
        ? { wsdl: source.wsdl ?? 'service.wsdl', endpoint: source.baseUrl ?? 'https://DECIDE.example' }
        : { ...config, baseUrl: source.baseUrl ?? config['baseUrl'] ?? 'https://DECIDE.example' };
  const settings = {
    adapter: source.adapter,
    title: source.title,
    domain: source.domain,
    ...(form === 'fhir' ? {} : { mappings: source.system }),
    ownerUnit: source.ownerUnit,
    schedule: source.adapter === 'files' ? '15 5 * * *' : '*/15 * * * *',
    config: { ...own, ...(auth === undefined ? {} : { auth }) },
  };
  return [
    '# Written by `samspil source new`. In samspil.yaml:',
    `#   include: [sources/${source.name}.yaml]`,
    '#   mappingFolders: [./mappings]',
    'sources:',
    `  ${scalar(source.name)}:`,
    block(settings, 2),
  ].join('\n');
};

/** What every new source leaves to people, by adapter. */
export const sourceDecisions = (source: NewSource, form: Sampled['form'], hasWay: boolean): readonly string[] => {
  const [at, auth] = [`sources/${source.name}.yaml`, source.auth];
  const paging = `mappings/${source.system}/system.yaml: does it answer in pages (\`paging\`), and can it be asked for changes only (\`changedSince\`)?`;
  return [
    `${at}: domain and ownerUnit: who owns these records, and who may see them because of it?`,
    ...(auth === 'none' ? [] : [`${at}: set the environment variables it names; never write a secret into the file.`]),
    ...(source.adapter === 'files'
      ? [
          `mappings/${source.system}/system.yaml: does a file hold everything (\`full\`), or what changed (\`delivery: delta\`)?`,
        ]
      : []),
    ...(source.adapter === 'rest' && !hasWay
      ? [`mappings/${source.system}/system.yaml: the address of every list (\`list.path\`).`]
      : []),
    ...(source.adapter === 'soap' && form !== 'wsdl'
      ? [`mappings/${source.system}/system.yaml: the operation of every list, and what it is asked with (\`list\`).`]
      : []),
    ...(source.adapter === 'rest' || source.adapter === 'soap' ? [paging] : []),
    ...(form === 'fhir'
      ? []
      : [
          `mappings/${source.system}: raise \`sensitivity\` where the source has markings of its own; say \`withheld\` where it says so.`,
        ]),
  ];
};
