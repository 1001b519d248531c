// The showcase citizen's consents, as feed.md lists them: the employment caseworker gets social up to confidential, the
// social caseworker gets employment, the nurse has only her own journal, the provider's mentor may see interventions
// and appointments but nothing of employment, the citizen portal gets social and employment, and her mother her goals and
// appointments.
import type { Actor } from '../../src/consent/actor.ts';
import { declareConsent } from '../../src/consent/consents.ts';
import type { KeyRing } from '../../src/store/crypto.ts';
import type { Pool } from '../../src/store/db.ts';
import { type Persona, personas } from './personas.ts';

const persona = (id: string): Persona => {
  const found = personas.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`There is no persona ${id}.`);
  return found;
};

const person = (id: string): string => `person:${persona(id).person}`;

export const giveShowcaseConsents = async (pool: Pool, keys: KeyRing, citizenId: string): Promise<void> => {
  const citizen: Actor = {
    kind: 'citizen',
    person: `citizen-${citizenId}`,
    role: 'citizen',
    sector: 'private',
    citizen: citizenId,
    purpose: 'coordinated-plan',
    scopes: ['consents.write'],
  };
  const say = (input: Parameters<typeof declareConsent>[3]) =>
    declareConsent(pool, citizen, citizenId, input, { keys });
  await say({
    decision: 'grant',
    recipient: person('caseworker-employment'),
    domains: ['social'],
    upTo: 'confidential',
  });
  await say({ decision: 'grant', recipient: person('caseworker-social'), domains: ['employment'] });
  await say({ decision: 'grant', recipient: person('private-provider'), kinds: ['intervention', 'appointment'] });
  await say({ decision: 'refuse', recipient: person('private-provider'), domains: ['employment'] });
  await say({ decision: 'grant', recipient: person('network-person'), kinds: ['goal', 'appointment'] });
  await say({
    decision: 'grant',
    recipient: `consumer:${persona('consumer-system').consumer}`,
    domains: ['social', 'employment'],
  });
};
