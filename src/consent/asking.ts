// A professional asks the citizen for their consent: for themselves or for their unit, to read areas or kinds, until a day,
// and why. It is a proposal like any other: nothing in it is in force until the citizen says so, and until then whoever asked
// may take it back.
import { randomUUID } from 'node:crypto';
import { copenhagenDay, copenhagenInstant } from '../clock.ts';
import { HubError } from '../errors.ts';
import type { Witness } from '../store/access-log.ts';
import { enrolledSubject } from '../store/born.ts';
import { decideProposal, insertProposal, lockProposal, proposalsAskedBy } from '../store/consent-proposals.ts';
import { unitNames } from '../store/consents.ts';
import type { KeyRing } from '../store/crypto.ts';
import { type Pool, transaction } from '../store/db.ts';
import { openEvidence, sealEvidence } from '../store/evidence.ts';
import { holdPeople } from '../store/subjects.ts';
import type { Actor } from './actor.ts';
import { type ConsentInput, checkConsentInput } from './consent-input.ts';
import { citizenVisible } from './decide.ts';
import { forbidden, notFound } from './standing.ts';

/** More questions at once than this are no questions any more. */
const mostOpen = 5;

/** Who asks, as the citizen reads it. */
export interface Asked {
  readonly name?: string;
  readonly unit?: string;
  readonly why: string;
}

export interface Asking extends Pick<ConsentInput, 'domains' | 'kinds' | 'upTo' | 'show' | 'to'>, Pick<Asked, 'why'> {
  readonly for: 'person' | 'unit';
  readonly name?: string | undefined;
}

export const openAsked = (keys: KeyRing, asked: string): Asked => JSON.parse(openEvidence(keys, asked)) as Asked;

/** @throws HubError `request/forbidden`, `request/invalid` with the field, `request/conflict`, `request/not-found`. */
export const askConsent = async (
  pool: Pool,
  actor: Actor,
  citizenId: string,
  { for: whom, name, why, ...wanted }: Asking,
  options: { readonly keys: KeyRing; readonly now: Date; readonly witness: Witness },
): Promise<{ readonly id: string; readonly at: string }> => {
  if (actor.kind !== 'professional') throw forbidden('Professionals ask for consent.');
  if (whom === 'unit' && actor.unit === undefined) throw forbidden('The token names no unit.', 'for');
  const recipient = whom === 'unit' ? `unit:${actor.unit}` : `person:${actor.person}`;
  const said = { decision: 'grant', recipient, ...wanted } as const;
  const { keys, now, witness } = options;
  const checked = checkConsentInput(said, now, undefined);
  return transaction(pool, async (tx) => {
    await holdPeople(tx);
    if (!(await citizenVisible(tx, actor, citizenId))) throw notFound();
    const subject = await enrolledSubject(tx, citizenId);
    if (subject === undefined) throw notFound();
    await tx.query('select pg_advisory_xact_lock(7265750, hashtext($1))', [`${citizenId} ${actor.person}`]);
    const open = (await proposalsAskedBy(tx, citizenId, actor.person)).filter(
      ({ state, valid_to }) => state === 'open' && (valid_to === null || valid_to > now),
    );
    if (open.length >= mostOpen)
      throw new HubError({
        code: 'request/conflict',
        fault: 'config',
        message: `At most ${mostOpen} questions wait for one citizen's answer at a time.`,
      });
    const names = await unitNames(tx, actor.unit === undefined ? [] : [actor.unit]);
    const unit = actor.unit === undefined ? undefined : names.get(actor.unit);
    const asked: Asked = {
      ...(name === undefined ? {} : { name }),
      ...(unit === undefined ? {} : { unit }),
      why,
    };
    const id = randomUUID();
    await insertProposal(tx, {
      id,
      identity_id: subject.identityId,
      source: 'samspil',
      reference: keys.hash('key', JSON.stringify(['asked', id])),
      decision: 'grant',
      recipient,
      domains: checked.domains ?? null,
      kinds: checked.kinds ?? null,
      purposes: [actor.purpose],
      up_to: checked.upTo ?? 'normal',
      show: checked.show ?? 'content',
      valid_from: copenhagenInstant(copenhagenDay(now)),
      valid_to: checked.validTo,
      evidence: null,
      state: 'open',
      consent_id: null,
      asked_by: actor.person,
      asked: sealEvidence(keys, JSON.stringify(asked)),
    });
    await witness(tx, citizenId);
    return { id, at: now.toISOString() };
  });
};

/** Asks no more, before the citizen has said anything; the citizen can still see that it was asked. */
export const takeBackAsked = async (
  pool: Pool,
  actor: Actor,
  at: { readonly citizenId: string; readonly id: string },
  witness: Witness,
): Promise<void> =>
  transaction(pool, async (tx) => {
    await holdPeople(tx);
    if (!(await citizenVisible(tx, actor, at.citizenId))) throw notFound();
    const row = await lockProposal(tx, at.id);
    if (row === undefined || row.citizen_id !== at.citizenId || row.asked_by !== actor.person) throw notFound();
    if (row.state !== 'open')
      throw new HubError({ code: 'request/conflict', fault: 'config', message: 'The question is decided already.' });
    await decideProposal(tx, row.id, { state: 'revoked', by: actor.person });
    await witness(tx, at.citizenId);
  });
