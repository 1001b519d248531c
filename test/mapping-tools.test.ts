// The workbench at the command line, without a hub: test shows what an example expected and got and which recorded records
// fail; coverage and diff run over recorded records and over the examples; one changed file stands for itself.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { registerMappings } from '../src/commands/mappings.ts';
import { asHubError } from '../src/errors.ts';

const root = join(import.meta.dirname, '..');
let home = '';
let draft = '';

/** The command as typed, in this process. */
const samspil = async (...args: readonly string[]): Promise<{ readonly code: number; readonly printed: string }> => {
  const program = new Command('samspil').option('--config <file>').option('--json').exitOverride();
  registerMappings(program);
  vi.stubEnv('SAMSPIL_DATA_DIR', home);
  vi.stubEnv('SAMSPIL_CONFIG', undefined);
  let printed = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += String(chunk);
    return true;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return { code: Number(process.exitCode ?? 0), printed };
  } catch (thrown) {
    return { code: 1, printed: `${printed}${asHubError(thrown).message}` };
  } finally {
    process.exitCode = undefined;
    write.mockRestore();
    vi.unstubAllEnvs();
  }
};

const change = (file: string, from: string | RegExp, to: string): string => {
  const path = join(draft, 'sensum', file);
  const text = readFileSync(path, 'utf8');
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${file} has nothing like that`);
  writeFileSync(path, changed);
  return path;
};

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'samspil-tools-'));
  draft = join(home, 'draft');
  mkdirSync(join(home, 'recorded'));
  cpSync(join(root, 'mappings/sensum'), join(draft, 'sensum'), { recursive: true });
  const indsats = (id: string, more: object) => ({
    key: id,
    body: { IndsatsId: id, SagId: '7', Indsats: 'Bostøtte til Ida', ...more },
  });
  writeFileSync(
    join(home, 'recorded', 'indsats.jsonl'),
    [
      indsats('indsats-1', { IndsatsStatus: 'Igangsat', Nyt: '1' }),
      indsats('indsats-2', { IndsatsStatus: 'Hej', Indsats: '', Tilbud: '' }),
    ]
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(''),
  );
});
afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

it('shows the misses of an example field by field, and ends with 1', async () => {
  expect(await samspil('mappings', 'test', 'sensum')).toMatchObject({
    code: 0,
    printed: expect.stringMatching(/^sensum: \d+ examples\.\n$/),
  });
  change(
    'indsats.yaml',
    'expect: { title: Ledsagelse, status: unknown }',
    'expect: { title: Ledsagelse, status: active }',
  );
  const { code, printed } = await samspil('mappings', 'test', 'sensum', '--folder', draft);
  expect(code).toBe(1);
  expect(printed).toContain(
    'sensum/indsats.yaml: "an unknown status and an unreadable date keep the record and say so"',
  );
  expect(printed).toContain('      status\n        - "active"\n        + "unknown"\n');
  change('indsats.yaml', 'status: active }\n    absent', 'status: unknown }\n    absent');
});

it('tells which recorded records cannot be mapped, by cause, without their values', async () => {
  const { code, printed } = await samspil('mappings', 'test', 'sensum', '--fixtures', join(home, 'recorded'));
  expect(code).toBe(1);
  expect(printed).toContain('1 of 2 recorded records mapped');
  expect(printed).toContain('indsats: 1 records title/missing at title (…s-2)');
  expect(printed).not.toContain('Ida');
});

it('covers recorded records, or the examples', async () => {
  const recorded = await samspil('mappings', 'coverage', 'sensum', '--fixtures', join(home, 'recorded'), '--json');
  expect(recorded.code).toBe(0);
  const kinds = JSON.parse(recorded.printed) as { kind: string; paths: { path: string; state: string }[] }[];
  const paths = new Map(kinds.find((one) => one.kind === 'indsats')?.paths.map(({ path, state }) => [path, state]));
  expect(paths.get('Indsats')).toBe('used');
  expect(paths.get('Tilbud')).toBe('never seen');
  expect(recorded.printed).not.toContain('Ida');
  const examples = await samspil('mappings', 'coverage', 'sensum');
  expect(examples.printed).toContain('sensum.indsats: ');
});

it('tells what the feed would say differently; one changed file stands for itself', async () => {
  const same = await samspil('mappings', 'diff', 'sensum', '--against', draft, '--fixtures', join(home, 'recorded'));
  expect(same.printed).toContain('The feed would say exactly the same.');
  const file = change('indsats.yaml', /^key: IndsatsId$/m, 'key: IndsatsId\nsensitivity: { value: sensitive }');
  change('indsats.yaml', /version: \d+/, 'version: 99');
  for (const which of [['sensum', '--against', draft], [file]] as const) {
    const { code, printed } = await samspil(
      'mappings',
      'diff',
      ...which,
      '--fixtures',
      join(home, 'recorded'),
      '--json',
    );
    expect(code, printed).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({
      records: 2,
      empty: false,
      visibility: [
        {
          entity: 'intervention',
          aspect: 'sensitivity',
          before: 'normal',
          after: 'sensitive',
          wider: false,
          records: 1,
        },
      ],
      entities: [{ entity: 'intervention', created: 0, removed: 0, changed: 1, late: 0, same: 0 }],
      fields: [],
    });
  }
  const shown = await samspil('mappings', 'diff', file);
  expect(shown.printed).toMatch(/WHO MAY SEE WHAT[\s\S]*fewer may see it/);
});

it('says what to do when there is nothing to compare', async () => {
  for (const args of [
    ['diff', 'sensum'],
    ['diff', 'nosuch', '--against', draft],
    ['coverage', 'nosuch'],
    ['diff', join(draft, 'sensum/no.yaml')],
  ]) {
    const { code, printed } = await samspil('mappings', ...args);
    expect(code, printed).toBe(1);
    expect(printed).toMatch(/There are no mappings|there are no mapping files/);
  }
  const gone = await samspil('mappings', 'test', 'sensum', '--fixtures', join(home, 'nowhere'));
  expect(gone.printed).toContain('there is no such folder');
});
