// The hub's configuration as zod: one municipality, its readers' rules, its sources. YAML is read with the failsafe
// schema, so every scalar arrives as text and is given its type here. Unknown names are refused, not ignored.
import { z } from 'zod';
import { domains, scopes, sensitivities } from '../model/values.ts';
import { refuseUserinfo } from './address.ts';
import { alerts } from './alerts.ts';
import { consents } from './consents.ts';
import { clientCertificateHeader, issuers } from './issuer.ts';
import { log } from './log.ts';
import { metrics } from './metrics.ts';
import type { ConfigPlaces } from './places.ts';
import { representation } from './representation.ts';
import { dashboard } from './sign-in.ts';
import { duration, flag, name, number, origin, window } from './values.ts';

/** Who a grant or statute reaches: `person:…`, `role:…`, `unit:…`, `organisation:…`, `consumer:…`. */
export const recipient = z
  .string()
  .regex(
    /^(person|role|unit|organisation|consumer):.{1,200}$/,
    'person:, role:, unit:, organisation: or consumer: and an id',
  );

const statute = z.strictObject({
  id: name,
  title: z.string(),
  recipients: z.array(recipient).min(1),
  domains: z.array(z.enum(domains)).optional(),
  kinds: z.array(z.string()).optional(),
  purposes: z.array(name).optional(),
  upTo: z.enum(['normal', 'confidential', 'sensitive']).default('normal'),
  optOut: flag,
});

const unit = z.strictObject({
  id: z.string().min(1).max(200),
  name: z.string(),
  type: z.enum(['unit', 'organisation']).default('unit'),
  parent: z.string().optional(),
});

const consumer = z.strictObject({
  id: name,
  organisation: z.string(),
  contact: z.string(),
  /** Does it keep copies (the change feed), or only read plans? */
  copies: flag.default(true),
  purposes: z.array(name).default(['coordinated-plan']),
  /** The scopes it needs: its tokens open nothing else, whatever they say. Default: as they say. */
  scopes: z.array(z.enum(scopes)).min(1).optional(),
  /** Of each web process; default: everybody's `rateLimitPerMinute`. */
  requestsPerMinute: number.int().positive().optional(),
  /** Citizens' data it may be answered with on one day, all processes together. */
  dailyReads: number.int().positive().optional(),
  /** Streams of changes open at once in one web process. */
  streams: number.int().positive().max(20).default(2),
});

/** note: counted and shown. hold: waits for somebody to accept it. stop: the run fails, and the kind is paused. */
const onDrift = z.enum(['note', 'hold', 'stop']);
const drift = z.strictObject({
  newField: onDrift.optional(),
  vanishedField: onDrift.optional(),
  unknownCode: onDrift.optional(),
  typeChange: onDrift.optional(),
  zeroRows: onDrift.optional(),
  volume: onDrift.optional(),
});
const usualDrift = {
  newField: 'note',
  vanishedField: 'note',
  unknownCode: 'note',
  typeChange: 'hold',
  zeroRows: 'stop',
  volume: 'hold',
} as const;

const kind = z.strictObject({
  /** cron in Europe/Copenhagen; jitter is added. */
  schedule: z.string().optional(),
  /** For kinds whose deletions nobody reports: when a complete pull is swept. */
  reconcile: z.string().default('30 3 * * 0'),
  domain: z.enum(domains).optional(),
  sensitivity: z.enum(sensitivities).default('normal'),
  ownerUnit: z.string().optional(),
  keyIsCpr: flag.default(false),
  mixed: flag.default(false),
  /** Keep raw records this long, sealed, so that a changed mapping can be tried on them. Default: not at all. */
  retain: duration.optional(),
  /** What happens when the records change their shape or number; what is left out is as the source says. */
  drift: drift.default({}),
});

