// Fits one value to its target field or says which problem it has. A text longer than its field is cut visibly
// and reported; nothing else is bent to fit.
import type { Target } from './target.ts';

/** Tells the record's issues about a problem (`bad-date`), without the value. */
export type Report = (problem: string) => void;

const fitText = (text: string, max: number, cut: boolean, report: Report): string | undefined => {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (trimmed.length <= max) return trimmed;
  report('too-long');
  return cut ? `${trimmed.slice(0, max - 1)}…` : undefined;
};

const problemOf = { number: 'bad-number', boolean: 'bad-boolean', day: 'bad-date', instant: 'bad-date' } as const;

/** @returns undefined after reporting why, or silently when the value says nothing. */
export const accept = (target: Target, value: unknown, report: Report): unknown => {
  switch (target.type) {
    case 'any':
      return value;
    case 'text':
      if (typeof value === 'string') return fitText(value, target.max, target.cut, report);
      if (typeof value === 'number' || typeof value === 'boolean') return String(value);
      break;
    case 'enum':
      if (typeof value === 'string' && target.values.has(value)) return value;
      report('unknown-code');
      return undefined;
    case 'coded':
    case 'object':
    case 'list':
      break;
    default:
      if (target.accepts(value)) return value;
      report(target.type === 'number' && typeof value === 'number' ? 'out-of-range' : problemOf[target.type]);
      return undefined;
  }
  report('unexpected-value');
  return undefined;
};
