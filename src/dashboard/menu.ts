// Where one can go: an administrator's and a data-protection officer's pages, a citizen's own, a professional's.
import type { Viewer } from './context.ts';
import type { Translate } from './texts.ts';

export interface MenuItem {
  readonly href: string;
  readonly text: string;
  readonly current: boolean;
}

type Entry = readonly [href: string, key: string];

const operating: readonly Entry[] = [
  ['/admin', 'overview'],
  ['/admin/runs', 'runs'],
  ['/admin/quarantine', 'quarantine'],
  ['/admin/deletions', 'deletions'],
  ['/admin/drift', 'drift'],
  ['/admin/consumers', 'consumers'],
  ['/admin/alerts', 'alerts'],
  ['/admin/figures', 'figures'],
  ['/admin/health', 'health'],
  ['/admin/acts', 'acts'],
];
const proving: readonly Entry[] = [
  ['/admin/log', 'log'],
  ['/admin/explain', 'explain'],
  ['/admin/consents', 'consents'],
  ['/admin/emergency', 'emergency'],
  ['/admin/journalising', 'journalising'],
];
const own: readonly Entry[] = [
  ['/my', 'plan'],
  ['/my/calendar', 'calendar'],
  ['/my/timeline', 'timeline'],
  ['/my/contacts', 'contacts'],
  ['/my/meetings', 'meetings'],
  ['/my/rating', 'rating'],
  ['/my/sharing', 'sharing'],
  ['/my/looked', 'looked'],
  ['/my/receipts', 'receipts'],
  ['/my/download', 'download'],
];
const beside: readonly Entry[] = [
  ['/citizens', 'citizens'],
  ['/requests', 'requests'],
  ['/journalising', 'journalising'],
];
const others: readonly Entry[] = [['/citizens', 'others']];

const entriesOf = (viewer: Viewer | undefined): readonly Entry[] => {
  if (viewer === undefined) return [];
  const { rights, actor } = viewer;
  if (rights.view) return rights.dpo ? [...operating, ...proving] : operating;
  // Whoever has no plan here may still see somebody's, by their word.
  if (actor.kind === 'citizen') return actor.citizen === undefined ? others : [...own, ...others];
  if (actor.kind === 'representative') return others;
  return actor.kind === 'professional' ? beside : [];
};

/** The entry whose address is the longest beginning of this one is where we are. */
export const menuOf = (viewer: Viewer | undefined, path: string, t: Translate): readonly MenuItem[] => {
  const entries = entriesOf(viewer);
  const here = entries
    .map(([href]) => href)
    .filter((href) => path === href || path.startsWith(`${href}/`))
    .sort((a, b) => b.length - a.length)[0];
  return entries.map(([href, key]) => ({ href, text: t(`menu.${key}`), current: href === here }));
};
