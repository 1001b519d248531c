// What the stub of Det Fælles Datagrundlag knows about a citizen, in the spelling of its domain services. Only the field
// names marked as published in adapters/dfdg/README.md are STAR's; the rest is assumed.

export interface Authority {
  readonly myndighed: { readonly organisationskode: string; readonly navn: string };
}

export interface Indkaldelse {
  readonly indkaldelseId: string;
  readonly bookingnummer: string;
  /** Instants. */
  readonly start: string;
  readonly slut: string;
  readonly moedetitel: string;
  readonly moedebeskrivelse?: string;
  readonly moedested?: string;
  readonly status: 'Booket' | 'Ombooket' | 'Afholdt' | 'Aflyst' | 'Udeblevet';
  readonly samtaletype?: 4 | 7 | 17;
  readonly moedeform: 'Fremmoede' | 'Telefon' | 'Video' | 'Hjemmebesoeg';
  readonly ombookingsfrist?: string;
  readonly aflysningsfrist?: string;
  readonly selvbooket: boolean;
  readonly myndighedsdeltagere: readonly { readonly navn: string; readonly rolle: string }[];
  readonly ansvarligMyndighed: Authority;
}

export interface Aktivitet {
  readonly aktivitetId: string;
  readonly minPlanId: string;
  readonly aktivitetsstamdata: {
    readonly aktiveringstypeId: number;
    readonly beskrivelse: string;
    readonly lokation?: string;
    readonly udbyder?: string;
  };
  readonly status: 'Planlagt' | 'Igangvaerende' | 'Afsluttet' | 'Afbrudt';
  /** Days. */
  readonly startdato: string;
  readonly slutdato?: string;
  readonly timerPrUge?: number;
  readonly minutterPrUge?: number;
  readonly ansvarligMyndighed: Authority;
}

export interface DfdgCitizen {
  readonly cpr: string;
  readonly minPlan?: {
    readonly minPlanId: string;
    readonly minPlanVersionId: string;
    readonly status: 'Kladde' | 'Gaeldende' | 'Afsluttet';
    readonly beskaeftigelsesmaal: string;
    readonly oprettelsesdato: string;
    readonly godkendelsesdato?: string;
    readonly ansvarligMyndighed: Authority;
  };
  readonly aktiviteter: readonly Aktivitet[];
  readonly indkaldelser: readonly Indkaldelse[];
  readonly rehabiliteringsforloeb: readonly {
    readonly rehabiliteringsforloebId: string;
    readonly rehabiliteringsforloebStatus: 'Oprettet' | 'Indstillet' | 'Afsluttet';
    readonly oprettelsesdato: string;
    readonly senesteOpdateringsdato: string;
  }[];
}

export interface DfdgData {
  byCpr(cpr: string): DfdgCitizen | undefined;
}
