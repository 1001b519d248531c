// A citizen of the sandbox municipality as it truly is, in no system's shape: the to-*.ts files say how each source
// system writes it down. Days are Copenhagen days, instants are ISO 8601 with Z. Every key is the source's own.
import type { Professional, UnitId } from './staff.ts';

export type Status = 'planned' | 'active' | 'onHold' | 'completed' | 'cancelled';

export interface Period {
  readonly start: string;
  readonly end?: string;
}

export interface Address {
  readonly line: string;
  readonly postalCode: string;
  readonly city: string;
}

export interface Municipality {
  readonly code: string;
  readonly name: string;
}

export interface Protection {
  /** Last day, where the protection lapses (a year after it was registered). */
  readonly until?: string;
}

/** What the sources mark records with; absent = normal. */
export type Marked = 'confidential' | 'sensitive' | 'vip';

export interface Person {
  readonly index: number;
  readonly cpr: string;
  /** The replacement number the citizen had until `cpr` was given; some system still knows it. */
  readonly formerCpr?: string;
  readonly given: readonly string[];
  readonly family: string;
  readonly gender: 'female' | 'male';
  readonly birthDate: string;
  readonly child: boolean;
  readonly address: Address;
  readonly movedFrom?: { readonly address: Address; readonly municipality: Municipality; readonly on: string };
  readonly municipality: Municipality;
  readonly protection?: Protection;
  readonly phone: string;
  readonly email: string;
  /** All of the person's records. */
  readonly marked?: Marked;
}

/** Another person in a citizen's life. `index` when it is a citizen of the municipality. */
export interface Relative {
  readonly id: string;
  readonly name: string;
  readonly given: readonly string[];
  readonly family: string;
  readonly relation: 'spouse' | 'parent' | 'child' | 'sibling' | 'guardian' | 'companion';
  /** værgemålsloven § 5, 6 or 7 of a guardian. */
  readonly guardianship?: '5' | '6' | '7';
  readonly index?: number;
  readonly phone?: string;
  readonly address?: Address;
  readonly protected?: boolean;
}

export interface Goal {
  readonly id: string;
  readonly category: 'wish' | 'purpose' | 'goal' | 'subGoal';
  readonly text: string;
  readonly status: Status;
  readonly type?: 'develop' | 'maintain' | 'limitLoss';
  readonly period: Period;
  /** Of a subGoal. */
  readonly parent?: string;
  readonly responsible?: Professional;
}

export interface Intervention {
  readonly id: string;
  readonly title: string;
  /** The source's code of what is granted, where it has one. */
  readonly code?: string;
  readonly legalBasis: string;
  readonly status: Status;
  readonly period: Period;
  readonly grantedAt?: string;
  readonly hoursPerWeek?: number;
  readonly provider?: { readonly id: string; readonly name: string; readonly group?: string };
  readonly followUpAt?: string;
  readonly endReason?: string;
  readonly goal?: string;
  readonly marked?: Marked;
}

export interface Meeting {
  readonly id: string;
  readonly title: string;
  readonly start: string;
  readonly end: string;
  readonly format: 'inPerson' | 'phone' | 'video' | 'home';
  readonly location?: string;
  readonly status: Status;
  /** The citizen first. `index` of another citizen the meeting is about as well. */
  readonly participants: readonly {
    readonly name: string;
    readonly role: string;
    readonly index?: number;
    readonly protected?: boolean;
  }[];
  readonly agenda?: readonly string[];
}

export interface Note {
  readonly id: string;
  /** Day. */
  readonly at: string;
  readonly title: string;
  readonly text: string;
  readonly author: Professional;
  readonly marked?: Marked;
}

export interface EmploymentCase {
  readonly citizenId: string;
  readonly targetGroup: { readonly code: string; readonly name: string };
  readonly unit: UnitId;
  readonly plan: {
    readonly id: string;
    /** The job-centre system's plan type. */
    readonly type: string;
    readonly title: string;
    readonly purpose: string;
    readonly legalBasis: string;
    readonly status: Status;
    readonly period: Period;
  };
  readonly goals: readonly Goal[];
  readonly activities: readonly Intervention[];
  readonly team: readonly {
    readonly id: string;
    readonly professional: Professional;
    readonly role: string;
    readonly primary: boolean;
  }[];
  readonly network: readonly Relative[];
  readonly progress: readonly Note[];
  readonly meetings: readonly Meeting[];
  readonly journal: readonly Note[];
  /** `agreed` ones are agreed with the citizen, the others are the office's own. */
  readonly tasks: readonly {
    readonly id: string;
    readonly title: string;
    readonly agreed: boolean;
    readonly deadline: string;
    readonly done: boolean;
  }[];
}

export interface SocialCase {
  readonly id: string;
  readonly title: string;
  readonly type: string;
  readonly unit: UnitId;
  readonly responsible: Professional;
  readonly legalBasis: string;
  readonly status: Status;
  readonly received: string;
  readonly closed?: string;
  readonly urgent: boolean;
  readonly journalCode: string;
  readonly targetGroup: string;
  readonly sensitive: boolean;
  readonly interventions: readonly Intervention[];
  readonly activities: readonly {
    readonly id: string;
    readonly phase: string;
    readonly name: string;
    readonly answer?: string;
    readonly deadline: string;
    readonly doneAt?: string;
  }[];
}

export interface SocialCare {
  readonly citizenId: string;
  readonly cases: readonly SocialCase[];
  readonly goals: readonly Goal[];
  readonly services: readonly {
    readonly id: string;
    readonly title: string;
    readonly period: Period;
    readonly unit: UnitId;
  }[];
  readonly createdAt: string;
}

export interface HealthCare {
  readonly patientId: string;
  readonly plan: {
    readonly id: string;
    readonly title: string;
    readonly category: { readonly code: string; readonly display: string };
    readonly purpose: string;
    readonly status: Status;
    readonly period: Period;
    /** Indexes of every citizen a siblings' plan is about, this one included; kept by the first of them. */
    readonly shared?: readonly number[];
  };
  readonly unit: UnitId;
  readonly goals: readonly Goal[];
  readonly interventions: readonly Intervention[];
  readonly conditions: readonly {
    readonly id: string;
    readonly code: string;
    readonly display: string;
    readonly level: number;
    readonly since: string;
    readonly status: Status;
  }[];
  readonly team: readonly { readonly professional: Professional; readonly role: string }[];
  readonly teamId: string;
  readonly meetings: readonly Meeting[];
  readonly followUps: readonly {
    readonly id: string;
    readonly on: string;
    readonly status: Status;
    readonly result?: string;
  }[];
  readonly levels: readonly {
    readonly id: string;
    /** Functional level (0–4, FSIII) or need of support (0–4, FFB). */
    readonly scale: 'functional' | 'support';
    readonly on: string;
    readonly condition: string;
    readonly level: number;
  }[];
  readonly documents: readonly { readonly id: string; readonly title: string; readonly on: string }[];
}

export interface Citizen {
  readonly person: Person;
  readonly relatives: readonly Relative[];
  /** How often it changed while the sandbox ran. */
  readonly revision: number;
  /** What a system took back while the sandbox ran. */
  readonly withdrawn?: readonly (
    | { readonly system: 'momentum'; readonly type: 'offers'; readonly id: string }
    | { readonly system: 'fhir'; readonly type: 'Appointment'; readonly id: string }
  )[];
  readonly employment?: EmploymentCase;
  readonly social?: SocialCare;
  readonly health?: HealthCare;
}
