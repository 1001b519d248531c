// Comments as threads: what answers another stands below the one the thread began with, in the order it was said.
import type { Shown } from './shown.ts';

export type ShownComment = Shown<'comment'> & {
  readonly about?: string;
  readonly replyTo?: string;
  readonly mine: boolean;
};

export interface Thread {
  readonly first: ShownComment;
  readonly answers: readonly ShownComment[];
}

/** Newest thread first; an answer to what is gone begins a thread of its own. */
export const threadsOf = (comments: readonly ShownComment[]): readonly Thread[] => {
  const known = new Map(comments.map((comment) => [comment.id, comment]));
  const rootOf = (comment: ShownComment, seen: readonly string[] = []): string => {
    const above = comment.replyTo === undefined ? undefined : known.get(comment.replyTo);
    return above === undefined || seen.includes(above.id) ? comment.id : rootOf(above, [...seen, comment.id]);
  };
  const threads = Map.groupBy(comments, (comment) => rootOf(comment));
  return [...threads.values()]
    .flatMap(([first, ...answers]) => (first === undefined ? [] : [{ first, answers }]))
    .toReversed();
};
