// Whatever JSON comes in: no exception, every draft valid against its kind's schema or an issue that rejects, no value
// of the record in an issue, and the same answer twice.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Kind } from '../model/kinds.ts';
import { entities } from '../model/told-consent.ts';
import { compileUnknownFields } from './drift.ts';
import { mappingOf } from './testing.ts';

const header = (to: Kind, more = ''): string => `
mapping: x.k
to: ${to}
version: 1
key: a
subject: [{ cpr: "a[]" }, { via: k2, key: { from: [b, "c[].a"] } }]
${more}
fields:
`;

const mappings: Readonly<Record<string, string>> = {
  intervention: `${header(
    'intervention',
    `when: { path: a, present: true }
links: { plan: { from: "b[]", kind: k2 }, goal: [{ from: c, kind: k3, part: d }] }
journal: { template: "x/{a}/{b}" }
unit: a
named: ["d[]", b]
sensitivity: c
updatedAt: { from: d, as: instant }
withheld: { path: "a[].b", in: ["1"] }`,
  )}
  title: { from: [a, "b[].c"] }
  type: { value: service }
  status: { from: ["c[]", c], codes: status }
  legalBasis: { from: "b[]", list: true }
  provider: { from: c, codes: coded, else: keep }
  hoursPerWeek: { from: d, as: decimal-comma }
  period: { start: { from: a, as: dk-date }, end: { from: b, as: iso-date } }
  grantedAt: { from: d, as: iso-date }
  followUpAt: d
  endReason: { call: join-lines, with: [a, { from: b, as: strip-html }, "c[]"] }`,
  appointment: `${header('appointment')}
  title: { from: [a, "b[].c", c] }
  organiser: { call: human-name, with: [a] }
  location: { call: address-line, with: ["c[]"] }
  start: { from: [b, d], as: instant }
  end: { from: c, as: dk-datetime }
  status: { from: c, codes: status }
  format: a
  allDay: { from: d, as: boolean }
  agenda: "c[].d"
  participants: { each: "d[]", name: { from: [., a] }, role: b }`,
  contact: `${header('contact', 'each: "c[]"\npart: { from: a }\nprotected: { path: ^b, present: true }')}
  name: { value: Ukendt }
  organisation: { from: [a, b, .] }
  role: { from: [code, a, b, .], codes: coded, else: keep }
  professional: { value: "false" }
  period: { start: { from: ^d, as: iso-date } }`,
  statusEntry: `${header('statusEntry')}
  at: { from: [a, "b[]"], as: iso-date }
  type: { value: status }
  measure: { scale: { value: FSIII }, value: { from: c, as: number }, label: d }`,
  citizen: `${header('citizen', 'numbers: { previous: "a[]", current: b }')}
  name: { call: human-name, with: ["c[]"] }
  gender: a
  birthDate: b
  municipality: { from: "c[]", codes: coded }
  protection: { name: { from: d, as: boolean }, address: { from: c, as: boolean } }`,
};

const texts = fc.oneof(
  fc.constantFrom(
    '1',
    '2',
    'a',
    'true',
    'ja',
    ' ',
    '01-02-2026',
    '31-02-2026',
    '2026-02-01',
    '2026-02-01T10:00:00Z',
    '7,5',
  ),
  fc.constantFrom(
    '0001-01-01T00:00:00+14:00',
    '9999-12-31T23:59:59-14:00',
    '0000-02-29',
    '31-12-9999 23:59',
    '0101011234',
  ),
  fc.constantFrom('x'.repeat(501), '\u0000', '\ud800', '__proto__', 'confidential', 'phone', 'female'),
  fc.string({ unit: 'binary' }),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof({ maxDepth: 4 }, texts, fc.double(), fc.boolean(), fc.constant(null), tie('list'), tie('object')),
  list: fc.array(tie('tree'), { maxLength: 5 }),
  object: fc.dictionary(
    fc.constantFrom('a', 'b', 'c', 'd', 'code', 'system', 'display', 'given', 'family', 'text'),
    tie('tree'),
  ),
}));
const bodies = fc.oneof(
  fc.record({ a: fc.oneof(texts, tree), b: fc.oneof(texts, tree), c: tree, d: tree }),
  tree,
  fc.jsonValue(),
);

describe.each(Object.keys(mappings))('%s', (name) => {
  const mapping = mappingOf(mappings[name] ?? '');
  const unknown = compileUnknownFields(mapping);

  it('never throws and never makes an invalid record', () => {
    let made = 0;
    fc.assert(
      fc.property(bodies, (body) => {
        const { drafts, issues } = mapping.map(body);
        made += drafts.length;
        for (const draft of drafts) {
          expect(entities[draft.entity].safeParse(draft.fields).success).toBe(true);
          expect(JSON.stringify(draft.fields)).not.toMatch(/\\u0000|\\ud[89a-f]/);
        }
        if (issues.some((issue) => issue.reject)) expect(drafts).toEqual([]);
        for (const issue of issues) expect(issue.code).toMatch(/^([a-zA-Z]+[./])+[a-z-]+$/);
        expect(issues.map((issue) => issue.code).filter((code) => code.endsWith('/invalid'))).toEqual([]);
        expect(mapping.map(body)).toEqual({ drafts, issues });
        for (const subject of mapping.subjects(body))
          expect(Object.values(subject).every((text) => text !== '')).toBe(true);
        mapping.numbers(body);
        unknown(body);
      }),
      { numRuns: 1_500 },
    );
    expect(made).toBeGreaterThan(0);
  });
});
