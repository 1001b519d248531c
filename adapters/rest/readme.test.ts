// The examples of README.md are what a stranger copies: every block is a configuration that is accepted, and the answer of
// the second example is read by the block that stands below it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseYaml } from '../../src/config/yaml.ts';
import { configuredKinds } from './records.ts';
import { pullOne, startSource } from './testing.fixture.ts';

const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
const blocks = (language: string): readonly string[] =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text]) => text ?? '');

interface System {
  readonly adapter?: string;
  readonly config?: { readonly kinds: Readonly<Record<string, object>> } & Readonly<Record<string, unknown>>;
}
const systems = blocks('yaml')
  .map((text) => parseYaml(text, 'README.md') as System)
  .filter(({ adapter }) => adapter === 'rest');

test('every kind of the examples is one', () => {
  expect(systems).toHaveLength(2);
  for (const { config } of systems)
    expect(Object.keys(configuredKinds(config?.kinds))).toEqual(Object.keys(config?.kinds ?? {}));
});

test('the second example reads its own answer', async () => {
  const [xml = ''] = blocks('xml');
  const single = xml.replace('1203', '1');
  const fixture = await startSource(() => ({ body: Buffer.from(single, 'latin1') }));
  try {
    const { kinds, ...config } = systems[1]?.config ?? { kinds: {} };
    const { records } = await pullOne({ ...config, baseUrl: fixture.url, kinds: { ting: kinds['bevilling'] } });
    expect(records).toEqual([
      { key: 'B-17', body: { '@nr': 'B-17', cpr: '0101701234', ydelse: 'Støttekontaktperson', fra: '01-02-2026' } },
    ]);
    expect(fixture.asked[0]?.url.search).toBe('?sorter=nr&start=0&antal=200');
  } finally {
    await fixture.close();
  }
});
