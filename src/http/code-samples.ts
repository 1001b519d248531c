// Working examples for /docs: each operation as a curl command against the sandbox and as a call of the typed client, made
// from the OpenAPI file itself, so that none can fall behind it.
import type { Scope } from '../feed/context.ts';

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly example?: unknown;
}
interface Operation {
  readonly tags?: readonly string[];
  readonly description?: string;
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> };
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly parameters: Readonly<Record<string, Parameter>> };
}
export interface CodeSample {
  readonly lang: string;
  readonly label: string;
  readonly source: string;
}

/** Who of the sandbox has the scope, and the operation's own kind of caller where a scope is not all. */
const personas: Partial<Record<Scope, string>> = {
  'changes.read': 'consumer-system',
  'consents.write': 'citizen',
  'log.read': 'dpo',
  'enrolments.write': 'caseworker-employment',
};
const ofTag: Readonly<Record<string, string>> = {
  consents: 'citizen',
  changes: 'consumer-system',
  webhooks: 'consumer-system',
  log: 'dpo',
};
const ofOperation: Readonly<Record<string, string>> = {
  deleteCalendarLink: 'citizen',
  takeEmergencyAccess: 'nurse-health',
  explain: 'caseworker-employment',
  listConsumers: 'administrator',
  askConsent: 'caseworker-employment',
  takeBackAskedConsent: 'caseworker-employment',
};
const personaOf = ({ operationId, tags, description }: Operation): string => {
  const own = ofOperation[operationId];
  if (own !== undefined) return own;
  if (/For citizens and representatives/.test(description ?? '')) return 'citizen';
  if (/the DPO\b/.test(description ?? '') && !/citizen/i.test(description ?? '')) return 'dpo';
  const scope = /Scope `([a-z.]+)`/.exec(description ?? '')?.[1] as Scope | undefined;
  return ofTag[tags?.[0] ?? ''] ?? (scope === undefined ? undefined : personas[scope]) ?? 'caseworker-employment';
};

const isCitizen = (path: string): boolean => /^\/(v1\/citizens|fhir\/Patient)\/\{id\}/.test(path);

/** `$`, backquotes and the like mean something to a shell between double quotes. */
const quoted = (text: string): string =>
  `"${text.replace(/["\\`]/g, '\\$&').replaceAll('$everything', '\\$everything')}"`;

const curlOf = (path: string, method: string, operation: Operation, query: string, body: unknown): string => {
  const lines: string[] = [];
  if (operation.security?.length !== 0) lines.push(`TOKEN=$(npm run -s samspil -- token --as ${personaOf(operation)})`);
  if (isCitizen(path)) lines.push(`ID=$(npm run -s samspil -- --json showcase | sed 's/.*"id":"\\([^"]*\\)".*/\\1/')`);
  const url = `http://127.0.0.1:8080${path.replace(/\{(\w+)\}/g, (_, name: string) => `$${name.toUpperCase()}`)}${query}`;
  const parts = [
    'curl -sS',
    ...(method === 'get' ? [] : [`-X ${method.toUpperCase()}`]),
    ...(operation.security?.length === 0 ? [] : ['-H "Authorization: Bearer $TOKEN"']),
    ...(body === undefined ? [] : [`-H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`]),
    quoted(url),
  ];
  return [...lines, parts.join(' ')].join('\n');
};

const literal = (value: unknown): string =>
  JSON.stringify(value, null, 1)
    .replace(/\n\s*/g, ' ')
    .replace(/"([A-Za-z_]\w*)":/g, '$1:');

const clientOf = (path: string, method: string, parameters: readonly Parameter[], body: unknown): string => {
  const given = (place: string): string =>
    parameters
      .filter((one) => one.in === place && (one.required === true || one.example !== undefined))
      .map((one) => (one.in === 'path' ? one.name : `${one.name}: ${literal(one.example)}`))
      .join(', ');
  const [inPath, inQuery] = [given('path'), given('query')];
  const input = [
    ...(inPath === '' ? [] : [`path: { ${inPath} }`]),
    ...(inQuery === '' ? [] : [`query: { ${inQuery} }`]),
    ...(body === undefined ? [] : [`body: ${literal(body)}`]),
  ];
  return `const { data } = await client.${method}('${path}'${input.length === 0 ? '' : `, { ${input.join(', ')} }`});`;
};

/** The samples of one operation. */
export const codeSamples = (
  { components }: Document,
  path: string,
  method: string,
  operation: Operation,
): readonly CodeSample[] => {
  const parameters = (operation.parameters ?? []).map(
    (one) => components.parameters[one.$ref?.split('/').at(-1) ?? ''] ?? one,
  );
  const body = operation.requestBody?.content['application/json']?.example;
  const named = parameters.filter((one) => one.in === 'query' && one.example !== undefined);
  const query = named.map((one) => `${one.name}=${encodeURIComponent(String(one.example))}`).join('&');
  return [
    {
      lang: 'shell',
      label: 'curl',
      source: curlOf(path, method, operation, query === '' ? '' : `?${query}`, body),
    },
    { lang: 'typescript', label: '@samspil/client', source: clientOf(path, method, parameters, body) },
  ];
};

/** The document with `x-codeSamples` at every operation. */
export const withCodeSamples = (given: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const document = given as unknown as Document;
  const paths = Object.entries(document.paths).map(([path, operations]) => [
    path,
    Object.fromEntries(
      Object.entries(operations).map(([method, operation]) => [
        method,
        method === 'parameters'
          ? operation
          : { ...operation, 'x-codeSamples': codeSamples(document, path, method, operation) },
      ]),
    ),
  ]);
  return { ...given, paths: Object.fromEntries(paths) };
};
