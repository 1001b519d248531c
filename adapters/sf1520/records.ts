// The one kind: what the CPR register says of one person. Loose objects, named as the interface names them; only the
// number is required, every other element may be missing.
import { z } from 'zod';
import type { Kinds } from '../../src/adapter/contract.ts';

const text = z.string().optional();
const some = (...names: readonly string[]) => z.looseObject(Object.fromEntries(names.map((name) => [name, text])));
const date = z.looseObject({ dato: text, usikkerhedsmarkering: text }).optional();
const listOf = <T extends z.ZodType>(one: T) => z.union([z.array(one), one]).optional();
const protection = some('startdato', 'slutdato', 'beskyttet').optional();
const relative = some('personnummer', 'navn').extend({ foedselsdato: date }).optional();

const persondata = z.looseObject({
  personnummer: z.string().regex(/^\d{10}$/),
  gaeldendePersonnummer: text,
  navn: some(
    'personadresseringsnavn',
    'fornavn',
    'mellemnavn',
    'efternavn',
    'fornavnMarkering',
    'mellemnavnMarkering',
    'efternavnMarkering',
  )
    .extend({ navnestartdato: date })
    .optional(),
  foedselsdato: date,
  foedselsregistreringsOplysninger: z.looseObject({}).optional(),
  startdato: date,
  slutdato: date,
  alder: text,
  koen: text,
  antalBoernUnder18: text,
  stilling: text,
  status: z.looseObject({ status: text, statusdato: date }).optional(),
  separation: z.looseObject({}).optional(),
  civilstand: z.looseObject({}).optional(),
  statsborgerskab: z.looseObject({}).optional(),
  umyndiggoerelse: some(
    'umyndiggorelseRelationType',
    'relationPersonnummer',
    'relationStartdato',
    'relationVaergenavn',
    'relationVaergeadresseStartdato',
    'umyndiggoerelseSlettedato',
    'umyndiggjort',
    'relationtekst1',
    'relationtekst2',
    'relationtekst3',
    'relationtekst4',
    'relationtekst5',
  )
    .extend({ umyndiggoerelseStartdato: date })
    .optional(),
  forsvindingsdato: date,
  adressebeskyttelse: protection,
  vejviserbeskyttelse: protection,
  markedsfoeringsbeskyttelse: protection,
  tilmeldtNemsms: text,
  tilmeldtDigitalpost: text,
});

const adresse = z.looseObject({
  aktuelAdresse: some(
    ...[
      'kommuneCvr',
      'kommunekode',
      'vejkode',
      'husnummer',
      'etage',
      'sidedoer',
      'bygningsnummer',
      'conavn',
      'lokalitet',
    ],
    ...[
      'bynavn',
      'postnummer',
      'postdistrikt',
      'vejnavn',
      'standardadresse',
      'adresseringsnavn',
      'vejadresseringsnavn',
    ],
  )
    .extend({ tilflytningsdato: date, distrikter: z.looseObject({}).optional() })
    .optional(),
  udrejseoplysninger: z.looseObject({}).optional(),
  kontaktAdresse: z.looseObject({}).optional(),
  adresseHistorik: listOf(z.looseObject({})),
});

const relationer = z.looseObject({
  aegtefaelle: relative,
  barn: listOf(z.looseObject({ personnummer: text })),
  mor: relative,
  far: relative,
  foraeldremyndighed: listOf(
    some('foraeldremyndighedtype', 'foraeldremyndighedSletdato', 'relationPersonnummer', 'relationStartdato').extend({
      foraeldremyndighedStartdato: date,
    }),
  ),
});

export const person = z.looseObject({
  /** The number that was asked for, where the register has another one now. */
  tidligerePersonnummer: text,
  persondata,
  adresse: adresse.optional(),
  relationer: relationer.optional(),
  notater: listOf(z.looseObject({})),
});

export const kinds = {
  person: {
    title: 'Personer i CPR',
    body: person,
    checkpoint: z.null(),
    capabilities: { mode: 'snapshot', deletes: 'absent' },
    crawl: true,
    keyIsCpr: true,
  },
} as const satisfies Kinds;
export type Sf1520Kinds = typeof kinds;
