// When a source's credentials and certificates end: told beforehand, because on the day itself the source only says 401.
// Dates of secrets stand in the configuration; certificates tell their own.
import { X509Certificate } from 'node:crypto';
import { copenhagenInstant } from '../clock.ts';
import type { SourceConfig } from '../config/hub.ts';
import type { Logger } from '../log.ts';

export interface Expiry {
  /** A name given under `expires`, or the certificate's field. Never a value. */
  readonly what: string;
  readonly at: Date;
}

const dayMs = 86_400_000;
/** Said when so many days are left, and once more when it has ended. */
const steps = [30, 14, 7, 1] as const;

/** The first to end of the certificates in a PEM text; one that cannot be read is not told here but when it is used. */
const endOf = (pem: string): Date | undefined => {
  const ends = (pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []).flatMap((one) => {
    try {
      return [Date.parse(new X509Certificate(one).validTo)];
    } catch {
      return [];
    }
  });
  return ends.length === 0 ? undefined : new Date(Math.min(...ends));
};

/** Of one source, the soonest first. */
export const expiriesOf = ({ expires, tls }: Pick<SourceConfig, 'expires' | 'tls'>): readonly Expiry[] => {
  const secrets = Object.entries(expires).map(([what, day]) => ({ what, at: copenhagenInstant(day) }));
  const certificates = (['cert', 'ca'] as const).flatMap((field) => {
    const at = tls?.[field] === undefined ? undefined : endOf(tls[field]);
    return at === undefined ? [] : [{ what: `tls.${field}`, at }];
  });
  return [...secrets, ...certificates].toSorted((a, b) => a.at.getTime() - b.at.getTime());
};

/** Whole days left; below 0 when it has ended. */
export const daysLeft = ({ at }: Expiry, now: Date): number => Math.floor((at.getTime() - now.getTime()) / dayMs);

/** `clientSecret: 12 days`, `tls.cert: ended`; undefined when nothing is known to end. */
export const soonestInWords = (expiries: readonly Expiry[], now: Date): string | undefined => {
  const [soonest] = expiries;
  if (soonest === undefined) return undefined;
  const days = daysLeft(soonest, now);
  return `${soonest.what}: ${days < 0 ? 'ended' : days === 1 ? '1 day' : `${days} days`}`;
};

/** The step of the countdown that has been reached; undefined while there is time. */
const stepOf = (days: number): number | undefined => (days < 0 ? -1 : steps.findLast((step) => days <= step));

export interface ExpiryWatch {
  /** Warns of what has reached a further step since the last look. A source is never stopped for it. */
  look(sources: Iterable<{ readonly name: string; readonly expiries: readonly Expiry[] }>, now: Date): void;
}

export const createExpiryWatch = (log: Logger): ExpiryWatch => {
  const said = new Map<string, number>();
  return {
    look(sources, now) {
      for (const { name, expiries } of sources)
        for (const expiry of expiries) {
          const days = daysLeft(expiry, now);
          const step = stepOf(days);
          const key = `${name}/${expiry.what}`;
          if (step === said.get(key)) continue;
          if (step === undefined) {
            said.delete(key);
            continue;
          }
          said.set(key, step);
          const about = { source: name, what: expiry.what, until: expiry.at.toISOString(), days };
          log.warn({ event: days < 0 ? 'credential.ended' : 'credential.ends', ...about });
        }
    },
  };
};
