// The small shared shapes of the citizen-plan schema: dates, coded values, periods, protection levels.
// `meta.da` is the Danish name; `meta.reveals` marks every field that gives a protected name or address away.
import { z } from 'zod';

declare module 'zod' {
  interface GlobalMeta {
    /** The Danish business name. */
    da?: string;
    /** What a protected person's field would give away; such fields are stripped together. */
    reveals?: 'name' | 'address';
    /** A secret in configuration: never printed. */
    secret?: boolean;
  }
}

export const domains = ['employment', 'social', 'health', 'family', 'education', 'shared'] as const;
export type Domain = (typeof domains)[number];

/** KOMBIT's four, in rising order. */
export const sensitivities = ['normal', 'confidential', 'sensitive', 'vip'] as const;
export type Sensitivity = (typeof sensitivities)[number];

export const statuses = ['planned', 'active', 'onHold', 'completed', 'cancelled', 'unknown'] as const;
export type Status = (typeof statuses)[number];

export const linkRels = ['plan', 'parent', 'goal', 'about', 'meeting'] as const;
export type LinkRel = (typeof linkRels)[number];

/** A Copenhagen calendar day, `YYYY-MM-DD`. */
export const day = z.iso.date();
/** A day somebody asks for or decides about: sources may say year 1 or 9999, requests have no reason to. */
export const plausibleDay = day.regex(/^(19|2\d)\d\d-/);
/** An instant, ISO 8601 with offset or Z. */
export const instant = z.iso.datetime({ offset: true });

export const text = z.string().min(1).max(20_000);
export const line = z.string().min(1).max(500);

/** What the source wrote before translation. `system` is its own code system's URI or name. */
export const originalCode = z.strictObject({ system: line, code: line, display: line.optional() });

/** A translated code: `display` is Danish. */
export const coded = z.strictObject({ code: line, display: line, original: originalCode.optional() });
export type Coded = z.infer<typeof coded>;

/** Both ends included; either may be open. */
export const period = z.strictObject({ start: day.optional(), end: day.optional() });

export const status = z.enum(statuses).meta({ da: 'status' });

export const unitAndPerson = z.strictObject({ unit: line.optional(), person: line.optional() });

/** What a token may be used for. */
export const scopes = [
  'plan.read',
  'changes.read',
  'calendar.read',
  'comments.write',
  'consents.write',
  'enrolments.write',
  'log.read',
  'cpr.read',
  'admin',
  /** The pages of the running of the hub, to look at. */
  'admin.read',
] as const;
export type Scope = (typeof scopes)[number];
