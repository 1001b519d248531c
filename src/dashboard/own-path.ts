// Which paths of ours somebody may be sent back to. Redirects lead there and nowhere else, whatever an address says.

/** Nobody's: a path that leads to another host does not stay on it. */
const nowhere = 'http://own.invalid';

/** A path of ours with its query, or the front page. */
export const ownPath = (wanted: unknown): string => {
  if (typeof wanted !== 'string' || wanted.length > 1000 || !wanted.startsWith('/')) return '/';
  const url = URL.parse(wanted, nowhere);
  if (url === null || url.origin !== nowhere || /^\/sign-(in|out)\b/.test(url.pathname)) return '/';
  // A path that begins with two slashes is an address of somebody else.
  return url.pathname.startsWith('//') ? '/' : url.pathname + url.search;
};
