// What is looked at in the sources: late, failing, held, changed, set aside, credentials that end, schedules that do not
// fire. Each rule says what is wrong now; whether that is an alert is decided by the round.

import { failingKinds, quarantineCounts, rearmedSince } from '../store/alert-facts.ts';
import { listBreakers } from '../store/breaker.ts';
import { listDrift } from '../store/drift.ts';
import { freshnessOf, readFreshness } from '../store/freshness.ts';
import { listHeld } from '../store/held-deletions.ts';
import type { Condition } from './alert-judge.ts';
import type { AlertRule, AlertWorld } from './alert-world.ts';
import { daysLeft } from './expiry.ts';

const hourMs = 3_600_000;

interface OfKind {
  readonly source: string;
  readonly kind: string;
}
const subjectOf = ({ source, kind }: OfKind): string => `${source}/${kind}`;
const about = (
  world: AlertWorld,
  one: OfKind,
): Pick<Condition, 'subject' | 'source'> & { said: { source: string; kind: string } } => ({
  subject: subjectOf(one),
  source: one.source,
  said: { source: titleOf(world, one.source), kind: one.kind },
});
const titleOf = (world: AlertWorld, name: string): string =>
  world.sources.find((source) => source.name === name)?.title ?? name;
/** What is left in the tables of a source that is configured no more warns nobody. */
const configured = (world: AlertWorld, { source }: { readonly source: string }): boolean =>
  world.sources.some(({ name }) => name === source);

/** One entry per kind, with its counts added up. */
const perKind = <T extends OfKind>(rows: readonly T[]): readonly { readonly first: T; readonly all: readonly T[] }[] =>
  [...Map.groupBy(rows, subjectOf).values()].flatMap((all) => (all[0] === undefined ? [] : [{ first: all[0], all }]));

const sourceLate: AlertRule = {
  async look(world, now, times) {
    const synced = new Map((await readFreshness(world.pool)).map((row) => [row.source, row.syncedAt]));
    return world.sources.flatMap(({ name, title, freshForMs }) => {
      const at = synced.get(name) ?? null;
      if (at === null || freshnessOf(at, freshForMs * times, now) !== 'late') return [];
      return [{ subject: name, source: name, said: { source: title, syncedAt: at.toISOString() } }];
    });
  },
};

const namedKinds = 3;
const namedIn = (kinds: readonly OfKind[]): { readonly kinds: string; readonly more: number } => {
  const names = kinds.map(({ kind }) => kind);
  return { kinds: names.slice(0, namedKinds).join(', '), more: Math.max(0, names.length - namedKinds) };
};

/** What they have in common is more often the cause than not: one alert for the source, whatever fails of it. */
const sourceFailing: AlertRule = {
  look: async (world, _, runs) => {
    const failing = (await failingKinds(world.pool, runs)).filter((one) => configured(world, one));
    return [...Map.groupBy(failing, ({ source }) => source)].map(([source, kinds]) => {
      const pulled = kinds.map(({ pulledAt }) => pulledAt?.getTime() ?? 0);
      const oldest = Math.min(...pulled);
      return {
        subject: source,
        source,
        said: {
          source: titleOf(world, source),
          ...(kinds.length === kinds[0]?.of ? {} : namedIn(kinds)),
          code: kinds[0]?.code ?? '',
          ...(oldest === 0 ? {} : { pulledAt: new Date(oldest).toISOString() }),
        },
      };
    });
  },
};

const breakerOpen: AlertRule = {
  look: async (world) =>
    (await listBreakers(world.pool))
      .filter((one) => one.state !== 'closed' && configured(world, one))
      .map(({ source, error_code: code }) => ({
        subject: source,
        source,
        said: { source: titleOf(world, source), code: code ?? '' },
      })),
};

const deletionHeld: AlertRule = {
  look: async (world) =>
    (await listHeld(world.pool))
      .filter((one) => configured(world, one))
      .map((one) => {
        const base = about(world, one);
        return { ...base, said: { ...base.said, missing: one.missing, stored: one.stored } };
      }),
};

const driftHeld: AlertRule = {
  look: async (world) =>
    perKind((await listDrift(world.pool)).filter((one) => one.did !== 'note' && configured(world, one))).map(
      ({ first, all }) => {
        const base = about(world, first);
        return { ...base, said: { ...base.said, findings: all.length } };
      },
    ),
};

const quarantineLarge: AlertRule = {
  every: 'slow',
  look: async (world, now, most) =>
    (await quarantineCounts(world.pool, now))
      .filter((one) => one.waiting > most && configured(world, one))
      .map((one) => {
        const base = about(world, one);
        return { ...base, said: { ...base.said, records: one.waiting } };
      }),
};

const quarantineGrowing: AlertRule = {
  every: 'slow',
  look: async (world, now, most) =>
    (await quarantineCounts(world.pool, new Date(now.getTime() - hourMs)))
      .filter((one) => one.lately > most && configured(world, one))
      .map((one) => {
        const base = about(world, one);
        return { ...base, said: { ...base.said, records: one.lately } };
      }),
};

/** Told again when so many days are left, and when it has ended. */
const countdown = [14, 7, 1, -1];
const criticalDays = 7;

const credentialEnds: AlertRule = {
  look: async ({ sources }, now, days) =>
    sources.flatMap(({ name, title, expiries }) =>
      expiries.flatMap((expiry): readonly Condition[] => {
        const left = daysLeft(expiry, now);
        if (left > days) return [];
        return [
          {
            subject: `${name}/${expiry.what}`,
            source: name,
            step: 1 + countdown.filter((step) => left <= step).length,
            ...(left <= criticalDays ? { severity: 'critical' as const } : {}),
            said: { source: title, what: expiry.what, at: expiry.at.toISOString(), days: left },
          },
        ];
      }),
    ),
};

const scheduleRearmed: AlertRule = {
  every: 'slow',
  look: async (world, now, most) => {
    const often = (await rearmedSince(world.pool, new Date(now.getTime() - hourMs))).filter(
      (one) => one.times >= most && configured(world, one),
    );
    return [...Map.groupBy(often, ({ source }) => source)].map(([source, kinds]) => ({
      subject: source,
      source,
      said: {
        source: titleOf(world, source),
        ...namedIn(kinds),
        times: kinds.reduce((sum, { times }) => sum + times, 0),
      },
    }));
  },
};

export const sourceRules = {
  'source-late': sourceLate,
  'source-failing': sourceFailing,
  'breaker-open': breakerOpen,
  'deletion-held': deletionHeld,
  'drift-held': driftHeld,
  'quarantine-large': quarantineLarge,
  'quarantine-growing': quarantineGrowing,
  'credential-ends': credentialEnds,
  'schedule-rearmed': scheduleRearmed,
} as const;
