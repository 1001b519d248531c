// What the hub warns of, whom and how: contacts by mail and webhook, one block per rule, the daily digest, quiet hours.
// Without a block every rule is on and nobody is told: alerts then stand on the dashboard and in the log.
import { z } from 'zod';
import { duration, flag, name, number, window } from './values.ts';

/** `threshold` is in the rule's own unit, named beside it; `for` before it opens, `clear` before it resolves. */
export const ruleDefaults = {
  /** Times what it promises (`freshFor`). */
  'source-late': { severity: 'warning', for: '2m', clear: '2m', threshold: 1 },
  /** Pulls in a row. */
  'source-failing': { severity: 'warning', for: '0s', clear: '5m', threshold: 3 },
  'breaker-open': { severity: 'warning', for: '2m', clear: '2m', threshold: 0 },
  'deletion-held': { severity: 'warning', for: '0s', clear: '0s', threshold: 0 },
  'drift-held': { severity: 'warning', for: '0s', clear: '0s', threshold: 0 },
  /** Records that wait, of one kind. */
  'quarantine-large': { severity: 'warning', for: '0s', clear: '15m', threshold: 100 },
  /** Records of one kind within an hour. */
  'quarantine-growing': { severity: 'warning', for: '0s', clear: '15m', threshold: 20 },
  /** Days left; told again at 14, 7 and 1 and when it has ended. */
  'credential-ends': { severity: 'warning', for: '0s', clear: '0s', threshold: 30 },
  /** Times within an hour. */
  'schedule-rearmed': { severity: 'warning', for: '0s', clear: '15m', threshold: 3 },
  /** Seconds. */
  'log-unsealed': { severity: 'critical', for: '0s', clear: '1m', threshold: 60 },
  /** Minutes since the file was last looked at. */
  'log-anchor': { severity: 'critical', for: '5m', clear: '5m', threshold: 15 },
  'purge-overdue': { severity: 'warning', for: '0s', clear: '0s', threshold: 0 },
  'webhook-disabled': { severity: 'warning', for: '0s', clear: '0s', threshold: 0 },
  /** Hours. */
  'consumer-lagging': { severity: 'warning', for: '10m', clear: '10m', threshold: 24 },
  'emergency-access': { severity: 'warning', for: '0s', clear: '0s', threshold: 0 },
  /** Items of one unit that wait longer than they may. */
  'journal-waiting': { severity: 'warning', for: '0s', clear: '0s', threshold: 0 },
  /** Pieces of work that are due. */
  'queue-depth': { severity: 'warning', for: '10m', clear: '10m', threshold: 1000 },
  /** Days. */
  'key-age': { severity: 'warning', for: '0s', clear: '0s', threshold: 365 },
  /** Gigabytes. */
  'database-size': { severity: 'warning', for: '10m', clear: '1h', threshold: 100 },
  /** Attempts of one message. */
  'notice-undelivered': { severity: 'warning', for: '0s', clear: '0s', threshold: 2 },
} as const;

export type RuleName = keyof typeof ruleDefaults;
export const ruleNames = Object.keys(ruleDefaults) as [RuleName, ...RuleName[]];
export const alertLanguages = ['da', 'en'] as const;

const rule = z.strictObject({
  on: flag.default(true),
  for: duration.optional(),
  clear: duration.optional(),
  threshold: number.nonnegative().optional(),
  /** Contacts; absent: as `alerts.to` says. */
  to: z.array(name).optional(),
});

const contact = z
  .strictObject({
    mail: z.array(z.email()).default([]),
    webhook: z
      .strictObject({
        url: z.url(),
        secret: z
          .string()
          .regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/, 'whsec_ and at least 24 bytes in base64')
          .meta({ secret: true }),
      })
      .optional(),
    language: z.enum(alertLanguages).optional(),
  })
  .refine(({ mail, webhook }) => mail.length > 0 || webhook !== undefined, 'mail or webhook');

const thisMachine = /^(localhost|127(\.\d{1,3}){3}|::1)$/;
const smtp = z
  .strictObject({
    host: z.string().min(1),
    port: number.int().positive().max(65_535).optional(),
    user: z.string().min(1).optional(),
    password: z.string().min(1).meta({ secret: true }).optional(),
    from: z.email(),
    /** implicit: from the first byte (465). starttls: at once, or not at all (587). none: in the clear (25). */
    tls: z.enum(['implicit', 'starttls', 'none']).default('starttls'),
  })
  .refine(
    ({ user, password }) => (user === undefined) === (password === undefined),
    'user and password belong together',
  )
  .refine(({ tls, password, host }) => tls !== 'none' || password === undefined || thisMachine.test(host), {
    path: ['tls'],
    message: 'a password is not sent in the clear',
  });

/** Data-protection officers: told of emergency access; of everything else only where they are named. */
export const dpoContact = 'dpo';

export const alerts = z
  .strictObject({
    contacts: z.record(name, contact).default({}),
    /** Who is told where a rule names nobody; absent: every contact but the one called `dpo`. */
    to: z.array(name).optional(),
    smtp: smtp.optional(),
    rules: z.partialRecord(z.enum(ruleNames), rule).default({}),
    digest: z
      .strictObject({
        /** Copenhagen time. */
        at: z
          .string()
          .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 07:30')
          .default('07:30'),
        to: z.array(name).default([]),
      })
      .prefault({}),
    /** Inside these windows, Copenhagen time, only what is critical is told; the rest when they end. */
    quiet: z.array(window).default([]),
    language: z.enum(alertLanguages).default('da'),
    /** How long alerts that resolved are listed. */
    keep: duration.prefault('365d'),
  })
  .superRefine(({ contacts, to, rules, digest, smtp: server }, context) => {
    const say = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    const known = (names: readonly string[] | undefined, path: (string | number)[]): void => {
      for (const [n, one] of (names ?? []).entries())
        if (contacts[one] === undefined) say([...path, n], 'is not among the contacts');
    };
    known(to, ['to']);
    known(digest.to, ['digest', 'to']);
    for (const [rule, block] of Object.entries(rules)) known(block.to, ['rules', rule, 'to']);
    if (server === undefined && Object.values(contacts).some(({ mail }) => mail.length > 0))
      say(['smtp'], 'contacts with mail need a server to send it by');
  });

export type AlertsConfig = z.infer<typeof alerts>;
