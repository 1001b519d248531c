// Which view of the log about a citizen a caller has: the citizen's, a representative's inside what they represent, or the
// officer's. Pages and exports both come from here.
import type { FastifyRequest } from 'fastify';
import { visibleRecords } from '../consent/decide.ts';
import type { LogQuestion } from '../consent/read-log.ts';
import { speaksForCitizen } from '../consent/standing.ts';
import { HubError } from '../errors.ts';
import { representsInAll } from '../store/representations.ts';
import type { FeedContext } from './context.ts';
import { callerOf } from './disclosure.ts';

export type LogView = Pick<LogQuestion, 'citizen' | 'view' | 'only'>;

export const forOfficerAndCitizen = (): HubError =>
  new HubError({ code: 'request/forbidden', fault: 'config', message: 'The log is for the citizen and the DPO.' });

/** @throws HubError `request/forbidden` for everybody else. */
export const logViewOf = async (context: FeedContext, request: FastifyRequest, citizen: string): Promise<LogView> => {
  const actor = callerOf(request);
  if (actor.kind === 'dpo') return { citizen, view: 'dpo' };
  if (actor.kind !== 'citizen' && actor.kind !== 'representative') throw forOfficerAndCitizen();
  const number = actor.numberHash;
  const inAll =
    actor.citizen === citizen || (number !== undefined && (await representsInAll(context.pool, citizen, number)));
  if (inAll) return { citizen, view: 'citizen' };
  if (!(await speaksForCitizen(context.pool, actor, citizen))) throw forOfficerAndCitizen();
  const visible = await visibleRecords(context.pool, actor, { citizens: [citizen] });
  const records = new Set(visible.map((record) => record.recordId));
  return { citizen, view: 'citizen', only: { records, person: actor.person } };
};
