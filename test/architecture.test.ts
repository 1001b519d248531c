// The import table and the rules of form, held against every file; and planted violations, so that the check can fail.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formFaults, importFaults, parse } from './architecture.ts';

const root = join(import.meta.dirname, '..');
/** The feed's own description, and vendors' that an adapter's types are made from. */
const isGenerated = (path: string): boolean => path.endsWith('/openapi.d.ts');
const files = globSync('{src,adapters,test,openapi}/**/*.ts', { cwd: root })
  .filter((path) => !isGenerated(path))
  .sort();
const isTest = (path: string): boolean => /\.(test|fixture)\.ts$/.test(path);
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Code the finished product runs, the sandbox included: it is part of `npm start` and of the compose profile. */
const runs = (path: string): boolean =>
  !isTest(path) && (!path.startsWith('test/') || path.startsWith('test/sandbox/'));

describe('every file', () => {
  it('imports only what its room may', () => {
    const faults = files
      .filter(runs)
      .flatMap((path) => importFaults(path, parse(path, textOf(path))).map((fault) => `${path} ${fault}`));
    expect(faults).toEqual([]);
  });

  it('keeps the rules of form', () => {
    const faults = files.flatMap((path) => {
      const text = textOf(path);
      return formFaults(path, text, parse(path, text)).map((fault) => `${path} ${fault}`);
    });
    expect(faults).toEqual([]);
  });

  it('is short in the middle', () => {
    const lengths = files
      .filter(runs)
      .map((path) => textOf(path).trimEnd().split('\n').length)
      .sort((a, b) => a - b);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThan(100);
  });
});

describe('a planted violation is found:', () => {
  const faultsOf = (path: string, text: string): readonly string[] => importFaults(path, parse(path, text));

  it.each([
    ['an adapter that knows the model', 'adapters/fhir/client.ts', "import { kinds } from '../../src/model/kinds.ts';"],
    ['an adapter that knows another', 'adapters/fhir/client.ts', "import { a } from '../files/index.ts';"],
    ['an adapter with its own way out', 'adapters/fhir/client.ts', "import { request } from 'node:https';"],
    ['an adapter with its own client', 'adapters/fhir/client.ts', "import axios from 'axios';"],
    ['the model that knows the store', 'src/model/cpr.ts', "import { get } from '../store/db.ts';"],
    ['the shared ground that stands on a room', 'src/log.ts', "import { cpr } from './model/cpr.ts';"],
    [
      'more than types of the adapter',
      'src/pipeline/run.ts',
      "import { defineAdapter } from '../adapter/contract.ts';",
    ],
    ['types where none are allowed', 'src/store/db.ts', "import type { Adapter } from '../adapter/contract.ts';"],
    ['a type among values', 'src/mapping/check.ts', "import { type Adapter, x } from '../adapter/contract.ts';"],
    ['a database outside the store', 'src/consent/decide.ts', "import type { Pool } from 'pg';"],
    ['a queue outside jobs', 'src/pipeline/run.ts', "import { Queue } from 'bullmq';"],
    ['a server in the feed', 'src/feed/routes.ts', "import fastify from 'fastify';"],
    ['an import while running', 'src/model/cpr.ts', "const later = await import('../store/db.ts');"],
    ['an import by a computed name', 'src/jobs/queue.ts', 'const any = await import(name);'],
    ['an import inside a type', 'src/model/cpr.ts', "type A = import('../store/db.ts').A;"],
    ['a re-export', 'src/model/cpr.ts', "export { get } from '../store/db.ts';"],
    ['product code on test code', 'src/store/db.ts', "import { x } from '../../test/postgres.ts';"],
    ['a command on test code', 'src/commands/up.ts', "import { x } from '../../test/postgres.ts';"],
    ['the sandbox on test code', 'test/sandbox/index.ts', "import { x } from '../postgres.ts';"],
    ['a client that leans on the hub', 'openapi/client/client.ts', "import { x } from '../../src/errors.ts';"],
    ['a client that needs a library', 'openapi/client/client.ts', "import axios from 'axios';"],
    ['a library nobody owns', 'src/model/cpr.ts', "import _ from 'lodash';"],
    ['a library production lacks', 'test/sandbox/index.ts', "import { x } from 'vitest';"],
    ['a folder of its own making', 'src/shared/x.ts', "import { x } from '../model/cpr.ts';"],
  ])('%s', (_, path, text) => {
    expect(faultsOf(path, text)).not.toEqual([]);
  });

  it.each([
    ['types of the adapter', 'src/pipeline/run.ts', "import type { Adapter } from '../adapter/contract.ts';"],
    ['types one by one', 'src/config/hub.ts', "import { type Adapter } from '../adapter/contract.ts';"],
    ['types of the server', 'src/feed/routes.ts', "import type { FastifyInstance } from 'fastify';"],
    [
      'an adapter and its contract',
      'adapters/fhir/index.ts',
      "import { defineAdapter } from '../../src/adapter/contract.ts';",
    ],
    ['the composition root', 'src/main.ts', "import { serve } from './http/server.ts';"],
    ['a subpath of an owned library', 'src/adapter/csv.ts', "import { parse } from 'csv-parse/sync';"],
  ])('but not %s', (_, path, text) => {
    expect(faultsOf(path, text)).toEqual([]);
  });

  it.each([
    ['too long', 'src/a.ts', `// What.\n${'export const a = 1;\n'.repeat(300)}`],
    ['no opening comment', 'src/a.ts', 'export const a = 1;\n'],
    ['a long opening comment', 'src/a.ts', `${'// more\n'.repeat(7)}export const a = 1;\n`],
    ['a default export', 'src/a.ts', '// What.\nexport default 1;\n'],
    ['a default function', 'src/a.ts', '// What.\nexport default function a() {}\n'],
    ['an empty name', 'src/store/db-utils.ts', '// What.\nexport const a = 1;\n'],
  ])('%s', (_, path, text) => {
    expect(formFaults(path, text, parse(path, text))).not.toEqual([]);
  });
});
