// An address that a source gave is followed on the source's own host only: credentials would go along.
import { badAnswer } from './listing.ts';

/** `link` as an absolute address, seen from the address that was asked. @throws when it leads elsewhere */
export const sameHost = (link: string, from: string): string => {
  const url = URL.parse(link, from);
  if (url === null || url.origin !== new URL(from).origin)
    throw badAnswer(
      'An address that the source gave leads to another host than `baseUrl`; it was not followed.',
      'Set `baseUrl` to the address the source itself uses; of a list, or choose another way of paging.',
    );
  return url.href;
};
