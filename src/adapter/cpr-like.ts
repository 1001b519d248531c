// Whether a text may be a CPR: what may be one goes into no address. Day + 60 is a replacement number's.

export const looksLikeCpr = (text: string): boolean =>
  /^(0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])(0[1-9]|1[0-2])\d{2}-?[A-Za-z0-9]{4}$/.test(text.trim());
