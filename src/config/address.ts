// No address in the configuration holds a user name or a password: addresses are shown, recorded and logged, secrets are not.
import type { z } from 'zod';

const holding = /[a-z][a-z0-9+.-]*:\/\/[^\s/?#@]*@/i;

export const holdsUserinfo = (text: string): boolean => holding.test(text);

export const userinfoAdvice =
  'a user name or password stands in the address, where it would be shown: leave it out and use the setting for it, such as auth: { type: basic, … }, with the password from the environment';

/** One issue for each text, wherever it stands; never its value. */
export const refuseUserinfo = (
  value: unknown,
  context: z.core.$RefinementCtx,
  path: readonly PropertyKey[] = [],
): void => {
  if (typeof value === 'string' && holdsUserinfo(value))
    context.addIssue({ code: 'custom', path: [...path], message: userinfoAdvice });
  if (Array.isArray(value)) for (const [n, one] of value.entries()) refuseUserinfo(one, context, [...path, n]);
  else if (typeof value === 'object' && value !== null)
    for (const [name, one] of Object.entries(value)) refuseUserinfo(one, context, [...path, name]);
};
