// adapter new: the folder of an adapter of one's own, with a stub and the conformance suite. Only in a checkout of the
// source: what is installed for production has neither tests nor the tools to write them.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { adapters } from '../../adapters/index.ts';
import { HubError } from '../errors.ts';
import { writeNew } from '../kit/new-source.ts';
import { adapterScaffold, identifierOf } from '../kit/scaffold-adapter.ts';
import { say } from './context.ts';

const root = join(import.meta.dirname, '..', '..');

const refuse = (message: string, hint: string, cause?: unknown): HubError =>
  new HubError({ code: 'config/invalid', fault: 'config', message, hint, cause });

/** A vendor's OpenAPI document as types; its tool is there for development only. */
const writeTypes = (document: string, into: string): void => {
  const tool = join(root, 'node_modules', 'openapi-typescript', 'bin', 'cli.js');
  if (!existsSync(tool))
    throw refuse(
      'openapi-typescript is not installed here: production installs leave the development tools out.',
      'Run it in a checkout, after `npm ci` with development dependencies.',
    );
  if (!existsSync(document)) throw refuse(`${document}: there is no such file.`, 'Name the vendor’s OpenAPI document.');
  mkdirSync(dirname(into), { recursive: true });
  try {
    execFileSync(process.execPath, [tool, resolve(document), '-o', into], { stdio: 'pipe' });
  } catch (cause) {
    throw refuse(`${document}: openapi-typescript could not read it.`, 'Is it OpenAPI 3.0 or 3.1?', cause);
  }
};

const create = (name: string, options: { readonly openapi?: string; readonly dir?: string }): void => {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw refuse('The name must be lower-case letters, digits and dashes.', 'For example: my-system.');
  if (adapters.some((one) => one.name === name))
    throw refuse(`There is an adapter ${name} already.`, 'Take another name.');
  const folder = resolve(options.dir ?? root);
  if (!existsSync(join(folder, 'test', 'adapter.ts')))
    throw refuse(
      'This is no checkout of Samspil: there is no test/adapter.ts.',
      'An adapter is written in the source tree; see adapters/README.md.',
    );
  const files = adapterScaffold(name, options.openapi !== undefined);
  if (existsSync(join(folder, 'adapters', name)))
    throw refuse(`adapters/${name} is there already.`, 'Take another name.');
  if (options.openapi !== undefined) writeTypes(options.openapi, join(folder, 'adapters', name, 'openapi.d.ts'));
  writeNew(folder, files);
  say(`Written, below ${relative(process.cwd(), folder) || '.'}:`);
  for (const path of files.keys()) say(`  ${path}`);
  if (options.openapi !== undefined)
    say(`  adapters/${name}/openapi.d.ts (generated; made again by the same command in an empty folder)`);
  say('\nIt compiles, and its tests fail only where you must write. In this order:');
  say(`  1. adapters/${name}/records.ts   the kinds and their bodies; honest capabilities`);
  say(`  2. test/sandbox/${name}/server.ts  the stub: its real paging, authentication, limits`);
  say(`  3. adapters/${name}/client.ts    page(): throws until you write it`);
  say(`  4. npx vitest run test/adapters/${name}.test.ts   until it is green`);
  say(
    `  5. adapters/index.ts: import { ${identifierOf(name)} } from './${name}/index.ts' and put it into the list; a line in adapters/README.md`,
  );
  say(`  6. mappings/${name}/ with examples; adapters/${name}/README.md: what is known, and what is a guess`);
};

export const registerAdapter = (program: Command): void => {
  program
    .command('adapter')
    .description('adapters of one’s own, for systems that configuration cannot speak to')
    .command('new')
    .argument('<name>', 'lower-case letters, digits, dashes')
    .option('--openapi <file>', 'the vendor’s OpenAPI document: its types are written beside the adapter')
    .option('--dir <folder>', 'a checkout; default: this one')
    .description('a folder that compiles, a stub, and the conformance suite')
    .action(create);
};
