// Code table skeletons from observed values: a status is guessed from its word, everything else keeps its own.
import type { Status } from '../model/values.ts';
import { scalar } from './yaml-text.ts';

const words: readonly (readonly [Status, RegExp])[] = [
  ['cancelled', /(annul|cancel|aflys|fejl|slet|delet|afvis|afslag|reject|revok|void|tilbagekald)/i],
  ['completed', /(afslut|slut|complet|finish|lukk?et|closed|done|udført|ophør|gennemført|ended)/i],
  ['onHold', /(pause|bero|hold|suspen)/i],
  ['active', /(aktiv|activ|i ?gang|åben|aaben|open|løbende|progress|behandl|current|bevilget)/i],
  ['planned', /(plan|komm|ny\b|new|draft|kladde|propos|opret|afvent|booked|future)/i],
];

export const guessStatus = (value: string): Status => words.find(([, form]) => form.test(value))?.[0] ?? 'unknown';

export interface TableOptions {
  readonly name: string;
  readonly system: string;
  readonly path: string;
  readonly values: readonly string[];
  readonly target: 'status' | 'coded';
  readonly today: string;
}

export const codeTable = ({ name, system, path, values, target, today }: TableOptions): string =>
  [
    `table: ${name}`,
    'source: a sample; the vendor’s own list is not known yet',
    `date: ${today}`,
    `system: ${scalar(`urn:${system}:${path.replace(/[^\p{L}\d_-]+/gu, '-')}`)}`,
    `target: ${target}`,
    'codes:',
    ...values.map((value) => {
      const means = target === 'status' ? guessStatus(value) : scalar(value);
      const doubt = target === 'coded' ? 'a Danish word for readers' : 'is that what it means?';
      return `  ${JSON.stringify(value)}: ${means} # DECIDE: ${doubt}`;
    }),
    '',
  ].join('\n');
