// Secrets as files: read, trimmed, never doubled, and never shown when something is wrong.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withSecretFiles } from './environment.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'samspil-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (content: string): string => {
  const path = join(folder, 'secret');
  writeFileSync(path, content);
  return path;
};

it('reads NAME from NAME_FILE and leaves the rest alone', () => {
  expect(
    withSecretFiles({ PGPASSWORD_FILE: file('hush\n'), PORT: '8080', SAMSPIL_KEYS_FILE: '/keys', GONE: undefined }),
  ).toEqual({
    PGPASSWORD: 'hush',
    PORT: '8080',
    SAMSPIL_KEYS_FILE: '/keys',
  });
});

it('refuses a name given twice', () => {
  expect(() => withSecretFiles({ PGPASSWORD: 'a', PGPASSWORD_FILE: file('b') })).toThrow(
    expect.objectContaining({ code: 'config/invalid' }),
  );
});

it.each(['', '  \n'])('refuses an empty file', (content) => {
  expect(() => withSecretFiles({ DATABASE_URL_FILE: file(content) })).toThrow(
    expect.objectContaining({ code: 'config/missing-secret' }),
  );
});

it('refuses a file that is not there', () => {
  expect(() => withSecretFiles({ DATABASE_URL_FILE: join(folder, 'none') })).toThrow(
    expect.objectContaining({
      code: 'config/missing-secret',
      message: expect.stringContaining('DATABASE_URL_FILE') as string,
    }),
  );
});
