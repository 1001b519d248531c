// The tree of references that a view shows: pathways within pathways, folders, and below them grants, documents and
// people. It is walked whole or not at all: a branch left out would look like deletions.
import { z } from 'zod';
import { HubError } from '../../src/errors.ts';
import { resource } from './hal.ts';

const number = z.union([z.number(), z.string()]).nullish();

/** A reference as far as the walk relies on it; the rest is the mapping's. */
export const reference = resource.extend({
  type: z.string().nullish(),
  id: number,
  patientPathwayId: number,
  parentPathwayId: number,
  workflowState: z.looseObject({ name: z.string().nullish() }).nullish(),
  children: z.array(z.unknown()).nullish(),
});
export type Reference = z.infer<typeof reference>;

export const roots = z.array(z.unknown());

export interface Placed {
  readonly node: Reference;
  /** Key of the nearest pathway above, if any. */
  readonly pathway: string | undefined;
}

export const pathwayType = 'patientPathwayReference';
export const grantType = 'basketGrantReference';
export const professionalType = 'professionalReference';

const mostNodes = 20_000;

const told = (id: string | number | null | undefined): string => (id === null || id === undefined ? '' : String(id));
/** A reference to a pathway has no id of its own, but the pathway's. */
export const keyOf = (node: Reference): string => told(node.patientPathwayId) || told(node.id);

const refused = (message: string): HubError =>
  new HubError({ code: 'source/bad-answer', fault: 'source', message, hint: 'See treeDepth and pathwayView.' });

/** Every reference of the tree once, in its order, with the pathway it stands in. */
export const flatten = (tree: readonly unknown[], depth: number): readonly Placed[] => {
  const placed: Placed[] = [];
  const walk = (nodes: readonly unknown[], pathway: string | undefined, level: number): void => {
    if (nodes.length > 0 && level > depth) throw refused(`The tree of references is deeper than ${depth} levels.`);
    for (const raw of nodes) {
      const parsed = reference.safeParse(raw);
      if (!parsed.success) throw refused('A reference in the tree does not have the agreed shape.');
      const node = parsed.data;
      placed.push({ node, pathway });
      if (placed.length > mostNodes) throw refused(`The tree holds more than ${mostNodes} references.`);
      const within = node.type === pathwayType ? keyOf(node) || pathway : pathway;
      walk(node.children ?? [], within, level + 1);
    }
  };
  walk(tree, undefined, 1);
  return placed;
};

/** The references of some types, each key once: a view may show the same thing in two places. */
export const ofTypes = (placed: readonly Placed[], types: readonly string[]): readonly Placed[] => {
  const seen = new Set<string>();
  return placed.filter(({ node }) => {
    if (!types.includes(node.type ?? '')) return false;
    const key = `${node.type}/${keyOf(node)}`;
    if (keyOf(node) !== '' && seen.has(key)) return false;
    seen.add(key);
    return true;
  });
};
