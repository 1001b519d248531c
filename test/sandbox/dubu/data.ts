// What the DUBU stub holds: cases with the people they are about, and their activities. Names of properties that are not
// observed in the product are guesses in its style (adapters/odata/README.md).

export interface Person {
  readonly id: number;
  readonly cprnr: string;
  readonly fornavn: string;
  readonly efternavn: string;
  readonly alder: number;
  /** Barn, Forælder … */
  readonly relation: string;
}

interface Titled {
  readonly brugervendtNoegle: string;
  readonly titel: string;
}

export interface Sag {
  readonly id: number;
  readonly sagsnummer: string;
  readonly titel: string;
  readonly tvang: boolean;
  readonly isSensitive: boolean;
  readonly status: Titled;
  readonly sagstype: Titled;
  readonly formaal: string;
  readonly lovgrundlag: string;
  readonly startDato: string;
  readonly slutDato: string | null;
  readonly team: string;
  readonly sekundaerBehandlerNavne: string;
  readonly primaerPerson: Person;
  /** Whom the case and its plan are about; several children on one plan. */
  readonly omfattedePersoner: readonly Person[];
  readonly primaerBehandler: {
    readonly id: number;
    readonly navn: string;
    readonly initialer: string;
    readonly titel: string;
    readonly telefon: string;
    readonly email: string;
  };
  readonly foerstkommendeFrist: { readonly id: number; readonly fristDato: string; readonly titel: string } | null;
  readonly maal: readonly {
    readonly id: number;
    readonly tekst: string;
    readonly art: string;
    readonly status: string;
    readonly startDato: string;
    readonly slutDato: string | null;
  }[];
}

export interface Aktivitet {
  readonly id: number;
  readonly titel: string;
  readonly type: Titled;
  readonly undertype: Titled | null;
  readonly haendelsesDato: string;
  readonly slutDato: string | null;
  readonly aktindsigt: boolean;
  readonly laast: boolean;
  readonly lovpligtig: boolean;
  readonly lovgrundlag: string | null;
  readonly samtykke: boolean | null;
  readonly udenSamtykkeLbu: boolean;
  readonly inddragelse: string | null;
  readonly opretKalenderinvitation: boolean;
  readonly status: string;
  readonly sted: string | null;
  readonly udfoerer: string | null;
  readonly vedroerer: readonly { readonly cprnr: string; readonly navn: string }[];
  readonly notat: string | null;
}

export interface DubuData {
  readonly sager: Map<number, Sag>;
  /** By case. */
  readonly aktiviteter: Map<number, readonly Aktivitet[]>;
}

export const createDubuData = (): DubuData => ({ sager: new Map(), aktiviteter: new Map() });
