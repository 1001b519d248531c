// Failsafe YAML: text stays text, and errors say where without saying what.
import { describe, expect, it } from 'vitest';
import { HubError } from '../errors.ts';
import { parseYaml, readYaml } from './yaml.ts';

const thrownBy = (act: () => unknown): HubError => {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof HubError) return thrown;
  }
  throw new Error('expected a HubError');
};

describe('parseYaml', () => {
  it('leaves keys and values as written', () => {
    expect(parseYaml('01: 007\nNO: no\nx: true\ny: 1.50\nz:', 'a.yaml')).toEqual({
      '01': '007',
      NO: 'no',
      x: 'true',
      y: '1.50',
      z: '',
    });
  });

  it('reads JSON scalars only where asked', () => {
    const text = 'a:\n  - given: { n: 7, z: 07, t: true, q: "7", 1: null }\n    expect: { n: 7 }';
    expect(parseYaml(text, 'a.yaml', { jsonAt: ['a', '*', 'given'] })).toEqual({
      a: [{ given: { n: 7, z: '07', t: true, q: '7', '1': null }, expect: { n: '7' } }],
    });
  });

  it('names file and line, not the content', () => {
    const error = thrownBy(() => parseYaml('a: 1\nb: [0101011234', 'm/x.yaml'));
    expect(error.code).toBe('config/invalid');
    expect(error.message).toMatch(/^m\/x\.yaml, line \d+: /);
    expect(error.message).not.toContain('0101011234');
  });

  it('refuses a name given twice', () => {
    expect(thrownBy(() => parseYaml('a: 1\na: 2', 'x.yaml')).message).toBe(
      'x.yaml, line 2: not valid YAML (duplicate key).',
    );
  });

  it('does not let aliases blow up', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(9)}]\nc: &c [${'*b,'.repeat(9)}]\nd: [${'*c,'.repeat(9)}]`;
    expect(thrownBy(() => parseYaml(bomb, 'x.yaml')).code).toBe('config/invalid');
  });

  it('says when a file is not there', () => {
    expect(thrownBy(() => readYaml('/nowhere/at/all.yaml')).message).toContain('/nowhere/at/all.yaml');
  });
});
