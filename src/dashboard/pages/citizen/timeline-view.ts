// The course over time as people read it: what is to come, the nearest first; what has happened, the newest first, by
// month; and measurements of the same scale side by side.
import { copenhagenDay } from '../../../clock.ts';
import type { Shown } from './shown.ts';

export interface TimelineEntry {
  readonly at: string;
  readonly what: string;
  readonly record: string;
  readonly kind: string;
  readonly source: string;
  readonly domain: string;
  readonly title: string;
  readonly text?: string;
  readonly type?: string;
  readonly status?: string;
  readonly measure?: { readonly scale: string; readonly value: number; readonly label?: string };
  readonly journalUrl?: string;
}

export const dayOf = (at: string): string => (at.length > 10 ? copenhagenDay(new Date(at)) : at);

/** What is said of the same at the same moment, by one system or by several, is told once. */
export interface CourseEntry extends TimelineEntry {
  readonly whats: readonly string[];
  readonly domains: readonly string[];
  readonly from: readonly Pick<TimelineEntry, 'source' | 'journalUrl'>[];
}

const told = (entries: readonly TimelineEntry[]): readonly CourseEntry[] => {
  // A meeting may be of several areas; what else goes by the same name in two areas is not the same.
  const alike = Map.groupBy(entries, ({ at, what, record, kind, domain, title }) =>
    what === 'status' ? record : JSON.stringify([at, kind, kind === 'appointment' ? '' : domain, title]),
  );
  return [...alike.values()].flatMap((all) => {
    const [first] = all;
    if (first === undefined) return [];
    const from = [...new Map(all.map((entry) => [entry.source, entry])).values()];
    const distinct = (values: readonly string[]): readonly string[] => [...new Set(values)];
    const [whats, domains] = [distinct(all.map(({ what }) => what)), distinct(all.map(({ domain }) => domain))];
    return [{ ...first, whats, domains, from }];
  });
};

export interface Months {
  /** Its first day. */
  readonly month: string;
  readonly entries: readonly CourseEntry[];
}

/** Entries as the feed gives them, newest first. */
export const courseOf = (
  entries: readonly TimelineEntry[],
  today: string,
): { readonly coming: readonly CourseEntry[]; readonly months: readonly Months[] } => {
  const coming = told(entries.filter(({ at }) => dayOf(at) > today).toReversed());
  const past = told(entries.filter(({ at }) => dayOf(at) <= today));
  const months = Map.groupBy(past, ({ at }) => dayOf(at).slice(0, 7));
  return { coming, months: [...months].map(([month, all]) => ({ month: `${month}-01`, entries: all })) };
};

export interface Scale {
  readonly scale: string;
  /** Oldest first. */
  readonly points: readonly { readonly at: string; readonly value: number; readonly label?: string | undefined }[];
  /** As the chart's script reads it; absent where there is nothing to compare. */
  readonly chart?: string;
}

/** Measurements by their scale. */
export const scalesOf = (entries: readonly Pick<Shown<'statusEntry'>, 'at' | 'measure'>[]): readonly Scale[] => {
  const measured = entries.flatMap(({ at, measure }) => (measure === undefined ? [] : [{ at, ...measure }]));
  return [...Map.groupBy(measured, ({ scale }) => scale)].map(([scale, all]) => {
    const points = all.toSorted((a, b) => a.at.localeCompare(b.at));
    const chart = JSON.stringify({
      x: points.map(({ at }) => Math.floor(Date.parse(at.length > 10 ? at : `${at}T12:00:00Z`) / 1000)),
      series: [{ label: scale, values: points.map(({ value }) => value) }],
      height: 200,
    });
    return { scale, points, ...(points.length > 1 ? { chart } : {}) };
  });
};
