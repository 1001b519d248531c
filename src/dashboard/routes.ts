// The pages, in one list. Every page says who may open it (`config.page`); the guard is the server's (src/http).
import type { FastifyInstance } from 'fastify';
import { registerAssets } from './assets.ts';
import type { DashboardContext } from './context.ts';
import { registerActs } from './pages/acts.ts';
import { registerAlert } from './pages/alert.ts';
import { registerAlertContacts } from './pages/alert-contacts.ts';
import { registerAlerts } from './pages/alerts.ts';
import { registerAsk } from './pages/citizen/ask.ts';
import { registerCalendar } from './pages/citizen/calendar.ts';
import { registerComments } from './pages/citizen/comments.ts';
import { registerContacts } from './pages/citizen/contacts.ts';
import { registerCoordinator } from './pages/citizen/coordinator.ts';
import { registerDownload } from './pages/citizen/download.ts';
import { registerEnrolment } from './pages/citizen/enrolment.ts';
import { registerLooked } from './pages/citizen/looked.ts';
import { registerMeeting } from './pages/citizen/meeting.ts';
import { registerMeetingChange } from './pages/citizen/meeting-change.ts';
import { registerMeetings } from './pages/citizen/meetings.ts';
import { registerPlan } from './pages/citizen/plan.ts';
import { registerRating } from './pages/citizen/rating.ts';
import { registerReceipts } from './pages/citizen/receipts.ts';
import { registerRepresented } from './pages/citizen/represented.ts';
import { registerCitizenRequests } from './pages/citizen/requests.ts';
import { registerSharing } from './pages/citizen/sharing.ts';
import { registerSharingAsked } from './pages/citizen/sharing-asked.ts';
import { registerSharingSay } from './pages/citizen/sharing-say.ts';
import { registerSharingWithdraw } from './pages/citizen/sharing-withdraw.ts';
import { registerTimeline } from './pages/citizen/timeline.ts';
import { registerCitizens } from './pages/citizens.ts';
import { registerConsumers } from './pages/consumers.ts';
import { registerDeletions } from './pages/deletions.ts';
import { registerDrift } from './pages/drift.ts';
import { registerEnrol } from './pages/enrol.ts';
import { registerFigures } from './pages/figures.ts';
import { registerFront } from './pages/front.ts';
import { registerHealth } from './pages/health.ts';
import { registerJob } from './pages/job.ts';
import { registerJournalising } from './pages/journalising.ts';
import { registerOverview } from './pages/overview.ts';
import { registerConsentsPage } from './pages/proof/consents.ts';
import { registerEmergencyPage } from './pages/proof/emergency.ts';
import { registerExplainPage } from './pages/proof/explain.ts';
import { registerFindCitizen } from './pages/proof/find-citizen.ts';
import { registerJournalisingPage } from './pages/proof/journalising.ts';
import { registerLog } from './pages/proof/log.ts';
import { registerLogCheck } from './pages/proof/log-check.ts';
import { registerLogEntry } from './pages/proof/log-entry.ts';
import { registerPurpose } from './pages/purpose.ts';
import { registerQuarantine } from './pages/quarantine/groups.ts';
import { registerQueues } from './pages/queues.ts';
import { registerRequests } from './pages/requests.ts';
import { registerRun } from './pages/run.ts';
import { registerRuns } from './pages/runs.ts';
import { registerSource } from './pages/source.ts';
import { registerSourceActs } from './pages/source-acts.ts';
import { registerSourceKind } from './pages/source-kind.ts';
import { registerWebhook } from './pages/webhook.ts';
import { registerWebhookActs } from './pages/webhook-acts.ts';
import { createPages, type Pages } from './render.ts';

export type RegisterPage = (app: FastifyInstance, context: DashboardContext, pages: Pages) => void;

const all: readonly RegisterPage[] = [
  registerFront,
  registerPurpose,
  registerOverview,
  registerSource,
  registerSourceKind,
  registerSourceActs,
  registerRuns,
  registerRun,
  registerDeletions,
  registerQuarantine,
  registerDrift,
  registerActs,
  registerConsumers,
  registerWebhook,
  registerWebhookActs,
  registerAlerts,
  registerAlert,
  registerAlertContacts,
  registerFigures,
  registerHealth,
  registerQueues,
  registerJob,
  registerPlan,
  registerSharing,
  registerSharingSay,
  registerSharingWithdraw,
  registerSharingAsked,
  registerLooked,
  registerReceipts,
  registerRepresented,
  registerComments,
  registerCalendar,
  registerTimeline,
  registerContacts,
  registerRating,
  registerDownload,
  registerCitizens,
  registerEnrol,
  registerEnrolment,
  registerAsk,
  registerMeetings,
  registerMeeting,
  registerMeetingChange,
  registerCitizenRequests,
  registerRequests,
  registerCoordinator,
  registerJournalising,
  registerFindCitizen,
  registerJournalisingPage,
  registerEmergencyPage,
  registerConsentsPage,
  registerExplainPage,
  registerLog,
  registerLogCheck,
  registerLogEntry,
];

export const registerDashboard = async (app: FastifyInstance, context: DashboardContext): Promise<Pages> => {
  const pages = createPages(context);
  await registerAssets(app);
  for (const register of all) register(app, context, pages);
  return pages;
};
