// What the Nexus stub serves, in no wire format: citizens with their pathways, grants, calendar, organisations and
// messages. Everything is synthetic. elements.ts and hal.ts write it down as KMD's interface does.

export type GrantState =
  | 'Ansøgt'
  | 'Afgjort'
  | 'Bestilt'
  | 'Afsluttet'
  | 'Ophørt'
  | 'Afslået'
  | 'Annulleret'
  | 'Frafaldet'
  | 'Fjernet';

export interface NexusGrant {
  readonly id: number;
  readonly version: number;
  readonly name: string;
  readonly state: GrantState;
  readonly paragraph: { readonly law: string; readonly section: string };
  readonly supplier?: string;
  /** Minutes of a visit. */
  readonly minutes?: number;
  readonly repetition?: {
    readonly pattern: 'DAY' | 'WEEK';
    readonly count: number;
    readonly weekdays: number;
    readonly weekenddays: number;
    readonly visits: number;
  };
  /** Days by the element's type; written as the instant of local midnight. */
  readonly dates: Readonly<Record<string, string>>;
  readonly kle?: { readonly name: string; readonly description: string };
  readonly kl?: { readonly code: string; readonly name: string };
  readonly description?: string;
}

export interface NexusReference {
  readonly id: number;
  readonly version: number;
  readonly type: 'documentReference' | 'formDataV2Reference' | 'professionalReference';
  readonly name: string;
  /** Instant. */
  readonly date: string;
}

export interface NexusPathway {
  readonly id: number;
  readonly version: number;
  readonly name: string;
  readonly date: string;
  readonly status: 'ACTIVE' | 'CLOSED';
  readonly children: readonly NexusPathway[];
  readonly grants: readonly NexusGrant[];
  readonly references: readonly NexusReference[];
}

export interface NexusEvent {
  readonly id: number;
  readonly version: number;
  readonly title: string;
  readonly type: 'VISIT' | 'MEETING';
  readonly start: string;
  readonly end: string;
  readonly status: 'PLANNED' | 'COMPLETED' | 'CANCELLED';
  readonly location?: string;
  readonly participants: readonly { readonly name: string; readonly role: string }[];
}

export interface NexusOrganisation {
  readonly id: number;
  readonly version: number;
  readonly organisation: { readonly id: number; readonly name: string };
  readonly start: string;
  readonly end?: string;
  readonly primary: boolean;
}

export interface NexusMessage {
  readonly id: number;
  readonly version: number;
  readonly subject: string;
  readonly date: string;
}

export interface NexusPatient {
  readonly id: number;
  readonly version: number;
  /** Ten characters. */
  readonly cpr: string;
  /** False: the client may not see the citizen; the look-up says so and gives nothing. */
  readonly accessible: boolean;
  readonly firstName: string;
  readonly lastName: string;
  readonly gender: 'FEMALE' | 'MALE';
  readonly birthDate: string;
  readonly address: { readonly line: string; readonly postalCode: string; readonly city: string };
  readonly protectedAddress: boolean;
  readonly pathways: readonly NexusPathway[];
  readonly events: readonly NexusEvent[];
  readonly organisations: readonly NexusOrganisation[];
  readonly messages: readonly NexusMessage[];
}

export interface NexusData {
  byCpr(cpr: string): NexusPatient | undefined;
  byId(id: number): NexusPatient | undefined;
}
