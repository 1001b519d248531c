// The messages of a thread in the order they were written: each after those it revises or removes (Provenance), and where
// the chain does not say, by time. Arrival plays no part: the same messages give the same order.
import type { Link, Message } from './message.ts';

/** One message of the chain; `message` is absent where only later ones tell of it. */
export interface Step<M extends Message> extends Link {
  readonly message?: M;
}

export interface Ordered<M extends Message> {
  readonly steps: readonly Step<M>[];
  /** Messages that others tell of and that never came. */
  readonly missing: number;
}

const timeOf = (link: Link): number => Date.parse(link.at);
const byTime = (a: Link, b: Link): number =>
  timeOf(a) - timeOf(b) || Date.parse(a.recorded) - Date.parse(b.recorded) || (a.header < b.header ? -1 : 1);

/** What is known of every message; its own word counts more than what others repeat of it. */
const linksOf = <M extends Message>(messages: readonly M[]): ReadonlyMap<string, Step<M>> => {
  const links = new Map<string, Step<M>>();
  // In an order of their own, so that of two who tell differently the same is believed whoever came first.
  const sorted = messages.toSorted((a, b) => byTime(a.own, b.own));
  for (const { chain } of sorted) for (const link of chain) if (!links.has(link.header)) links.set(link.header, link);
  for (const message of sorted) links.set(message.header, { ...message.own, message });
  return links;
};

export const inOrder = <M extends Message>(messages: readonly M[]): Ordered<M> => {
  const links = linksOf(messages);
  const waiting = [...links.values()].toSorted(byTime);
  const told = new Set<string>();
  const steps: Step<M>[] = [];
  while (waiting.length > 0) {
    const ready = waiting.findIndex((step) => step.previous.every((id) => told.has(id) || !links.has(id)));
    // A circle is nobody's order: time decides.
    const [next] = waiting.splice(Math.max(ready, 0), 1);
    if (next === undefined) break;
    told.add(next.header);
    steps.push(next);
  }
  const named = new Set([...links.keys(), ...[...links.values()].flatMap((link) => link.previous)]);
  const came = steps.filter((step) => step.message !== undefined).length;
  return { steps, missing: named.size - came };
};
