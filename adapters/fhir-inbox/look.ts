// Looking at a source without a hub (a dry run, a test of its mappings): messages are kept in memory only, files are read,
// left where they lie, and not answered.
import type { AdapterContext, Inbox } from '../../src/adapter/contract.ts';
import type { InboxConfig } from './config.ts';

export const memoryInbox = (): Inbox => {
  const kept: { readonly ids: readonly string[]; readonly thread: string; readonly body: string; readonly at: Date }[] =
    [];
  let last: Promise<unknown> = Promise.resolve();
  return {
    alone(work) {
      const next = last.then(work, work);
      last = next.catch(() => undefined);
      return next;
    },
    async put({ ids, thread, body }) {
      if (kept.some((message) => message.ids.some((id) => ids.includes(id)))) return 'known';
      kept.push({ ids, thread, body, at: new Date() });
      return 'kept';
    },
    async threads({ after, limit }) {
      const latest = new Map(kept.map(({ thread }, at) => [thread, at + 1]));
      return [...latest]
        .map(([thread, position]) => ({ thread, position }))
        .filter(({ position }) => position > (after ?? 0))
        .sort((a, b) => a.position - b.position)
        .slice(0, limit);
    },
    async read(thread) {
      return kept
        .filter((message) => message.thread === thread)
        .map((message) => ({ id: message.ids[0] ?? '', keptAt: message.at, body: message.body }));
    },
  };
};

/** Configuration and context for a source that is opened with an inbox, or to be looked at only. */
export const orLook = (
  config: InboxConfig,
  context: AdapterContext,
): { readonly config: InboxConfig; readonly context: AdapterContext & { readonly inbox: Inbox } } =>
  context.inbox !== undefined
    ? { config, context: { ...context, inbox: context.inbox } }
    : {
        config: config.transport === 'push' ? config : { ...config, after: 'leave', acknowledge: false },
        context: { ...context, inbox: memoryInbox() },
      };
