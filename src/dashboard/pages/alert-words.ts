// An alert as pages show it: in the words its messages are told with, and with the page that mends what it says. A page
// that the viewer may not open is not linked to.
import { wordsOf } from '../../jobs/alert-texts.ts';
import type { Alert } from '../../store/alerts.ts';
import type { Language, Viewer } from '../context.ts';

type Rights = Viewer['rights'];

const sourceRules = ['source-late', 'source-failing', 'breaker-open', 'schedule-rearmed', 'credential-ends'];
const hubRules = ['log-unsealed', 'log-anchor', 'queue-depth', 'key-age', 'database-size'];

/** The page that mends it; undefined where none does. */
export const mendOf = ({ rule, subject, source, said }: Alert, rights: Rights): string | undefined => {
  const of = source === null ? '' : `?source=${encodeURIComponent(source)}`;
  if (sourceRules.includes(rule)) return source === null ? '/admin' : `/admin/sources/${encodeURIComponent(source)}`;
  if (hubRules.includes(rule)) return '/admin/health';
  if (rule.startsWith('quarantine-')) return `/admin/quarantine${of}`;
  if (rule === 'deletion-held') return `/admin/deletions${of}`;
  if (rule === 'drift-held') return `/admin/drift${of}`;
  if (rule === 'emergency-access') return rights.dpo ? '/admin/log?emergency=true' : undefined;
  if (rule === 'notice-undelivered') return '/admin/alerts/contacts';
  if (rule === 'purge-overdue' || rule === 'consumer-lagging') return `/admin/consumers/${encodeURIComponent(subject)}`;
  if (rule !== 'webhook-disabled') return undefined;
  return `/admin/consumers/${encodeURIComponent(String(said['consumer'] ?? ''))}/webhooks/${encodeURIComponent(subject)}`;
};

/** What is found there: the button says so. */
const mendWhere = (href: string): string =>
  /^\/admin\/consumers\/[^/]+\/webhooks\//.test(href) ? 'webhook' : (href.split(/[/?]/)[2] ?? 'overview');

/** What people have done about it decides where it stands. */
export type AlertStanding = 'open' | 'known' | 'snoozed' | 'going' | 'resolved';

export const standingOf = ({ resolvedAt, snoozed, acknowledged, goneAt }: Alert): AlertStanding => {
  if (resolvedAt !== null) return 'resolved';
  if (snoozed !== null) return 'snoozed';
  if (goneAt !== null) return 'going';
  return acknowledged === null ? 'open' : 'known';
};

export const shownAlert = (alert: Alert, language: Language, rights: Rights) => {
  const mend = mendOf(alert, rights);
  return {
    ...alert,
    ...wordsOf(alert, language),
    standing: standingOf(alert),
    href: `/admin/alerts/${alert.id}`,
    mend,
    mendWhere: mend === undefined ? undefined : mendWhere(mend),
  };
};

/** Classes of the state's badge. */
export const standingBadge: Readonly<Record<AlertStanding, string>> = {
  open: 'badge-error',
  known: 'badge-info',
  snoozed: 'badge-warning',
  going: 'badge-info',
  resolved: 'badge-success',
};
