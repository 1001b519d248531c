// The examples of /docs work: every curl command asks with a token that may and what the hub understands, every call of
// the typed client compiles.
import { join } from 'node:path';
import ts from 'typescript';
import { beforeAll, expect, it } from 'vitest';
import type { CodeSample } from '../../src/http/code-samples.ts';
import { useDatabase } from '../postgres.ts';
import type { PersonaId } from '../sandbox/personas.ts';
import { config, createHub, type Hub } from './fixture.ts';

const database = useDatabase();
let hub: Hub;
let samples: readonly { readonly id: string; readonly curl: string; readonly client: string }[];
let citizen = '';

type Operations = Readonly<Record<string, { operationId: string; 'x-codeSamples'?: readonly CodeSample[] }>>;

beforeAll(async () => {
  // The sandbox's own purposes, so that its tokens say enough.
  hub = await createHub(database.pool(), { config: { ...config, rateLimitPerMinute: 100_000 } });
  await hub.world.unit('jobcenter', null);
  const person = await hub.world.person('0102703333');
  citizen = person.id;
  await hub.world.record({ citizens: [person], ownerUnit: 'jobcenter' });
  const { paths } = (await hub.app.inject('/openapi.json')).json() as { paths: Record<string, Operations> };
  samples = Object.values(paths).flatMap((operations) =>
    Object.values(operations).map((operation) => ({
      id: operation.operationId,
      curl: operation['x-codeSamples']?.[0]?.source ?? '',
      client: operation['x-codeSamples']?.[1]?.source ?? '',
    })),
  );
});

it('every curl command is one the hub understands, from somebody who may', async () => {
  const faults: string[] = [];
  const nobody = '7f9c24e8-3b12-8fef-91e0-56a2d5a5bb02';
  for (const { id, curl } of samples) {
    const persona = /--as ([a-z-]+)/.exec(curl)?.[1] as PersonaId | undefined;
    const method = /-X ([A-Z]+)/.exec(curl)?.[1] ?? 'GET';
    const body = /-d '(.*)' "/.exec(curl)?.[1];
    const url = (/ "(http[^"]+)"$/.exec(curl)?.[1] ?? '')
      .replace('http://127.0.0.1:8080', '')
      .replaceAll('\\$', '$')
      .replace('$ID', curl.includes('showcase') ? citizen : nobody)
      .replace(/\$[A-Z]+/g, nobody);
    const token =
      persona === undefined ? undefined : await hub.token(persona, persona === 'citizen' ? { citizen } : {});
    const answer = await hub.app.inject({
      method: method as 'GET',
      url,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { payload: body }),
    });
    // Ids and cursors in examples stand for the reader's own.
    const standIn = /"path":"(about|purged)"/.test(answer.body);
    if ([400, 401, 403, 415, 500].includes(answer.statusCode) && !standIn) faults.push(`${id} ${answer.body} ${curl}`);
  }
  expect(faults).toEqual([]);
});

it('every call of the typed client compiles', () => {
  const folder = join(import.meta.dirname, '../../openapi/client');
  const file = join(folder, 'samples-of-docs.ts');
  const names = [...new Set(samples.flatMap(({ client }) => [...client.matchAll(/\{(\w+)\}/g)].map((one) => one[1])))];
  const text = [
    "import { createClient } from './client.ts';",
    "const client = createClient({ baseUrl: 'http://hub', token: () => 'x' });",
    ...names.map((name) => `const ${name} = '';`),
    ...samples.map(({ client }) => `{ ${client} void data; }`),
    `void [${names.join()}];`,
  ].join('\n');
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    allowImportingTsExtensions: true,
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    types: ['node'],
  };
  const host = ts.createCompilerHost(options);
  const [read, exists] = [host.getSourceFile.bind(host), host.fileExists.bind(host)];
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2024) : read(name, ...rest);
  host.fileExists = (name) => name === file || exists(name);
  const program = ts.createProgram([file], options, host);
  const lines = text.split('\n');
  const faults = ts.getPreEmitDiagnostics(program, program.getSourceFile(file)).map((one) => {
    const line = one.file?.getLineAndCharacterOfPosition(one.start ?? 0).line ?? 0;
    return `${lines[line]}: ${ts.flattenDiagnosticMessageText(one.messageText, ' ')}`;
  });
  expect(faults).toEqual([]);
}, 60_000);
