// The one kind: a case as it stands now. Element names are the index's own; Virkning is resolved (effect.ts), roles have
// names (roles.ts). Loose, so that a new element is seen as drift and not as a failure.
import { z } from 'zod';
import type { Capabilities } from '../../src/adapter/contract.ts';

const text = z.string().optional();
const bounds = { Fra: text, Til: text };

const actor = z.looseObject({
  Rolle: z.string(),
  ReferenceID: text,
  Indeks: text,
  FuldtNavn: text,
  BrugervendtNoegle: text,
  'CVR-Nummer': text,
  ...bounds,
});
const topic = z.looseObject({
  Rolle: z.string(),
  ReferenceID: text,
  Indeks: text,
  BrugervendtNoegle: text,
  Klassetitel: text,
  Facettitel: text,
  ...bounds,
});

export const sag = z.looseObject({
  UUIDIdentifikator: z.string().min(1),
  /** The index's clock, and the source's. */
  StsTidspunkt: text,
  Tidspunkt: text,
  LivscyklusKode: text,
  Egenskaber: z
    .looseObject({
      BrugervendtNoegle: text,
      Sagsnummer: text,
      Titel: text,
      Beskrivelse: text,
      HjemmelSpecifikation: text,
      Kassationskode: text,
      PrincipielIndikator: text,
      AfleveretIndikator: text,
      OffentlighedUndtaget: z
        .looseObject({ TitelAlternativTekst: text, OffentlighedUndtagetHjemmelTekst: text })
        .optional(),
      ...bounds,
    })
    .optional(),
  Indeks: z
    .looseObject({
      Sagsstatus: text,
      Sagskategori: text,
      Foelsomhed: text,
      Lokation: text,
      OprettetTidspunkt: text,
      ...bounds,
    })
    .optional(),
  /** The most careful that is or will be in effect. */
  Foelsomhed: z.string(),
  Fremdrift: z.looseObject({ FremdriftStatusKode: text, ...bounds }).optional(),
  /** Every state that has begun. */
  Forloeb: z.array(z.looseObject({ FremdriftStatusKode: text, ...bounds })),
  /** The primary class's number, its group, and its title as the index has it. */
  Kle: z.string(),
  KleGruppe: z.string(),
  KleTitel: text,
  Sagsklasse: z.array(topic),
  Sagsaktoer: z.array(actor),
  /** People only, and nothing of them but the number. */
  Sagspart: z.array(z.looseObject({ Rolle: z.string(), Cpr: z.string() })).min(1),
  Master: z.looseObject({ ReferenceID: z.string(), SystemNavn: text }).optional(),
  /** Actors who alone may see the case, where it is limited to some. */
  Sikkerhedsprofil: z.array(z.string()),
});
export type Sag = z.infer<typeof sag>;

/**
 * Index clock, ISO with Z. `to` null: all after `from` has been given except what `from` will be asked for again. Else the
 * closed window from–to is being read: `first` cases of `total` have been given.
 */
export const checkpoint = z.strictObject({
  from: z.iso.datetime().nullable(),
  to: z.iso.datetime().nullable(),
  first: z.int().min(0),
  total: z.int().min(0).nullable(),
});
export type Checkpoint = z.infer<typeof checkpoint>;

export const kinds = {
  sag: {
    title: 'Sager',
    body: sag,
    checkpoint,
    // A case that is removed from the index is in no answer afterwards: the weekly complete pull finds it.
    capabilities: { mode: 'incremental', deletes: 'unseen' } as const satisfies Capabilities,
  },
} as const;
export type Sf1470Kinds = typeof kinds;
