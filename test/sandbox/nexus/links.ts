// Links of the Nexus stub: addresses that mean something to the server alone. A client that builds its own, or guesses
// from another, gets 404; only what was handed out leads somewhere.
import { createHash } from 'node:crypto';

export interface Target {
  readonly what:
    | 'search'
    | 'preferences'
    | 'view'
    | 'tree'
    | 'calendar'
    | 'events'
    | 'grant'
    | 'inbox'
    | 'inboxPage'
    | 'organisations'
    | 'whole';
  readonly patient?: number;
  /** Of the grant, or the page's number. */
  readonly id?: number;
}

export interface Links {
  /** Hands out the address of something. Equal targets have equal addresses. */
  to(target: Target): { readonly href: string };
  at(path: string): Target | undefined;
  /** All addresses handed out so far lead nowhere from now on. */
  expire(): void;
}

/** @param absolute Nexus writes some links with and some without the host */
export const createLinks = (prefix: string, absolute: () => string): Links => {
  const known = new Map<string, Target>();
  let generation = 0;
  return {
    to(target) {
      const slug = createHash('sha256')
        .update(`${generation} ${target.what} ${target.patient ?? ''} ${target.id ?? ''}`)
        .digest('hex')
        .slice(0, 24);
      const path = `${prefix}${target.what}/${slug}`;
      known.set(path, target);
      return { href: target.what === 'grant' ? path : `${absolute()}${path}` };
    },
    at: (path) => known.get(path),
    expire() {
      generation += 1;
      known.clear();
    },
  };
};