const journalTemplate = z
  .string()
  .regex(
    /^https?:\/\/[^\s/{}?#@]+\/\S*$/,
    'an address such as https://host/sag/{sagUuid}; nothing of it may be read from data but the {…}',
  );

/** Where a source may post what has changed: `POST /push/v1/<source>` with `Authorization: Bearer <token>`. */
const push = z.strictObject({
  token: z.string().min(32, 'at least 32 characters').meta({ secret: true }),
  /** Still believed while the sender changes over. */
  formerToken: z.string().min(32, 'at least 32 characters').meta({ secret: true }).optional(),
  maxBytes: number
    .int()
    .positive()
    .max(16 * 1024 * 1024)
    .default(1024 * 1024),
  perMinute: number.int().positive().default(600),
  contentTypes: z
    .array(z.string().toLowerCase())
    .min(1)
    .default(['application/json', 'application/fhir+json', 'application/xml', 'application/fhir+xml', 'text/xml']),
});

const pem = z.string().regex(/-----BEGIN [A-Z0-9 ]+-----/, 'the text of a PEM file, normally ${file:…}');
/** For sources that want to know the hub by its certificate (mTLS), or whose own is not signed by a public authority. */
const tls = z
  .strictObject({
    cert: pem.optional(),
    key: pem.meta({ secret: true }).optional(),
    passphrase: z.string().min(1).meta({ secret: true }).optional(),
    /** Trusted beside the public authorities. */
    ca: pem.optional(),
  })
  .refine(({ cert, key }) => (cert === undefined) === (key === undefined), 'cert and key belong together');

/** How fast a source may be asked, all kinds and all processes of the hub together; `concurrency` is each process's own. */
const budget = z.strictObject({
  /** Sources that name the same are one system with one budget: they must say the same about it. */
  shared: name.optional(),
  requestsPerSecond: number.positive().default(20),
  concurrency: number.int().positive().default(4),
  /** Other numbers at some times of day; the first window that holds the moment counts. */
  windows: z
    .array(
      z.strictObject({
        between: window,
        requestsPerSecond: number.positive().optional(),
        concurrency: number.int().positive().optional(),
      }),
    )
    .default([]),
});

const source = z.strictObject({
  adapter: name,
  title: z.string(),
  domain: z.enum(domains),
  /** Folder under mappings/. Default: the adapter's name. */
  mappings: z.string().optional(),
  ownerUnit: z.string().optional(),
  journalBaseUrl: z.url().optional(),
  /** For records kept in several systems: the system, as its mapping tells it, → address with `{name}`s in it. */
  journalTemplates: z.record(z.string().toLowerCase(), journalTemplate).default({}),
  /** Only such sources give a citizen's address. */
  master: flag.default(false),
  /** "Exists but hidden": readers who may not see a record learn that it exists. */
  existenceShown: flag.default(false),
  schedule: z.string().default('*/5 * * * *'),
  /** Freshness promise; default twice the schedule's interval. */
  freshFor: duration.optional(),
  budget: budget.prefault({}),
  /** No pulls inside these windows, Copenhagen time: `22:00-05:00`. */
  maintenance: z.array(window).default([]),
  /** Deletions above this count and this share are held until someone approves them. */
  guard: z
    .strictObject({ count: number.int().nonnegative().default(20), share: number.min(0).max(1).default(0.1) })
    .prefault({}),
  breaker: z
    .strictObject({ failures: number.int().positive().default(5), probeAfter: duration.prefault('60s') })
    .prefault({}),
  /** Of a source whose messages the hub keeps: how long a thread stays after its latest message. */
  inbox: z.strictObject({ retention: duration.prefault('90d') }).prefault({}),
  /** For all of its kinds. */
  drift: drift.default({}),
  push: push.optional(),
  tls: tls.optional(),
  /** When secrets end, by a name of your own: `clientSecret: 2027-03-01`. Warned of at 30, 14, 7 and 1 days. */
  expires: z.record(z.string().max(60), z.iso.date()).default({}),
  config: z.record(z.string(), z.unknown()).default({}),
  kinds: z.record(z.string(), kind.nullable()).default({}),
});

/** What consumer systems are told by webhook that there is something to read. */
const webhooks = z.strictObject({
  /** Hosts inside the hub's own network that may be called; every other must have a public address. */
  allowPrivate: z.array(z.string().toLowerCase().min(1)).default([]),
  /** May those hosts be called without TLS? For sandboxes and tests. */
  allowHttp: flag.default(false),
  timeout: duration.prefault('10s'),
  /** Two hints to one address are at least this far apart. */
  atMostEvery: duration.prefault('5s'),
  /** How long a former secret signs beside its successor. */
  rotationOverlap: duration.prefault('24h'),
  /** How long the deliveries that ended are listed. */
  logRetention: duration.prefault('30d'),
});

export const hubConfig = z
  .strictObject({
    municipality: z.strictObject({ code: z.string().regex(/^\d{4}$/), name: z.string() }),
    purposes: z.array(name).min(1).default(['coordinated-plan']),
    enrolmentBases: z.array(z.strictObject({ code: name, title: z.string() })).min(1),
    units: z.array(unit).default([]),
    statutes: z.array(statute).default([]),
    /** Legal basis written to the log for rules 1–3. */
    legalBasis: z.strictObject({ own: z.string(), ownJournal: z.string(), emergency: z.string() }).default({
      own: 'GDPR art. 15, forvaltningsloven § 9',
      ownJournal: 'GDPR art. 6(1)(e), sector law of the owner unit',
      emergency: 'databeskyttelsesloven § 7, GDPR art. 9(2)(c)',
    }),
    representation: representation.prefault({}),
    consents: consents.prefault({}),
    /** Roles that may use emergency access. */
    emergencyRoles: z.array(z.string()).default([]),
    issuers: issuers.default([]),
    consumers: z.array(consumer).default([]),
    /** The pages: where they are reached, how people sign in. */
    dashboard: dashboard.prefault({}),
    /** Folders with mappings of the hub's own, beside this file or absolute; they come before the shipped ones. */
    mappingFolders: z.array(z.string().min(1)).default([]),
    /** Sources in the order their master data is preferred; sources left out follow in their own order. */
    masterDataOrder: z.array(z.string()).default([]),
    quarantineRetention: duration.prefault('30d'),
    changeRetention: duration.prefault('90d'),
    /** Consumers confirm within this time that they deleted what they were told to; reminded at each half of it. */
    purgeDeadline: duration.prefault('14d'),
    /** How often a citizen is asked how it goes. */
    ratingEvery: duration.prefault('90d'),
    webhooks: webhooks.prefault({}),
    logRetention: duration.prefault('1825d'),
    /** What the hub warns of, and whom. */
    alerts: alerts.prefault({}),
    /** Who may read `/metrics`. */
    metrics: metrics.prefault({}),
    /** Where the access log is anchored and sent. */
    log: log.prefault({}),
    /** Unsealed log entries older than this stop disclosure. */
    sealStop: duration.prefault('15m'),
    /** Addresses or networks of proxies whose X-Forwarded-For is believed: without them everybody has the proxy's address. */
    trustedProxies: z.array(z.string()).default([]),
    clientCertificateHeader: clientCertificateHeader.optional(),
    /** Pages of other systems that may read plans from the browser: exact origins; http only on the own machine. */
    corsOrigins: z.array(origin).default([]),
    rateLimitPerMinute: number.int().positive().default(6000),
    // What is said in the hub itself is kept under that name.
    sources: z.record(
      name.refine((own) => own !== 'samspil', 'samspil is the name of the hub itself'),
      source,
    ),
  })
  .refine(
    ({ clientCertificateHeader, trustedProxies }) => clientCertificateHeader === undefined || trustedProxies.length > 0,
    { path: ['clientCertificateHeader'], message: 'anybody could send it: name the proxy under trustedProxies' },
  )
  .superRefine((config, context) => refuseUserinfo(config, context));

/** `places`: where its settings stand; absent where it was not read from a file. */
export type HubConfig = z.infer<typeof hubConfig> & { readonly places?: ConfigPlaces };
export type SourceConfig = HubConfig['sources'][string];
export type KindConfig = z.infer<typeof kind>;
export type StatuteConfig = z.infer<typeof statute>;

type Drift = Readonly<Record<keyof typeof usualDrift, z.infer<typeof onDrift>>>;
const given = (block: z.infer<typeof drift>): Partial<Drift> =>
  Object.fromEntries(Object.entries(block).filter(([, level]) => level !== undefined)) as Partial<Drift>;

/** A kind's settings, with what the source sets for all of its kinds. */
export const kindSettings = (
  config: SourceConfig,
  kindName: string,
): Omit<KindConfig, 'drift'> & { readonly schedule: string; readonly drift: Drift } => {
  const own = config.kinds[kindName] ?? kind.parse({});
  const ownerUnit = own.ownerUnit ?? config.ownerUnit;
  return {
    ...own,
    schedule: own.schedule ?? config.schedule,
    domain: own.domain ?? config.domain,
    drift: { ...usualDrift, ...given(config.drift), ...given(own.drift) },
    ...(ownerUnit === undefined ? {} : { ownerUnit }),
  };
};
