// The commands of a source in a folder of its own, as somebody who wires a system in uses them: no database, no keys. They
// run in this process, so that many of them take no time; what they print is caught.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { vi } from 'vitest';
import { registerSource } from '../../src/commands/source.ts';
import { asHubError } from '../../src/errors.ts';

export interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Workplace {
  readonly folder: string;
  /** `@` at the beginning of a word stands for the folder. */
  run(...words: string[]): Promise<Told>;
  write(name: string, text: string | Buffer): Promise<void>;
  /** Every file below, in one text. */
  everything(below: string): Promise<string>;
  close(): Promise<void>;
}

const caught = async (words: readonly string[]): Promise<Told> => {
  const texts = { out: '', err: '' };
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    texts.out += String(text);
    return true;
  });
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    texts.err += String(text);
    return true;
  });
  let code = 0;
  try {
    const program = new Command().option('--config <file>').option('--json').exitOverride();
    registerSource(program);
    await program.parseAsync([...words], { from: 'user' });
    code = Number(process.exitCode ?? 0);
  } catch (thrown) {
    const { message, hint = '' } = asHubError(thrown);
    texts.err += `${message}\n${hint}`;
    code = 1;
  } finally {
    process.exitCode = 0;
    out.mockRestore();
    err.mockRestore();
  }
  return { code, ...texts };
};

export const openWorkplace = async (sources: object = {}, more: object = {}): Promise<Workplace> => {
  const folder = await mkdtemp(join(tmpdir(), 'kit-'));
  const asText = (_: string, value: unknown): unknown => (typeof value === 'number' ? String(value) : value);
  const hub = {
    municipality: { code: '0999', name: 'Egevang' },
    enrolmentBases: [{ code: 'lab-40-3', title: 'LAB' }],
    sources,
    ...more,
  };
  await writeFile(join(folder, 'samspil.yaml'), JSON.stringify(hub, asText));
  return {
    folder,
    run: (...words) =>
      caught([...words.map((word) => word.replace(/^@/, `${folder}/`)), '--config', join(folder, 'samspil.yaml')]),
    write: (name, content) => writeFile(join(folder, name), content),
    everything: async (below) => {
      const names = await readdir(join(folder, below), { recursive: true, withFileTypes: true });
      const files = names.filter((one) => one.isFile());
      return (await Promise.all(files.map((one) => readFile(join(one.parentPath, one.name), 'utf8')))).join('\n');
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
};
