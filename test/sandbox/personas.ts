// Who reads in the sandbox: one person of each sort, with units and organisations of config/units.yaml. The records of
// the three systems belong to units below jobcenter, social and sundhed, so each professional has an own journal.
// What a token says about them is the issuer's business; these are the facts.

export type PersonaKind = 'professional' | 'citizen' | 'representative' | 'consumer-system' | 'administrator' | 'dpo';

export interface Persona {
  readonly id: string;
  readonly kind: PersonaKind;
  readonly name: string;
  /** The id the source systems name them by, where they do (`named` on a record). */
  readonly person: string;
  readonly role: string;
  /** A citizen has neither organisation nor unit. */
  readonly organisation?: string;
  readonly unit?: string;
  readonly domain?: 'employment' | 'social' | 'health' | 'family';
  readonly sector: 'public' | 'private';
  /** NSIS. */
  readonly assurance: 'Substantial' | 'High';
  /** Registered consumer a system reads as. */
  readonly consumer?: string;
  readonly scopes: readonly string[];
}

const reader = ['plan.read', 'calendar.read'] as const;

export const personas = [
  {
    id: 'caseworker-employment',
    kind: 'professional',
    name: 'Hanne Toft',
    person: 'egevang-hato',
    role: 'caseworker',
    organisation: 'egevang',
    unit: 'jobcenter',
    domain: 'employment',
    sector: 'public',
    assurance: 'Substantial',
    scopes: [...reader, 'comments.write', 'consents.write', 'enrolments.write'],
  },
  {
    id: 'caseworker-social',
    kind: 'professional',
    name: 'Trine Krogh',
    person: 'egevang-trkr',
    role: 'caseworker',
    organisation: 'egevang',
    unit: 'social',
    domain: 'social',
    sector: 'public',
    assurance: 'Substantial',
    scopes: [...reader, 'comments.write', 'consents.write', 'enrolments.write'],
  },
  {
    id: 'nurse-health',
    kind: 'professional',
    name: 'Bente Winther',
    person: 'egevang-bewi',
    role: 'nurse',
    organisation: 'egevang',
    unit: 'sundhed',
    domain: 'health',
    sector: 'public',
    assurance: 'Substantial',
    scopes: [...reader, 'comments.write'],
  },
  {
    id: 'caseworker-family',
    kind: 'professional',
    name: 'Lone Dam',
    person: 'egevang-loda',
    role: 'caseworker',
    organisation: 'egevang',
    unit: 'boern',
    domain: 'family',
    sector: 'public',
    assurance: 'Substantial',
    scopes: [...reader, 'comments.write', 'consents.write', 'enrolments.write'],
  },
  {
    id: 'private-provider',
    kind: 'professional',
    name: 'Stine Brandt',
    person: 'broen-stbr',
    role: 'mentor',
    organisation: 'fonden-broen',
    unit: 'broen-mentor',
    sector: 'private',
    assurance: 'Substantial',
    scopes: [...reader, 'comments.write'],
  },
  {
    id: 'citizen',
    kind: 'citizen',
    name: 'Maja Sandkasse',
    person: 'citizen-maja',
    role: 'citizen',
    sector: 'private',
    assurance: 'Substantial',
    scopes: [...reader, 'comments.write', 'consents.write', 'enrolments.write', 'log.read'],
  },
  {
    // Somebody of the citizen's own: logs in as anybody does, and sees what the citizen has granted by name.
    id: 'network-person',
    kind: 'citizen',
    name: 'Kirsten Lund',
    person: 'citizen-kirsten-lund',
    role: 'citizen',
    sector: 'private',
    assurance: 'Substantial',
    scopes: [...reader, 'comments.write'],
  },
  {
    id: 'consumer-system',
    kind: 'consumer-system',
    name: 'Borgerportalen i Egevang',
    person: 'egevang-borgerportal',
    role: 'consumer-system',
    organisation: 'egevang-borgerportal',
    unit: 'egevang-borgerportal',
    sector: 'public',
    assurance: 'Substantial',
    consumer: 'borgerportal',
    scopes: [...reader, 'changes.read'],
  },
  {
    id: 'administrator',
    kind: 'administrator',
    name: 'Jens Dalgaard',
    person: 'egevang-jedal',
    role: 'administrator',
    organisation: 'egevang',
    unit: 'digitalisering',
    sector: 'public',
    assurance: 'High',
    scopes: ['admin', 'enrolments.write'],
  },
  {
    id: 'administrator-view',
    kind: 'administrator',
    name: 'Mette Sand',
    person: 'egevang-mesa',
    role: 'administrator',
    organisation: 'egevang',
    unit: 'digitalisering',
    sector: 'public',
    assurance: 'Substantial',
    scopes: ['admin.read'],
  },
  {
    id: 'dpo',
    kind: 'dpo',
    name: 'Marianne Juhl',
    person: 'egevang-majuh',
    role: 'dpo',
    organisation: 'egevang',
    unit: 'databeskyttelse',
    sector: 'public',
    assurance: 'High',
    scopes: ['log.read'],
  },
] as const satisfies readonly Persona[];

export type PersonaId = (typeof personas)[number]['id'];
export const personaOf = (id: string): Persona | undefined => personas.find((persona) => persona.id === id);
