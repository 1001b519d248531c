// Fits one value to its target field or says which problem it has. A text longer than its field is cut visibly
// and reported; nothing else is bent to fit.
import type { Issue } from './result.ts';
import type { Target } from './target.ts';
import { cleanText, cutText } from './text.ts';

/** Tells the record's issues about a problem (`bad-date`), without the value. */
export type Report = (issues: Issue[], problem: string) => void;

const fitText = (text: string, max: number, cut: boolean, report: Report, issues: Issue[]): string | undefined => {
  const trimmed = cleanText(text);
  if (trimmed === '') return undefined;
  if (trimmed.length <= max) return trimmed;
  report(issues, 'too-long');
  return cut ? `${cutText(trimmed, max - 1)}…` : undefined;
};

const problemOf = { number: 'bad-number', boolean: 'bad-boolean', day: 'bad-date', instant: 'bad-date' } as const;

/** @returns undefined after reporting why, or silently when the value says nothing. */
export const accept = (target: Target, value: unknown, report: Report, issues: Issue[]): unknown => {
  switch (target.type) {
    case 'any':
      return value;
    case 'text':
      if (typeof value === 'string') return fitText(value, target.max, target.cut, report, issues);
      if (typeof value === 'number' || typeof value === 'boolean') return String(value);
      break;
    case 'enum':
      if (typeof value === 'string' && target.values.has(value)) return value;
      report(issues, 'unknown-code');
      return undefined;
    case 'coded':
    case 'object':
    case 'list':
      break;
    default:
      if (target.accepts(value)) return value;
      report(issues, target.type === 'number' && typeof value === 'number' ? 'out-of-range' : problemOf[target.type]);
      return undefined;
  }
  report(issues, 'unexpected-value');
  return undefined;
};
