// What somebody is to a citizen when they want to say something about who sees what. Nobody: the citizen does not exist
// for them, and the answer is the one a random id gets.
import { HubError } from '../errors.ts';
import { representedScopes, type Scope } from '../store/consents.ts';
import type { Db } from '../store/db.ts';
import type { Actor } from './actor.ts';
import { citizenVisible } from './decide.ts';

export const notFound = (): HubError =>
  new HubError({ code: 'request/not-found', fault: 'config', message: 'There is nothing here that you can see.' });
export const forbidden = (message: string, path?: string): HubError =>
  new HubError({ code: 'request/forbidden', fault: 'config', message, ...(path === undefined ? {} : { path }) });

export type Standing =
  | { readonly as: 'citizen' }
  /** `scopes`: what they may speak in; a co-guardian reads all the same. */
  | { readonly as: 'representative'; readonly scopes: readonly Scope[] }
  | { readonly as: 'professional' }
  | { readonly as: 'reader' }
  | { readonly as: 'nobody' };
export type Writer = Exclude<Standing, { as: 'reader' | 'nobody' }>;

/** What the actor is to this citizen. */
export const standingOf = async (db: Db, actor: Actor, citizenId: string): Promise<Standing> => {
  if (!(await citizenVisible(db, actor, citizenId))) return { as: 'nobody' };
  const inPerson = actor.kind === 'citizen' || actor.kind === 'representative';
  if (inPerson && actor.citizen === citizenId) return { as: 'citizen' };
  if (inPerson && actor.numberHash !== undefined) {
    const scopes = await representedScopes(db, citizenId, actor.numberHash);
    if (scopes.length > 0) return { as: 'representative', scopes: scopes.filter(({ speaks }) => speaks) };
  }
  return { as: actor.kind === 'professional' && actor.scopes.includes('consents.write') ? 'professional' : 'reader' };
};

export const mayNotWrite = (): HubError =>
  forbidden('Only the citizen, a representative, or a professional with consents.write may say so.');
export const mustWrite = (standing: Standing): Writer => {
  if (standing.as === 'nobody') throw notFound();
  if (standing.as === 'reader') throw mayNotWrite();
  return standing;
};

/** Whoever can never write is told so before anything is looked up, so that the answer tells nothing. */
export const couldWrite = (actor: Actor): boolean =>
  actor.kind === 'citizen' ||
  actor.kind === 'representative' ||
  (actor.kind === 'professional' && actor.scopes.includes('consents.write'));

/** Is it their own life, or one they represent? Whoever else reads in person sees what was granted them and no more. */
export const speaksForCitizen = async (db: Db, actor: Actor, citizenId: string): Promise<boolean> => {
  if (actor.kind !== 'citizen' && actor.kind !== 'representative') return false;
  const { as } = await standingOf(db, actor, citizenId);
  return as === 'citizen' || as === 'representative';
};
