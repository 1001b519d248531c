// Nobody is sent elsewhere: what comes back is a path of ours, whatever was asked for.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ownPath } from './own-path.ts';

it('keeps a path of ours with its query', () => {
  for (const path of ['/', '/admin/sources/nexus?day=2026-11-22', '/citizens/a/plan', '/admin?q=%C3%A6'])
    expect(ownPath(path)).toBe(path);
});

it.each([
  'https://elsewhere.example/x',
  '//elsewhere.example/x',
  '/\\elsewhere.example',
  '/\t/elsewhere.example',
  '/a/..//elsewhere.example',
  '/sign-out',
  '/sign-in?to=/',
  'admin',
  undefined,
  ['/admin'],
])('leads to the front page instead of %j', (wanted) => expect(ownPath(wanted)).toBe('/'));

it('never leaves the host', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('/', '\\', '.', '@', ':', '\t', '\n', 'a', '?', '#', '%2f') }),
      (rest) => {
        const url = new URL(ownPath(`/${rest}`), 'https://hub.example');
        expect(url.origin).toBe('https://hub.example');
      },
    ),
    { numRuns: 500 },
  );
});
