// A password in an address is refused wherever one may stand, by field and fix, and never said again.
import { describe, expect, it } from 'vitest';
import { holdsUserinfo } from './address.ts';
import { parseConfig } from './load.ts';

const base = { municipality: { code: '0999', name: 'Egevang' }, enrolmentBases: [{ code: 'x', title: 'X' }] };
const source = { adapter: 'rest', title: 'X', domain: 'social' };
const faultOf = (config: object): string => {
  try {
    parseConfig({ ...base, sources: {}, ...config }, 'samspil.yaml');
    return '';
  } catch (thrown) {
    return (thrown as Error).message;
  }
};

describe('an address with a password', () => {
  const address = 'https://samspil:hemmeligt@kilde.example/api';
  it.each([
    ['sources.x.config.baseUrl', { sources: { x: { ...source, config: { baseUrl: address } } } }],
    ['sources.x.config.kinds.0.url', { sources: { x: { ...source, config: { kinds: [{ url: address }] } } } }],
    ['sources.x.journalBaseUrl', { sources: { x: { ...source, journalBaseUrl: address } } }],
    ['issuers.0.jwksUri', { issuers: [{ issuer: 'i', audience: 'a', jwksUri: address }] }],
    ['log.otlp.endpoint', { log: { otlp: { endpoint: address } } }],
  ])('at %s is refused', (path, config) => {
    const fault = faultOf(config);
    expect(fault).toContain(`${path}: a user name or password`);
    expect(fault).toContain('auth: {');
    expect(fault).not.toContain('hemmeligt');
  });
});

it('is told from one without', () => {
  for (const text of ['https://user@host', 'sftp://u:p@host/x', 'see http://a:@b', 'HTTPS://:p@host'])
    expect(holdsUserinfo(text), text).toBe(true);
  for (const text of [
    'https://host/@me',
    'https://host?to=a@b.example',
    'a@b.example',
    'https://host/#a@b',
    'user:p@host',
  ])
    expect(holdsUserinfo(text), text).toBe(false);
  expect(faultOf({ sources: { x: { ...source, config: { baseUrl: 'https://kilde.example' } } } })).toBe('');
});
