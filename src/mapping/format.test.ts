// The file format: what is wrong is named with its place, and only that.
import { describe, expect, it } from 'vitest';
import { parseYaml } from '../config/yaml.ts';
import { mappingFormat } from './format.ts';
import { intervention } from './testing.ts';

const problems = (text: string): readonly string[] =>
  mappingFormat
    .safeParse(parseYaml(text, 'x.yaml'))
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

describe('mappingFormat', () => {
  it('takes the whole example of the architecture', () => {
    expect(
      problems(
        intervention('provider: { from: a, codes: b, else: keep, optional: true }', 'when: { path: t, in: [a] }'),
      ),
    ).toEqual([]);
  });

  it.each([
    ['provider: { from: a, esle: keep }', 'fields.provider: Unrecognized key: "esle"'],
    ['provider: { from: a, else: skip }', 'fields.provider.else: must be issue, reject or keep'],
    ['provider: { from: [] }', 'fields.provider.from: '],
    ['provider: { call: join-lines }', 'fields.provider.with: '],
    ['provider: [a, b]', 'fields.provider: must be a path or one of {from}, {value}, {call}, {each}, nested fields'],
    ['period: { start: { from: a, optional: maybe } }', 'fields.period.start.optional: must be true or false'],
    ['participants: { each: a, name: { from: b, esle: x } }', 'fields.participants.name: Unrecognized key'],
  ])('%s', (fields, message) => {
    const found = problems(intervention(fields));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });

  it.each([
    ['when: { path: t }', 'when: needs `path` and exactly one of `in`, `notIn`, `other`, `present`'],
    ['when: [{ path: t, in: [a], present: true }]', 'when.0: needs `path`'],
    ['links: { plan: PlanId }', 'links.plan: must be {from: path, kind: source kind}'],
    ['links: { plan: { from: a } }', 'links.plan.kind: '],
    ['links: { mother: { from: a, kind: k } }', 'links: Unrecognized key: "mother"'],
    ['journal: { url: x }', 'journal: must be {template} or {by'],
    ['sensitivty: a', ': Unrecognized key'],
    ['examples: [{ name: a, given: {} }]', 'examples.0.expect: '],
  ])('%s', (header, message) => expect(problems(intervention('', header)).join('\n')).toContain(message));

  it.each([
    ['to: intervention', 'to: interventoin', 'to: must be one of citizen, plan'],
    ['version: 3', 'version: "1.2"', 'version: must be a whole number from 1'],
    ['mapping: x.k', 'mapping: x', 'mapping: must be <system>.<source kind>'],
    [
      'subject: { via: sag, key: sagId }',
      'subject: { via: sag }',
      'subject: must be {via: kind, key: path} or {cpr: path}',
    ],
  ])('%s is not %s', (right, wrong, message) => {
    expect(problems(intervention('').replace(right, wrong)).join('\n')).toContain(message);
  });
});
