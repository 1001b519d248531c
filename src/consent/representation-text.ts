// A representation in plain Danish, as the citizen reads it, and in the words of the interface. Never a number.
import { copenhagenDay } from '../clock.ts';
import { type Kind, kinds } from '../model/kinds.ts';
import type { GuardianForm, RepresentationRow, RepresentationType } from '../store/representations.ts';
import { lastDay } from './consent-input.ts';
import { danishDay, domainNames, joined } from './consent-text.ts';

export interface Representation {
  readonly id: string;
  readonly version: number;
  readonly type: RepresentationType;
  readonly form?: GuardianForm;
  readonly name?: string;
  readonly domains?: readonly string[];
  readonly kinds?: readonly string[];
  readonly from: string;
  readonly to?: string;
  readonly ended: boolean;
  readonly recordedAt: string;
  readonly recordedBy: string;
  readonly recordedAs: RepresentationRow['recorded_as'];
  readonly evidence?: string;
  readonly text: string;
}

const roleText = (row: RepresentationRow): string => {
  if (row.type === 'custody') return 'som forældremyndighedsindehaver';
  if (row.type === 'powerOfAttorney') return 'med fuldmagt';
  return row.form === '7'
    ? 'sammen med dig, som samværge (værgemålsloven § 7)'
    : `som værge (værgemålsloven § ${row.form})`;
};

const scopeText = (row: RepresentationRow): string => {
  const what =
    row.kinds === null ? '' : `: ${joined(row.kinds.map((kind) => kinds[kind as Kind]?.meta()?.da ?? kind))}`;
  const where = row.domains === null ? '' : ` om ${joined(row.domains.map((one) => domainNames[one] ?? one))}`;
  return what === '' && where === '' ? '' : `${where}${what}`;
};

const representationText = (row: RepresentationRow, name: string | undefined): string => {
  const period = `fra ${danishDay(copenhagenDay(row.valid_from))}${
    row.valid_to === null ? '' : ` til og med ${danishDay(lastDay(row.valid_to))}`
  }`;
  const said = `${name ?? 'En person'} kan handle for dig ${roleText(row)}${scopeText(row)}, ${period}.`;
  return row.ended ? `${said} Det er afsluttet.` : said;
};

export const presentRepresentation = (row: RepresentationRow, name: string | undefined): Representation => ({
  id: row.id,
  version: row.version,
  type: row.type,
  ...(row.form === null ? {} : { form: row.form }),
  ...(name === undefined ? {} : { name }),
  ...(row.domains === null ? {} : { domains: row.domains }),
  ...(row.kinds === null ? {} : { kinds: row.kinds }),
  from: copenhagenDay(row.valid_from),
  ...(row.valid_to === null ? {} : { to: lastDay(row.valid_to) }),
  ended: row.ended,
  recordedAt: row.recorded_at.toISOString(),
  recordedBy: row.recorded_by,
  recordedAs: row.recorded_as,
  ...(row.evidence === null ? {} : { evidence: row.evidence }),
  text: representationText(row, name),
});
