// The feed's routes, in one list.
import type { FastifyInstance } from 'fastify';
import { createPlanReader } from '../store/plan-memo.ts';
import { registerAccessLog } from './access-log.ts';
import { registerAgreements } from './agreements.ts';
import { registerCalendar } from './calendar.ts';
import { registerChanges } from './changes.ts';
import { registerCitizens } from './citizens.ts';
import { registerComments } from './comments.ts';
import { registerConsentProposals } from './consent-proposals.ts';
import { registerConsents } from './consents.ts';
import { registerConsumerList } from './consumers.ts';
import type { PlanContext, ReceiptContext } from './context.ts';
import { registerCoordinator } from './coordinator.ts';
import { registerEmergency } from './emergency.ts';
import { registerEnrolments } from './enrolments.ts';
import { registerExplain } from './explain.ts';
import { registerFhir } from './fhir/routes.ts';
import { registerJournalising } from './journalising.ts';
import { registerMeetingAgenda } from './meeting-agenda.ts';
import { registerMeetingAnswer } from './meeting-answer.ts';
import { registerMeetingList } from './meeting-list.ts';
import { registerMeetings } from './meetings.ts';
import { registerOverlaps } from './overlaps.ts';
import { registerPlan } from './plan.ts';
import { registerRatings } from './ratings.ts';
import { registerReceipts } from './receipts.ts';
import { registerRepresentations } from './representations.ts';
import { registerRequests } from './requests.ts';
import { registerSharing } from './sharing.ts';
import { registerSources } from './sources.ts';
import { registerSubscriptions } from './subscriptions.ts';
import { registerTimeline } from './timeline.ts';

export const registerFeed = (app: FastifyInstance, settings: ReceiptContext): void => {
  const plans = createPlanReader(settings.reads ?? settings.pool, settings.keys, { capacity: settings.planMemory });
  const context: PlanContext & ReceiptContext = { ...settings, plans };
  for (const register of [
    registerCitizens,
    registerPlan,
    registerCalendar,
    registerFhir,
    registerTimeline,
    registerOverlaps,
    registerComments,
    registerAgreements,
    registerRequests,
    registerMeetings,
    registerMeetingAnswer,
    registerMeetingList,
    registerMeetingAgenda,
    registerCoordinator,
    registerRatings,
    registerJournalising,
    registerConsents,
    registerReceipts,
    registerConsentProposals,
    registerSharing,
    registerRepresentations,
    registerEnrolments,
    registerEmergency,
    registerChanges,
    registerSubscriptions,
    registerAccessLog,
    registerExplain,
    registerSources,
    registerConsumerList,
  ])
    register(app, context);
};
