// Why a source that nothing failed for is late all the same: it is being fetched and takes long, nobody has begun, or its
// turn has not come. In one sentence, for the overview and the source's own page.
import type { SourceOverview } from '../../store/overview.ts';
import type { Speech } from '../render.ts';

/** A slot that is so late will not fire by itself. */
const stuckMs = 60_000;

export interface Lateness {
  readonly text: string;
  /** Nobody is fetching it: the workers are to be looked at. */
  readonly stuck: boolean;
}

/** Undefined: it is not late, or an error or a pause says why. */
export const whyLate = (
  { standing, kinds, lagMs, nextAt }: Pick<SourceOverview, 'standing' | 'kinds' | 'lagMs' | 'nextAt'>,
  { t, f }: Pick<Speech, 't' | 'f'>,
  now: Date,
): Lateness | undefined => {
  if (standing !== 'late') return undefined;
  const begun = kinds.flatMap(({ running }) => running?.startedAt?.getTime() ?? []);
  if (begun.length > 0) {
    const span = f.span(Math.max(1000, now.getTime() - Math.min(...begun)));
    return { text: t('source.late.running', { span }), stuck: false };
  }
  if (lagMs > stuckMs) return { text: t('source.late.stuck', { span: f.span(lagMs) }), stuck: true };
  return { text: nextAt === null ? '' : t('source.late.waiting', { when: f.ago(nextAt) }), stuck: false };
};
