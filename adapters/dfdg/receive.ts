// Change notices (WSB webservicebeskeder): body-less, so all they say is whom to ask about. Those that name no citizen, or
// an entity no kind is made of, are left out: nobody can be asked about them.
import type { Delivery, Notice, Receipt } from '../../src/adapter/contract.ts';
import { parseXml } from '../../src/adapter/xml.ts';
import { HubError } from '../../src/errors.ts';
import { isRow, type Row } from './client.ts';
import type { DfdgConfig } from './config.ts';

const changes = { '1': 'created', '2': 'updated', '3': 'deleted' } as const satisfies Record<string, Notice['change']>;

const invalid = (path: string, message: string): HubError =>
  new HubError({ code: 'request/invalid', fault: 'config', message, path });

const parsed = (body: string): unknown => {
  try {
    return body.trimStart().startsWith('<') ? parseXml(body) : (JSON.parse(body) as unknown);
  } catch {
    throw invalid('body', 'The body is neither XML nor JSON that can be read.');
  }
};

/** Every object that has an EntitetNavn, however deep the envelope. */
const noticesIn = (value: unknown, depth = 0): readonly Row[] => {
  if (depth > 8) return [];
  if (Array.isArray(value)) return value.flatMap((one) => noticesIn(one, depth + 1));
  if (!isRow(value)) return [];
  return value['EntitetNavn'] === undefined
    ? Object.values(value).flatMap((one) => noticesIn(one, depth + 1))
    : [value];
};

const textOf = (row: Row, name: string): string => {
  const value = row[name];
  return typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
};

const noticeOf = (row: Row, { entities }: DfdgConfig): readonly Notice[] => {
  const change = changes[textOf(row, 'Aendringstype') as keyof typeof changes];
  if (change === undefined) throw invalid('Aendringstype', 'Must be 1, 2 or 3.');
  const key = textOf(row, 'EntitetId');
  if (key === '') throw invalid('EntitetId', 'Is missing.');
  const name = textOf(row, 'EntitetNavn');
  const kind = Object.hasOwn(entities, name) ? entities[name] : undefined;
  // 1: EksternIdentifier is the citizen's number.
  if (kind === undefined || textOf(row, 'IdentifikationstypeId') !== '1') return [];
  const cpr = textOf(row, 'EksternIdentifier').replace('-', '');
  if (!/^\d{10}$/.test(cpr)) throw invalid('EksternIdentifier', 'Must be a number of ten digits.');
  return [{ kind, key, change, cprs: [cpr] }];
};

export const receiveNotices = ({ body }: Delivery, config: DfdgConfig): Receipt => {
  const rows = noticesIn(parsed(body));
  if (rows.length === 0) throw invalid('EntitetNavn', 'There is no notice.');
  return { notices: rows.flatMap((row) => noticeOf(row, config)) };
};
