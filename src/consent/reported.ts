// Reported consents as they come in a file: rows of plain values, to be read in full before anything is written. Errors
// name the row and the field, never a value.
import { z } from 'zod';
import { HubError } from '../errors.ts';
import { parseNumber } from '../model/cpr.ts';
import { checkConsentInput, consentInput, invalid } from './consent-input.ts';
import type { Reported } from './proposals.ts';

const head = z.object({
  cpr: z.string(),
  reference: z.string().min(1).max(200),
  decision: z.enum(['grant', 'refuse', 'revoke']),
});
const lists = ['domains', 'kinds', 'purposes'] as const;

/** A cell of a table may be empty, and holds a list as words. */
const tidy = (row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(row)
      .map(([name, value]): [string, unknown] => {
        const text = typeof value === 'string' ? value.trim() : value;
        const words = lists.some((list) => list === name) && typeof text === 'string' && text !== '';
        return [name, words ? text.split(/[\s,|]+/) : text];
      })
      .filter(([, value]) => value !== '' && value !== undefined && value !== null),
  );

const readRow = (row: unknown, now: Date, purposes: readonly string[]): Reported => {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) throw invalid('row', 'An object with fields.');
  const tidied = tidy(row as Readonly<Record<string, unknown>>);
  const said = head.safeParse(tidied);
  if (!said.success)
    throw invalid(String(said.error.issues[0]?.path[0] ?? 'row'), 'The field is missing or not valid.');
  const number = parseNumber(said.data.cpr);
  if (number === undefined) throw invalid('cpr', 'Not a CPR number or a replacement of one.');
  const { reference } = said.data;
  const { cpr: _, reference: __, ...rest } = tidied;
  if (said.data.decision === 'revoke') return { number, reference, consent: undefined };
  checkConsentInput(rest, now, purposes);
  const consent = consentInput.parse(rest);
  if (consent.record !== undefined) throw invalid('record', 'Another system does not know the hub’s records.');
  return { number, reference, consent };
};

/** @throws HubError `request/invalid`: row and field. */
export const readReported = (rows: readonly unknown[], now: Date, purposes: readonly string[]): readonly Reported[] =>
  rows.map((row, n) => {
    try {
      return readRow(row, now, purposes);
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      throw new HubError({
        code: 'request/invalid',
        fault: 'config',
        message: `Row ${n + 1}, ${error.path ?? 'row'}: ${error.message}`,
        hint: 'Nothing was imported.',
      });
    }
  });
