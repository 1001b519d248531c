// Trees of units, lists of statutes and readers of the generated histories.
import type { Sector } from '../../src/consent/actor.ts';
import type { RuleConfiguration } from '../../src/consent/apply.ts';
import type { PersonaId } from '../sandbox/personas.ts';
import type { Reader } from './history-acts.ts';

const unit = (id: string, parent?: string, type: 'unit' | 'organisation' = 'unit') => ({ id, name: id, type, parent });
const around = [
  unit('egevang', undefined, 'organisation'),
  unit('fonden-broen', undefined, 'organisation'),
  unit('broen-mentor', 'fonden-broen'),
];
const trees = [
  [...around, unit('jobcenter', 'egevang'), unit('social', 'egevang'), unit('sundhed', 'egevang')],
  [...around, unit('jobcenter', 'egevang'), unit('social', 'jobcenter'), unit('sundhed', 'jobcenter')],
  [...around, unit('social', 'egevang'), unit('jobcenter', 'social'), unit('sundhed')],
];
const askable = {
  id: 'law-a',
  title: 'Lov med fravalg',
  recipients: ['unit:social', 'consumer:borgerportal'],
  domains: ['employment'],
  upTo: 'confidential',
  optOut: true,
} as const;
const binding = { id: 'law-b', title: 'Lov', recipients: ['unit:sundhed'], upTo: 'normal', optOut: false } as const;
const laws = [[], [askable], [binding], [askable, { ...binding, recipients: ['role:mentor'] }]];

export const configuration = (tree: number, law: number): RuleConfiguration => ({
  units: trees[tree] ?? [],
  statutes: laws[law] ?? [],
  sources: [{ source: 'momentum', domain: 'employment', existenceShown: law === 2 }],
});

export const relativeNumber = '0303703333';
interface Reading {
  readonly persona: PersonaId;
  /** What the log does not know of them, and a question about them must say. */
  readonly sector: Sector;
  readonly said: { readonly domain?: string };
}
export const readerOf: Readonly<Record<Reader, Reading>> = {
  social: { persona: 'caseworker-social', sector: 'public', said: { domain: 'social' } },
  nurse: { persona: 'nurse-health', sector: 'public', said: { domain: 'health' } },
  provider: { persona: 'private-provider', sector: 'private', said: {} },
  system: { persona: 'consumer-system', sector: 'public', said: {} },
  citizen: { persona: 'citizen', sector: 'private', said: {} },
  relative: { persona: 'citizen', sector: 'private', said: {} },
};
