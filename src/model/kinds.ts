// Every record kind of the citizen plan: its own fields, with Danish names. Strict objects, so nothing undeclared
// can be stored or sent. What every record carries besides (id, kind, domain, source …) is in record.ts.
import { z } from 'zod';
import { coded, day, instant, line, period, status, text, unitAndPerson } from './values.ts';

const address = line.meta({ da: 'adresse', reveals: 'address' });

export const citizen = z
  .strictObject({
    name: line.meta({ da: 'navn', reveals: 'name' }).optional(),
    birthDate: day.meta({ da: 'fødselsdato' }).optional(),
    gender: z.enum(['female', 'male', 'other', 'unknown']).meta({ da: 'køn' }).optional(),
    address: address.optional(),
    municipality: coded.meta({ da: 'bopælskommune' }).optional(),
    protection: z
      .strictObject({ name: z.boolean(), address: z.boolean(), until: day.optional() })
      .meta({ da: 'navne- og adressebeskyttelse' })
      .optional(),
  })
  .meta({ da: 'borger' });

export const plan = z
  .strictObject({
    type: coded.meta({ da: 'plantype' }),
    title: line.meta({ da: 'titel' }),
    status,
    purpose: text.meta({ da: 'formål' }).optional(),
    legalBasis: z.array(line).max(50).meta({ da: 'lovgrundlag' }).optional(),
    period: period.meta({ da: 'periode' }).optional(),
    expectedDuration: line.meta({ da: 'forventet varighed' }).optional(),
    specialMatters: text.meta({ da: 'særlige forhold' }).optional(),
    responsible: unitAndPerson.meta({ da: 'ansvarlig' }).optional(),
  })
  .meta({ da: 'plan' });

export const goal = z
  .strictObject({
    category: z.enum(['wish', 'purpose', 'goal', 'subGoal']).meta({ da: 'målkategori' }),
    text: text.meta({ da: 'beskrivelse' }),
    status,
    type: z.enum(['develop', 'maintain', 'limitLoss']).meta({ da: 'måltype' }).optional(),
    main: z.boolean().meta({ da: 'hovedmål' }).optional(),
    period: period.meta({ da: 'periode' }).optional(),
    responsible: unitAndPerson.meta({ da: 'ansvarlig' }).optional(),
  })
  .meta({ da: 'mål' });

export const intervention = z
  .strictObject({
    type: z.enum(['intervention', 'service', 'benefit', 'activity']).meta({ da: 'art' }),
    title: line.meta({ da: 'titel' }),
    status,
    legalBasis: z.array(line).max(50).meta({ da: 'lovgrundlag' }).optional(),
    provider: line.meta({ da: 'udfører' }).optional(),
    hoursPerWeek: z.number().min(0).max(168).meta({ da: 'timer per uge' }).optional(),
    period: period.meta({ da: 'periode' }).optional(),
    grantedAt: day.meta({ da: 'bevillingsdato' }).optional(),
    followUpAt: day.meta({ da: 'opfølgningsdato' }).optional(),
    endReason: text.meta({ da: 'ophørsårsag' }).optional(),
  })
  .meta({ da: 'indsats' });

export const contact = z
  .strictObject({
    name: line.meta({ da: 'navn', reveals: 'name' }),
    role: coded.meta({ da: 'rolle' }),
    professional: z.boolean().meta({ da: 'fagperson' }),
    organisation: line.meta({ da: 'organisation' }).optional(),
    unit: line.meta({ da: 'enhed' }).optional(),
    phone: line.meta({ da: 'telefon', reveals: 'address' }).optional(),
    email: line.meta({ da: 'e-mail', reveals: 'address' }).optional(),
    period: period.meta({ da: 'periode' }).optional(),
  })
  .meta({ da: 'kontakt' });

export const appointment = z
  .strictObject({
    title: line.meta({ da: 'titel' }),
    start: instant.meta({ da: 'start' }),
    status,
    end: instant.meta({ da: 'slut' }).optional(),
    allDay: z.boolean().meta({ da: 'hele dagen' }).optional(),
    type: coded.meta({ da: 'aftaletype' }).optional(),
    format: z.enum(['inPerson', 'phone', 'video', 'home']).meta({ da: 'mødeform' }).optional(),
    location: line.meta({ da: 'sted', reveals: 'address' }).optional(),
    organiser: line.meta({ da: 'indkalder' }).optional(),
    participants: z
      .array(z.strictObject({ name: line.meta({ reveals: 'name' }), role: line.optional() }))
      .max(200)
      .meta({ da: 'deltagere' })
      .optional(),
    agenda: z.array(line).max(100).meta({ da: 'dagsorden' }).optional(),
    rebookBy: instant.meta({ da: 'ombookingsfrist' }).optional(),
    cancelBy: instant.meta({ da: 'aflysningsfrist' }).optional(),
  })
  .meta({ da: 'aftale' });

