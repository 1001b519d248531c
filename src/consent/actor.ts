// Who asks. Built from a verified token alone; the engine in SQL takes it apart as scalars, in one fixed order.
// Ids of persons, units and consumers are the issuer's; nobody is known here by name or number.

export const actorKinds = [
  'professional',
  'citizen',
  'representative',
  'consumer-system',
  'administrator',
  'dpo',
] as const;
export type ActorKind = (typeof actorKinds)[number];

/** Unknown, citizens, representatives, private providers and NGOs are private. */
export type Sector = 'public' | 'private';

export interface Actor {
  readonly kind: ActorKind;
  /** Stable id of the person (of the system itself for a consumer system that acts for nobody). */
  readonly person: string;
  readonly role?: string;
  readonly organisation?: string;
  readonly unit?: string;
  /** The reader's own domain: a health reader is reached by grants that do not name health. */
  readonly domain?: string;
  readonly sector: Sector;
  /** Registered consumer the token was issued to; set only when the person's organisation is that consumer's. */
  readonly consumer?: string;
  /** The actor's own hub citizen, when known: rule 1 for kinds citizen and representative. */
  readonly citizen?: string;
  /** Keyed hash of the actor's own number: finds what a representative represents, and staff who would represent. */
  readonly numberHash?: Buffer;
  readonly purpose: string;
  readonly scopes: readonly string[];
}

/** SQL placeholders `$1 … $11` of the actor; the next free one is `$12`. */
export const actorPlaceholders =
  '$1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::uuid, $10::bytea, $11::text';

/** Values for `actorPlaceholders`. */
export const actorParameters = (actor: Actor): readonly unknown[] => [
  actor.kind,
  actor.person,
  actor.role ?? null,
  actor.organisation ?? null,
  actor.unit ?? null,
  actor.domain ?? null,
  actor.sector,
  actor.consumer ?? null,
  actor.citizen ?? null,
  actor.numberHash ?? null,
  actor.purpose,
];
