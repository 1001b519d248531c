// What a hub may be told about signing in, and what it refuses to start with.
import { describe, expect, it } from 'vitest';
import { dashboard } from './sign-in.ts';

const signIn = { issuer: 'https://login.egevang.example', clientId: 'samspil', clientSecret: 'x' };
const faults = (config: object): readonly string[] =>
  dashboard.safeParse(config).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

describe('signing in', () => {
  it('has sensible ends, and may be left out', () => {
    expect(dashboard.parse({})).toEqual({ sessionLength: 8 * 3_600_000, idle: 1_800_000 });
    expect(dashboard.parse({ signIn }).signIn?.scopes).toEqual(['openid', 'profile']);
  });

  it.each([
    ['an address in the clear', { publicUrl: 'http://samspil.egevang.example' }, /publicUrl: an https address/],
    ['an address with a path', { publicUrl: 'https://egevang.example/samspil' }, /publicUrl: .*without a path/],
    ['a provider in the clear', { signIn: { ...signIn, issuer: 'http://login.example' } }, /issuer: an https address/],
    ['neither secret nor key', { signIn: { ...signIn, clientSecret: undefined } }, /either clientSecret or privateKey/],
    ['a key that is none', { signIn: { ...signIn, privateKey: 'abc' } }, /privateKey: a PKCS#8 key/],
    ['no openid', { signIn: { ...signIn, scopes: ['profile'] } }, /scopes: openid/],
    ['idle beyond the end', { idle: '9h' }, /idle: is not longer/],
  ])('refuses %s', (_, config, fault) => {
    expect(faults(config).join()).toMatch(fault);
  });

  it('takes this machine in the clear', () => {
    expect(faults({ publicUrl: 'http://localhost:8080', signIn: { ...signIn, issuer: 'http://127.0.0.1:9' } })).toEqual(
      [],
    );
  });
});
