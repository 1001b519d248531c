// What counts as a code: better to hide a code than to show a word somebody has written.
import { describe, expect, it } from 'vitest';
import { looksLikeCode } from './drift-codes.ts';

describe('looksLikeCode', () => {
  it.each([
    '1',
    '12',
    '99999',
    '12.05',
    'A7',
    'FFB12',
    'FORTROLIG_X',
    'IKKE_FORTROLIGE_DATA',
    'inProgress',
    '38e8b1f0-1f0c-4a43-8b1b-9d9a5a3b0f11',
  ])('shows %s', (text) => expect(looksLikeCode(text)).toBe('yes'));
  it.each(['Hansen', 'MADS', 'aktiv', 'Åse'])('shows %s only when two citizens have it', (text) =>
    expect(looksLikeCode(text)).toBe('perhaps'),
  );
  it.each([
    '070275-1238',
    '0702751238',
    '070275',
    '12345678',
    '12 34 56 78',
    'ANNE-MARIE',
    'Anne-Marie',
    'Hun er syg',
    'Egevej 7',
    'anna@example.dk',
    '',
  ])('never shows %s', (text) => expect(looksLikeCode(text)).toBe('no'));
});
