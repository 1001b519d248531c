// KL's code systems go by several URIs in real data, and FSIII by old letter codes beside UUIDs: every shipped table that
// knows one of a system's URIs knows them all, and each of its codes means the same under each.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseYaml } from '../src/config/yaml.ts';
import { shippedMappings } from '../src/main.ts';
import { codeTableFormat, compileCodeTable } from '../src/mapping/codes.ts';

/** Names of one code system. The first two are both found in KL's published examples. */
const families = [
  [
    'urn:oid:1.2.208.176.2.22',
    'http://kl.dk/fhir/common/caresocial/CodeSystem/FFB',
    'http://fhir.kl.dk/term/CodeSystem/FFB',
  ],
  [
    'urn:oid:1.2.208.176.2.21',
    'http://kl.dk/fhir/common/caresocial/CodeSystem/FSIII',
    'http://fhir.kl.dk/term/CodeSystem/FSIII',
  ],
  [
    'http://fhir.kl.dk/term/CodeSystem/CareSocialCodes',
    'http://kl.dk/fhir/common/caresocial/CodeSystem/KLCommonCareSocialCodes',
  ],
] as const;

const folder = join(shippedMappings, 'codes');
const formats = readdirSync(folder).map((name) =>
  codeTableFormat.parse(parseYaml(readFileSync(join(folder, name), 'utf8'), name)),
);
const urisOf = (table: (typeof formats)[number]): readonly string[] => [table.system, ...table.aliases];
const isKl = (uri: string): boolean => families.some((family) => (family as readonly string[]).includes(uri));
const kl = formats.filter((table) => urisOf(table).some(isKl));
const letters = /^[A-Z]\d+(\.\d+)*$/;

it('there are tables of every KL code system, and none of KL’s own under a URI nobody listed', () => {
  for (const [first] of families) expect(kl.some((table) => urisOf(table).includes(first))).toBe(true);
  const unlisted = formats.filter(({ table }) => table.startsWith('kl-')).filter((table) => !kl.includes(table));
  expect(unlisted.map(({ table }) => table)).toEqual([]);
  const strange = kl.flatMap(urisOf).filter((uri) => /kl\.dk|1\.2\.208\.176\.2\./.test(uri) && !isKl(uri));
  expect(strange).toEqual([]);
});

describe.each(kl.map((table) => [table.table, table] as const))('%s', (_, format) => {
  const table = compileCodeTable(format);
  const uris = urisOf(format);

  it('knows its code systems under all of their URIs', () => {
    for (const family of families)
      if (family.some((uri) => uris.includes(uri))) expect(uris).toEqual(expect.arrayContaining([...family]));
  });

  it('reads every code alike under each of them', () => {
    expect(Object.keys(format.codes).length).toBeGreaterThan(0);
    for (const code of Object.keys(format.codes)) {
      const read = uris.map((system) => table.translate({ system, code }));
      expect(read[0], code).toBeDefined();
      for (const other of read) expect(other, code).toEqual(read[0]);
    }
  });

  it('takes no code of another system for its own', () => {
    const [code] = Object.keys(format.codes);
    expect(table.translate({ system: 'urn:oid:1.2.208.176.2.99', code })).toBeUndefined();
  });
});

it('says the same under FSIII’s old letter codes as under UUIDs', () => {
  const results = formats.find(({ table }) => table === 'kl-observation-result');
  if (results === undefined) throw new Error('the table is shipped');
  const meant = Object.entries(results.codes).map(([code, { display }]) => ({ code, display }));
  const words = new Set(meant.filter(({ code }) => !letters.test(code)).map(({ display }) => display));
  const old = meant.filter(({ code }) => /^[CDE]\d$/.test(code));
  expect(old.length).toBe(10);
  expect(old.filter(({ display }) => !words.has(display))).toEqual([]);
});
