// What the Momentum stub serves: rows shaped like the vendor's JSON, all synthetic. Field names known from public
// clients and those guessed are told apart in adapters/momentum/README.md. `updatedAt` is an ISO instant in UTC with
// milliseconds and must rise when a row changes: `data.plans.put({ ...row, updatedAt: now })` replaces by id.
import { createTable, type Table } from './table.ts';

/** Every row has a guid, its citizen's guid, and the instants of creation and last change. */
export interface MomentumRow {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface OfCitizen extends MomentumRow {
  readonly citizenId: string;
}

/** The department that owns a row: becomes the record's owner unit. */
export interface OfDepartment {
  readonly departmentId?: string;
  readonly departmentName?: string;
}

export interface MomentumCitizen extends MomentumRow, OfDepartment {
  /** Ten characters. */
  readonly cpr: string;
  /** Numbers this citizen had before. */
  readonly previousCprs?: readonly string[];
  readonly displayName: string;
  readonly gender?: 'Female' | 'Male' | 'Unknown';
  /** YYYY-MM-DD */
  readonly birthDate?: string;
  readonly contactInformation?: {
    readonly primaryAddress?: {
      readonly street: string;
      readonly building: string;
      readonly suite?: string;
      readonly postalCode: string;
      readonly city: string;
    };
  };
  /** Four digits, e.g. 0190. */
  readonly municipalityCode?: string;
  readonly protection?: { readonly name: boolean; readonly address: boolean; readonly until?: string };
  /** LAB § 6 target group, e.g. "6.2"; see mappings/codes/momentum-target-group.yaml. */
  readonly targetGroupCode?: string;
  readonly targetGroupName?: string;
  readonly targetGroupStartDate?: string;
}

export interface MomentumGoal {
  readonly id: string;
  readonly type: 'WISH' | 'JOB' | 'EDUCATION' | 'STEP';
  readonly description: string;
  readonly state: 'Planned' | 'Active' | 'Completed' | 'OnHold' | 'Canceled';
  readonly isPrimary?: boolean;
  /** YYYY-MM-DD */
  readonly startDate?: string;
  readonly endDate?: string;
  /** A STEP serves the goal with this id in the same plan. */
  readonly parentGoalId?: string;
}

export interface MomentumProgress {
  readonly id: string;
  /** YYYY-MM-DD */
  readonly date: string;
  readonly text?: string;
  /** A measurement has all three. */
  readonly scale?: string;
  readonly value?: number;
  readonly label?: string;
}

export interface MomentumPlan extends OfCitizen, OfDepartment {
  readonly planType:
    | 'MIN_PLAN'
    | 'REHABILITERINGSPLAN'
    | 'HELHEDSORIENTERET_PLAN'
    | 'UDDANNELSESPAALAEG'
    | 'OPFOELGNINGSPLAN';
  readonly title: string;
  readonly state: 'Draft' | 'Active' | 'Completed' | 'OnHold' | 'Canceled';
  readonly purpose?: string;
  /** e.g. "LAB § 45" */
  readonly legalBasis?: readonly string[];
  readonly startDate?: string;
  readonly endDate?: string;
  readonly expectedDuration?: string;
  readonly specialMatters?: string;
  readonly caseworkerName?: string;
  /** KOMBIT's four levels; absent = normal for the source. */
  readonly confidentiality?: 'Normal' | 'Confidential' | 'Sensitive' | 'Vip';
  readonly goals: readonly MomentumGoal[];
  readonly progress: readonly MomentumProgress[];
}

export interface MomentumOffer extends OfCitizen, OfDepartment {
  readonly planId?: string;
  /** A goal of that plan. */
  readonly goalId?: string;
  readonly offerTypeCode:
    | 'VIRKSOMHEDSPRAKTIK'
    | 'LOENTILSKUD'
    | 'NYTTEINDSATS'
    | 'MENTOR'
    | 'VEJLEDNING_OPKVALIFICERING'
    | 'ORDINAER_UDDANNELSE'
    | 'SMAAJOB'
    | 'HJAELPEMIDDEL';
  readonly title: string;
  readonly state: 'Planned' | 'Active' | 'Completed' | 'Interrupted' | 'Canceled';
  readonly legalParagraph?: string;
  readonly providerName?: string;
  readonly hoursPerWeek?: number;
  readonly startDate?: string;
  readonly endDate?: string;
  readonly grantedDate?: string;
  readonly followUpDate?: string;
  readonly endReason?: string;
  readonly confidentiality?: 'Normal' | 'Confidential' | 'Sensitive' | 'Vip';
}

export interface MomentumMeeting extends OfCitizen, OfDepartment {
  readonly planId?: string;
  readonly bookingNumber?: string;
  /** DFDG conversation types: 4 follow-up, 7 job conversation, 17 joint job conversation; further ones in the code table. */
  readonly conversationTypeCode: string;
  readonly title: string;
  /** Instants in UTC. */
  readonly start: string;
  readonly end?: string;
  readonly state: 'Planned' | 'Booked' | 'Held' | 'Canceled' | 'NoShow';
  readonly contactForm?: 'Personal' | 'Phone' | 'Video' | 'Home';
  readonly location?: string;
  readonly organizerName?: string;
  readonly participants?: readonly {
    readonly name: string;
    readonly roleName?: string;
    readonly isProtected?: boolean;
  }[];
  readonly agenda?: readonly string[];
  readonly rebookDeadline?: string;
  readonly cancelDeadline?: string;
}

/** The vendor's MEA task. Only the type AFTALE (agreed with the citizen) becomes part of the plan. */
export interface MomentumTask extends OfCitizen, OfDepartment {
  readonly title: string;
  readonly description?: string;
  readonly taskType: 'AFTALE' | 'INTERN' | null;
  readonly state: 'Active' | 'Completed' | 'Canceled' | 'Started' | 'DeadlineExceeded';
  readonly priority?: 'Low' | 'Normal' | 'High';
  /** YYYY-MM-DD or an instant. */
  readonly deadline?: string;
  /** Who does it: shown as the responsible. */
  readonly assignee?: string;
  readonly meetingId?: string;
}

export interface MomentumJournal extends OfCitizen, OfDepartment {
  readonly title: string;
  readonly categoryCode: 'SAG' | 'NOTAT' | 'DOKUMENT' | 'PLAN';
  readonly journalNumber?: string;
  /** An instant; local midnights come as UTC. */
  readonly eventDate: string;
  /** The note itself. Never stored by the hub. */
  readonly text?: string;
  readonly confidentiality?: 'Normal' | 'Confidential' | 'Sensitive' | 'Vip';
}

export interface MomentumTag extends OfCitizen {
  readonly tag: { readonly id: string; readonly title: string };
  /** Instants; local midnights come as UTC. */
  readonly start: string;
  readonly end?: string | null;
}

export interface MomentumCaseworker extends OfCitizen, OfDepartment {
  readonly caseworkerId: string;
  readonly displayName: string;
  /** 1 = primary. */
  readonly role: 0 | 1;
  /** e.g. KOORDINERENDE_SAGSBEHANDLER; see mappings/codes/momentum-responsibility.yaml. */
  readonly responsibilityCode: string;
  readonly responsibilityName: string;
  readonly startDate?: string;
  readonly endDate?: string | null;
  readonly caseworkerIsActive: boolean;
  readonly showInJobnet?: boolean;
  readonly phone?: string;
  readonly email?: string;
}

export interface MomentumPrivateContact extends OfCitizen {
  /** Role as typed: Bisidder, Partsrepræsentant, DUBU-sagsbehandler, Nexus-sagsbehandler, Pårørende, Værge. */
  readonly title: string;
  readonly name: string;
  readonly mobile?: { readonly number: string };
  readonly email?: { readonly address: string };
  readonly isActive: boolean;
  /** Name and address protection of the contact. */
  readonly isProtected?: boolean;
}

export interface MomentumData {
  readonly citizens: Table<MomentumCitizen>;
  readonly plans: Table<MomentumPlan>;
  readonly offers: Table<MomentumOffer>;
  readonly meetings: Table<MomentumMeeting>;
  readonly tasks: Table<MomentumTask>;
  readonly journals: Table<MomentumJournal>;
  readonly tags: Table<MomentumTag>;
  readonly caseworkers: Table<MomentumCaseworker>;
  readonly privateContacts: Table<MomentumPrivateContact>;
  /** Citizens the source refuses to show the hub's client (403). */
  readonly refused: Set<string>;
}

const ofCitizen = (row: OfCitizen): readonly string[] => [row.citizenId];

export const createMomentumData = (): MomentumData => ({
  citizens: createTable<MomentumCitizen>((row) => [row.cpr, ...(row.previousCprs ?? [])]),
  plans: createTable<MomentumPlan>(ofCitizen),
  offers: createTable<MomentumOffer>(ofCitizen),
  meetings: createTable<MomentumMeeting>(ofCitizen),
  tasks: createTable<MomentumTask>(ofCitizen),
  journals: createTable<MomentumJournal>(ofCitizen),
  tags: createTable<MomentumTag>(ofCitizen),
  caseworkers: createTable<MomentumCaseworker>(ofCitizen),
  privateContacts: createTable<MomentumPrivateContact>(ofCitizen),
  refused: new Set(),
});
