// What a log entry's endpoint was about, in a word: for the table and for the filter, from one list.
/** Word under `log.what` → how such endpoints look. The first that fits counts. */
const sorts = [
  ['emergency', /\/emergency-access/],
  ['explain', /[/ ]explain/],
  ['log', /\/access-log/],
  ['sharing', /\/sharing|\/consents\/preview/],
  ['proposals', /\/consent-proposals/],
  ['consents', /\/consents|consents (import|of a source)/],
  ['representations', /\/representations/],
  ['lookup', /\/lookup/],
  ['name', /\/plan \(master data\)/],
  ['plan', /\/plan\b/],
  ['fhir', / \/fhir/],
  ['calendar', /\/calendar/],
  ['timeline', /\/timeline/],
  ['overlaps', /\/overlaps/],
  ['changes', /\/changes/],
  ['subscriptions', /\/subscriptions/],
  ['journalising', /\/journalising/],
  ['said', /\/(comments|agreements|ratings|requests|meetings|coordinator)/],
  ['enrolments', /enrolments/],
  ['quarantine', /quarantine/],
  ['list', / \/v1\/citizens(?: |$)/],
] as const;

export const whatOf = (endpoint: string): string => sorts.find(([, form]) => form.test(endpoint))?.[0] ?? 'other';

/** What the search can be narrowed to: how those endpoints begin. */
export const endpointFilters = {
  plan: 'GET /v1/citizens/:id/plan',
  calendar: 'GET /v1/citizens/:id/calendar',
  timeline: 'GET /v1/citizens/:id/timeline',
  fhir: 'GET /fhir',
  changes: 'GET /v1/changes',
  lookup: 'POST /v1/citizens/lookup',
  emergency: 'POST /v1/emergency-access',
  consents: 'POST /v1/citizens/:id/consents',
  log: 'GET /v1/citizens/:id/access-log',
  explain: 'GET /v1/citizens/:id/explain',
} as const;

export type EndpointFilter = keyof typeof endpointFilters;

export const decisionBadges: Readonly<Record<string, string>> = {
  allowed: 'badge-success',
  partly: 'badge-info',
  denied: 'badge-warning',
  failed: 'badge-error',
};
