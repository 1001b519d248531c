// What a source's consents come to, in a few lines: for each of its records the newest word heard that is understood, unless
// a person has ended such a word here; and over all of them, and what the citizen says here, that a no beats a yes.

export const domains = ['social', 'employment', 'health'] as const;
export type Domain = (typeof domains)[number];

/** One version in the source. `at` grows with each. */
export interface Word {
  readonly decision: 'grant' | 'refuse';
  readonly active: boolean;
  readonly recipient: 'unit:job' | 'role:mentor' | 'unknown';
  /** What is not one of the domains is a word the hub does not know. */
  readonly domains: readonly string[];
  readonly at: number;
}
interface Said {
  readonly decision: 'grant' | 'refuse';
  /** Undefined: everybody. */
  readonly recipient: string | undefined;
  /** Undefined: everything. */
  readonly domains: readonly string[] | undefined;
}
export interface Held {
  readonly said: Said | undefined;
  readonly at: number;
  readonly barred: readonly Said['decision'][];
}
export const nothing: Held = { said: undefined, at: 0, barred: [] };

const believed: readonly string[] = ['social', 'employment'];

/** Undefined: not understood. */
const understood = (word: Word): Said | undefined => {
  const known = word.domains.every((domain) => domains.some((one) => one === domain));
  const recipient = word.recipient === 'unknown' ? undefined : word.recipient;
  if (word.decision === 'refuse') return { decision: 'refuse', recipient, domains: known ? word.domains : undefined };
  const granted = word.domains.filter((domain) => believed.includes(domain));
  return recipient === undefined || granted.length === 0
    ? undefined
    : { decision: 'grant', recipient, domains: granted };
};

export const hear = (held: Held, word: Word): Held => {
  if (word.at < held.at) return held;
  const said = understood(word);
  // What is not understood may be less than what was: a yes does not outlive it, a no does.
  if (word.active && said === undefined)
    return { ...held, at: word.at, said: held.said?.decision === 'refuse' ? held.said : undefined };
  const counts = word.active && said !== undefined && !held.barred.includes(said.decision);
  return { ...held, at: word.at, said: counts ? said : undefined };
};
/** The source has it no longer; what a person has ended stays ended. */
export const vanish = (held: Held): Held => ({ ...nothing, barred: held.barred });
export const withdraw = (held: Held): Held =>
  held.said === undefined ? held : { ...held, said: undefined, barred: [...held.barred, held.said.decision] };

/** Does somebody known by this name see the domain? `refused`: what the citizen has refused them here. */
export const shows = (held: readonly Held[], refused: readonly Domain[], reader: string, domain: Domain): boolean => {
  const all = held.flatMap(({ said }) => said ?? []);
  const matching = all.filter(
    (said) => (said.recipient ?? reader) === reader && (said.domains ?? [domain]).includes(domain),
  );
  return (
    !refused.includes(domain) &&
    !matching.some(({ decision }) => decision === 'refuse') &&
    matching.some(({ decision }) => decision === 'grant')
  );
};