export const statusEntry = z
  .strictObject({
    at: z.union([day, instant]).meta({ da: 'tidspunkt' }),
    type: z.enum(['status', 'progress', 'admission', 'decision', 'functionalLevel', 'supportNeed']).meta({ da: 'art' }),
    text: text.meta({ da: 'tekst' }).optional(),
    measure: z
      .strictObject({ scale: line, value: z.number(), label: line.optional() })
      .meta({ da: 'måling' })
      .optional(),
  })
  .meta({ da: 'statuspunkt' });

export const condition = z
  .strictObject({
    type: coded.meta({ da: 'målgruppe eller tilstand' }),
    text: text.meta({ da: 'beskrivelse' }).optional(),
    status,
    period: period.meta({ da: 'periode' }).optional(),
  })
  .meta({ da: 'tilstand' });

export const agreement = z
  .strictObject({
    text: text.meta({ da: 'aftaletekst' }),
    responsible: line.meta({ da: 'ansvarlig' }),
    status,
    priority: z.enum(['low', 'normal', 'high']).meta({ da: 'prioritet' }).optional(),
    followUpAt: day.meta({ da: 'opfølgningsdato' }).optional(),
  })
  .meta({ da: 'mødeaftale' });

export const journalReference = z
  .strictObject({
    title: line.meta({ da: 'titel' }),
    type: z.enum(['case', 'entry', 'document', 'plan']).meta({ da: 'art' }),
    number: line.meta({ da: 'nummer' }).optional(),
    date: day.meta({ da: 'dato' }).optional(),
  })
  .meta({ da: 'journalhenvisning' });

export const comment = z
  .strictObject({
    text: text.meta({ da: 'tekst' }),
    author: line.meta({ da: 'forfatter' }),
    at: instant.meta({ da: 'tidspunkt' }),
    version: z.int().min(1).meta({ da: 'version' }),
  })
  .meta({ da: 'kommentar' });

export const outcomes = ['open', 'accepted', 'declined', 'answered'] as const;

/** A provider's wish for a change in what the authority decided; it is decided in the source, not here. */
export const request = z
  .strictObject({
    what: text.meta({ da: 'ønsket ændring' }),
    why: text.meta({ da: 'begrundelse' }),
    dueAt: day.meta({ da: 'ønsket svarfrist' }).optional(),
    outcome: z.enum(outcomes).meta({ da: 'svarets art' }),
    answer: text.meta({ da: 'svar' }).optional(),
    answeredBy: line.meta({ da: 'besvaret af' }).optional(),
    answeredAt: instant.meta({ da: 'besvaret' }).optional(),
    author: line.meta({ da: 'forfatter' }),
    at: instant.meta({ da: 'tidspunkt' }),
    version: z.int().min(1).meta({ da: 'version' }),
  })
  .meta({ da: 'justeringsønske' });

const score = z.int().min(1).max(5);

/** How the citizen finds it goes, 1 (not at all) to 5 (entirely): theirs to share, grant by grant. */
export const rating = z
  .strictObject({
    influence: score.meta({ da: 'Jeg har indflydelse på min plan' }),
    cooperation: score.meta({ da: 'De fagfolk jeg møder arbejder sammen' }),
    direction: score.meta({ da: 'Det går den rigtige vej' }),
    comment: text.max(1000).meta({ da: 'kommentar' }).optional(),
    author: line.meta({ da: 'forfatter' }),
    at: instant.meta({ da: 'tidspunkt' }),
    version: z.int().min(1).meta({ da: 'version' }),
  })
  .meta({ da: 'oplevelsesvurdering' });

/** The kinds by name; the order is the order of the plan's lists. */
export const kinds = {
  citizen,
  plan,
  goal,
  intervention,
  contact,
  appointment,
  statusEntry,
  condition,
  agreement,
  journalReference,
  comment,
  request,
  rating,
} as const;

/** Kinds no source has: what is said in the hub itself. Agreements are said here and come from sources too. */
export const saidHere: readonly Kind[] = ['comment', 'request', 'rating'];

export type Kind = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as readonly Kind[];
export type Content<K extends Kind = Kind> = z.infer<(typeof kinds)[K]>;

/** The plan answer's list name of each kind that has one. */
export const planLists = {
  plan: 'plans',
  goal: 'goals',
  intervention: 'interventions',
  contact: 'contacts',
  appointment: 'appointments',
  statusEntry: 'statusEntries',
  condition: 'conditions',
  agreement: 'agreements',
  journalReference: 'journalReferences',
  comment: 'comments',
  request: 'requests',
  rating: 'ratings',
} as const satisfies Partial<Record<Kind, string>>;
export type ListedKind = keyof typeof planLists;
