// Log entries as OpenTelemetry log records (OTLP/JSON), for a SIEM: who asked, as the token names staff and systems; about
// whom, as the hub's ids. Never a number or a name, and of citizens nothing but their id.
import type { StoredEntry } from './log-entry.ts';

export interface SealedEntry extends StoredEntry {
  readonly number: number;
}

type Value =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly arrayValue: { readonly values: readonly Value[] } };

const anyValue = (value: string | number | boolean | readonly string[]): Value => {
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return { intValue: String(value) };
  if (typeof value === 'string') return { stringValue: value };
  return { arrayValue: { values: value.map((one) => ({ stringValue: one })) } };
};

const attributes = (fields: Readonly<Record<string, Parameters<typeof anyValue>[0] | null>>) =>
  Object.entries(fields).flatMap(([key, value]) => (value === null ? [] : [{ key, value: anyValue(value) }]));

/** INFO, or WARN for what the officer wants to look at. */
const severityOf = ({ decision, emergency }: StoredEntry) =>
  decision === 'denied' || decision === 'failed' || emergency
    ? { severityNumber: 13, severityText: 'WARN' }
    : { severityNumber: 9, severityText: 'INFO' };

const nanos = (at: Date): string => `${at.getTime()}000000`;

const recordOf = (entry: SealedEntry, observed: Date) => ({
  timeUnixNano: nanos(entry.at),
  observedTimeUnixNano: nanos(observed),
  ...severityOf(entry),
  eventName: 'samspil.access',
  body: { stringValue: `${entry.endpoint} ${entry.decision}` },
  attributes: attributes({
    'log.record.uid': entry.id,
    'samspil.log.number': entry.number,
    'samspil.actor.kind': entry.actor_kind,
    // What an issuer calls a citizen may be a name or worse.
    'user.id': ['citizen', 'representative'].includes(entry.actor_kind) ? entry.actor_citizen : entry.person,
    'user.roles': entry.role === null ? null : [entry.role],
    'samspil.actor.organisation': entry.organisation,
    'samspil.actor.unit': entry.unit,
    'samspil.consumer': entry.consumer,
    'samspil.citizen': entry.citizen_id,
    'samspil.represented': entry.represented,
    'samspil.purpose': entry.purpose,
    'samspil.endpoint': entry.endpoint,
    'samspil.decision': entry.decision,
    'samspil.legal_bases': entry.bases,
    'samspil.records': entry.records,
    'samspil.emergency': entry.emergency,
    'samspil.correlation': entry.correlation,
  }),
});

/** One ExportLogsServiceRequest. */
export const otlpOf = (entries: readonly SealedEntry[], municipality: string, observed: Date): object => ({
  resourceLogs: [
    {
      resource: {
        attributes: attributes({ 'service.name': 'samspil', 'samspil.municipality': municipality }),
      },
      scopeLogs: [
        { scope: { name: 'samspil.access-log' }, logRecords: entries.map((entry) => recordOf(entry, observed)) },
      ],
    },
  ],
});
