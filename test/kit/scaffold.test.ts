// A new adapter's folder: it compiles against the real contract, keeps the rules of the tree, and asks its author to write
// what only the author knows.
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { adapterScaffold } from '../../src/kit/scaffold-adapter.ts';
import { formFaults, importFaults, parse } from '../architecture.ts';

const root = join(import.meta.dirname, '..', '..');
const files = adapterScaffold('very-own-system', true);
const code = [...files].filter(([path]) => path.endsWith('.ts'));

describe('the folder of a new adapter', () => {
  it.each(code)('%s keeps the rules', (path, text) => {
    const source = parse(path, text);
    expect(formFaults(path, text, source)).toEqual([]);
    // A test runs nowhere else.
    expect(path.startsWith('test/adapters') ? [] : importFaults(path, source)).toEqual([]);
  });

  it('compiles', { timeout: 60_000 }, () => {
    const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
    const own = new Map(code.map(([path, text]) => [join(root, path), text]));
    const host = ts.createCompilerHost({ ...options, noEmit: true });
    const program = ts.createProgram(
      [...own.keys()],
      { ...options, noEmit: true },
      {
        ...host,
        directoryExists: (path) =>
          [...own.keys()].some((file) => file.startsWith(`${path}/`)) || ts.sys.directoryExists(path),
        fileExists: (path) => own.has(path) || host.fileExists(path),
        readFile: (path) => own.get(path) ?? host.readFile(path),
        getSourceFile: (path, version) => {
          const text = own.get(path);
          return text === undefined
            ? host.getSourceFile(path, version)
            : ts.createSourceFile(path, text, version, true);
        },
      },
    );
    const faults = [...own.keys()].flatMap((path) => {
      const source = program.getSourceFile(path);
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    });
    expect(faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))).toEqual([]);
  });

  it('says what to write, where', () => {
    expect(files.get('adapters/very-own-system/client.ts')).toContain('Write me: adapters/very-own-system/client.ts');
  });
});
