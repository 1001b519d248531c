// Conversions: what they read, and that what they cannot read is undefined, never a guess.
import { describe, expect, it } from 'vitest';
import { conversions } from './conversions.ts';

const convert = (name: string, value: string | number | boolean) => conversions.get(name)?.convert(value);

describe('conversions', () => {
  it.each([
    ['dk-date', '01-02-2026', '2026-02-01'],
    ['dk-date', '1.2.2026', '2026-02-01'],
    ['dk-date', '31/12/2026', '2026-12-31'],
    ['dk-date', '29-02-2024', '2024-02-29'],
    ['dk-date', '29-02-2026', undefined],
    ['dk-date', '31-04-2026', undefined],
    ['dk-date', '00-01-2026', undefined],
    ['dk-date', '2026-02-01', undefined],
    ['dk-date', '01-02-26', undefined],
    ['dk-date', '05-06-2026 00:00:00', '2026-06-05'],
    ['iso-date', '2026-02-01', '2026-02-01'],
    ['iso-date', '2026-02-30', undefined],
    ['iso-date', '2026-09-03T22:00:00.000Z', '2026-09-04'],
    ['iso-date', '2026-01-03T22:59:59Z', '2026-01-03'],
    ['iso-date', '2026-01-03T23:00:00Z', '2026-01-04'],
    ['iso-date', '2024-03-18T11:53:12.000+0000', '2024-03-18'],
    ['iso-date', '2026-02-01T23:30:00', '2026-02-01'],
    ['iso-date', 'yesterday', undefined],
    ['dk-datetime', '01-02-2026 14:30', '2026-02-01T13:30:00Z'],
    ['dk-datetime', '01-07-2026 14:30:15', '2026-07-01T12:30:15Z'],
    ['dk-datetime', '01-07-2026', '2026-06-30T22:00:00Z'],
    ['dk-datetime', '01-07-2026 24:30', undefined],
    ['instant', '2026-07-01T12:00:00Z', '2026-07-01T12:00:00Z'],
    ['instant', '2026-07-01T12:00:00.500+02:00', '2026-07-01T10:00:00.500Z'],
    ['instant', '2026-07-01T12:00:00+0200', '2026-07-01T10:00:00Z'],
    ['instant', '2026-07-01T12:00Z', '2026-07-01T12:00:00Z'],
    ['instant', '2026-07-01', '2026-06-30T22:00:00Z'],
    ['instant', '2026-01-01T08:00:00', '2026-01-01T07:00:00Z'],
    ['instant', '2026-02-31T10:00:00Z', undefined],
    ['instant', '2026-02-01T24:00:00Z', undefined],
    ['decimal-comma', '7,5', 7.5],
    ['decimal-comma', '1.234,50', 1234.5],
    ['decimal-comma', '-3', -3],
    ['decimal-comma', '7,5 timer', undefined],
    ['number', '7.5', 7.5],
    ['number', 7, 7],
    ['number', '7,5', undefined],
    ['number', 'Infinity', undefined],
    ['boolean', 'Ja', true],
    ['boolean', false, false],
    ['boolean', 1, true],
    ['boolean', 'måske', undefined],
    ['pad-cpr', '101011234', '0101011234'],
    ['pad-cpr', '010101-1234', '0101011234'],
    ['pad-cpr', '12345', undefined],
    ['fhir-id', 'Patient/123', '123'],
    ['fhir-id', 'http://x.dk/fhir/Patient/a-1/_history/2', 'a-1'],
    ['fhir-id', 'urn:uuid:909e720e-3edb-45b9-aeb2-655a97861f7c', '909e720e-3edb-45b9-aeb2-655a97861f7c'],
    ['fhir-id', '#contained', undefined],
    ['fhir-id', 'Patient?identifier=x|y', undefined],
    ['lines', ' a\n  b\tc ', 'a b c'],
    ['strip-html', '<p>Mål &amp; <b>ønsker</b></p><script>x()</script><p>1&nbsp;&lt; 2</p>', 'Mål & ønsker\n1 < 2'],
  ])('%s of %j is %j', (name, value, expected) => expect(convert(name, value)).toBe(expected));

  it('reads the hour that comes twice in October, and the one that never comes in March', () => {
    expect(convert('dk-datetime', '25-10-2026 02:30')).toMatch(/^2026-10-25T0[01]:30:00Z$/);
    expect(convert('dk-datetime', '29-03-2026 02:30')).toMatch(/^2026-03-29T0[01]:30:00Z$/);
  });

  it('takes time by the length of a text, whatever is written in it', () => {
    const began = performance.now();
    for (const piece of ['<a', '<br', '<script>', '<script ', '</script ', '&#1', '/_history/', '1.', ' \n', '010101'])
      for (const name of conversions.keys()) convert(name, piece.repeat(200_000 / piece.length));
    expect(performance.now() - began).toBeLessThan(3000);
  });
});
