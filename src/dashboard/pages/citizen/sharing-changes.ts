// What would change, in the feed's own answer, made ready to be read: who comes to see what, and what disappears.
import type { Speech } from '../../render.ts';
import type { At } from './frame.ts';
import { type TitledRecord, titledRecords } from './record-titles.ts';
import type { SharingFacts } from './sharing-read.ts';
import { aboutOf, byType, type ShownReader, titleOf } from './sharing-view.ts';
import type { ShownPlan } from './shown.ts';

interface Change {
  readonly domain: string;
  readonly kind: string;
  readonly show: 'content' | 'busy' | 'stub' | 'hidden';
  readonly count: number;
  readonly records: readonly string[];
}
interface Difference extends ShownReader {
  readonly gains: readonly Change[];
  readonly loses: readonly Change[];
}

export interface ChangeView {
  readonly domain: string;
  readonly count: number;
  /** Only the time of it is shown. */
  readonly busy: boolean;
  readonly kinds: readonly (readonly [kind: string, count: number])[];
  readonly examples: readonly TitledRecord[];
}
export interface DifferenceView {
  readonly recipient: string;
  readonly title: string;
  readonly about: string;
  readonly gains: readonly ChangeView[];
  readonly loses: readonly ChangeView[];
}

const mostExamples = 5;

const viewOf = (changes: readonly Change[], titles: ReadonlyMap<string, TitledRecord>): readonly ChangeView[] =>
  [...Map.groupBy(changes, ({ domain, show }) => `${domain} ${show === 'busy'}`).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    return {
      domain: first.domain,
      busy: first.show === 'busy',
      count: group.reduce((sum, { count }) => sum + count, 0),
      kinds: byKind(group).toSorted(([, a], [, b]) => b - a),
      examples: group
        .flatMap(({ records }) => records.slice(0, mostExamples).flatMap((id) => titles.get(id) ?? []))
        .filter(({ title }) => title !== '')
        .slice(0, mostExamples),
    };
  });

/** The feed weighs so many at once; a meeting may ask for more, each about a reader and a record of its own. */
const atOnce = 10;

/** What several answers say of the same reader, as one. */
const together = (readers: readonly Difference[]): readonly Difference[] =>
  [...Map.groupBy(readers, ({ recipient }) => recipient).values()].flatMap(([first, ...rest]) => {
    if (first === undefined) return [];
    const all = [first, ...rest];
    return { ...first, gains: all.flatMap(({ gains }) => gains), loses: all.flatMap(({ loses }) => loses) };
  });

/** The same kind twice, from two answers, counts once. */
const byKind = (group: readonly Change[]): readonly (readonly [kind: string, count: number])[] =>
  [...Map.groupBy(group, ({ kind }) => kind)].map(
    ([kind, some]) => [kind, some.reduce((sum, { count }) => sum + count, 0)] as const,
  );

/** @throws Refused as the act itself would be */
export const readChanges = async (
  at: At,
  acts: { readonly say?: readonly object[]; readonly withdraw?: readonly string[] },
  { names }: Pick<SharingFacts, 'names'>,
  speech: Speech,
): Promise<readonly DifferenceView[]> => {
  const { say = [], withdraw } = acts;
  const found: Difference[] = [];
  for (let from = 0; from === 0 || from < say.length; from += atOnce) {
    const some = { say: say.slice(from, from + atOnce), ...(withdraw === undefined ? {} : { withdraw }) };
    const path = `/v1/citizens/${at.id}/consents/preview`;
    found.push(...(await at.post<{ readonly readers: readonly Difference[] }>(path, some)).readers);
  }
  const readers = together(found);
  const plan = readers.length === 0 ? undefined : await at.get<ShownPlan>('/plan');
  const titles = new Map((plan === undefined ? [] : titledRecords(plan)).map((one) => [one.id, one]));
  return readers.toSorted(byType).map((reader) => ({
    recipient: reader.recipient,
    title: titleOf(reader, names, speech),
    about: aboutOf(reader, names, speech),
    gains: viewOf(reader.gains, titles),
    loses: viewOf(reader.loses, titles),
  }));
};
