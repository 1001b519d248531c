// One message as it is kept: what a thread's state is made of and no more. No names, no narrative, no attachments; text of
// a care communication only where the source is configured to have it.

// A type, not an interface: it stands in bodies, which are open to any field.
export type Party = {
  readonly name?: string | undefined;
  readonly sor?: string | undefined;
  readonly gln?: string | undefined;
  /** Where its messages are sent to and from. */
  readonly endpoint?: string | undefined;
};

/** What a Provenance says of one message: its place in the chain. */
export interface Link {
  readonly header: string;
  readonly activity: string;
  /** When it happened, as written. */
  readonly at: string;
  readonly recorded: string;
  /** The messages it revises or removes. */
  readonly previous: readonly string[];
}

export interface Stay {
  readonly status: string;
  /** Encounter.class. */
  readonly class: string;
  readonly start: string;
  readonly end?: string;
  readonly leave?: { readonly start?: string; readonly end?: string };
  readonly ward?: Party;
  readonly deceased?: true;
}

export type Coding = {
  readonly system?: string | undefined;
  readonly code: string;
};

export interface Conversation {
  readonly category?: Coding;
  readonly priority?: string;
  readonly topic?: string;
  /** Number of attachments; they themselves are not kept. */
  readonly attachments: number;
  readonly text?: string;
}

interface Kept {
  readonly bundle: string;
  readonly header: string;
  readonly thread: string;
  /** Other names its thread may have gone by in messages before it. */
  readonly also: readonly string[];
  readonly cpr: string;
  readonly sender?: Party;
  readonly receiver?: Party;
  /** Its own link, and all that this Bundle says of the messages before it. */
  readonly own: Link;
  readonly chain: readonly Link[];
}
export type StayMessage = Kept & { readonly kind: 'hospitalStay'; readonly stay: Stay };
export type CareMessage = Kept & { readonly kind: 'careCommunication'; readonly conversation: Conversation };
export type Message = StayMessage | CareMessage;
export type MessageKind = Message['kind'];

/** Kept under another name of a thread: where to look for the rest. */
export interface Pointer {
  readonly pointsTo: string;
}
