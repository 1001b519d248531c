// The feed's routes, in one list.
import type { FastifyInstance } from 'fastify';
import { registerAccessLog } from './access-log.ts';
import { registerCalendar } from './calendar.ts';
import { registerChanges } from './changes.ts';
import { registerCitizens } from './citizens.ts';
import { registerConsents } from './consents.ts';
import type { FeedContext } from './context.ts';
import { registerEnrolments } from './enrolments.ts';
import { registerFhir } from './fhir/routes.ts';
import { registerPlan } from './plan.ts';
import { registerSources } from './sources.ts';

export const registerFeed = (app: FastifyInstance, context: FeedContext): void => {
  for (const register of [
    registerCitizens,
    registerPlan,
    registerCalendar,
    registerFhir,
    registerConsents,
    registerEnrolments,
    registerChanges,
    registerAccessLog,
    registerSources,
  ])
    register(app, context);
};
