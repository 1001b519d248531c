// A browser without a screen: keeps cookies as one does, follows redirects when told to, and signs in on the sandbox
// provider's page by choosing a person. For tests of pages over real HTTP.
interface Kept {
  readonly value: string;
  readonly attributes: string;
}

export interface Browser {
  readonly baseUrl: string;
  /** Name → value with the attributes it was set with. */
  readonly cookies: Map<string, Kept>;
  /** As a browser sends it. */
  cookieHeader(): string;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** A form of our own page, unless the headers say otherwise; an empty one is not sent. */
  post(
    path: string,
    form: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Response>;
}

export const openBrowser = (baseUrl: string): Browser => {
  const cookies = new Map<string, Kept>();
  const cookieHeader = (): string => [...cookies].map(([name, { value }]) => `${name}=${value}`).join('; ');
  const send = async (path: string, init: RequestInit & { readonly headers: Record<string, string> }) => {
    const answer = await fetch(new URL(path, baseUrl), {
      redirect: 'manual',
      ...init,
      headers: { accept: 'text/html', ...(cookies.size === 0 ? {} : { cookie: cookieHeader() }), ...init.headers },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = '', attributes = ''] = /^([^=]+)=([^;]*);?\s*(.*)$/.exec(line) ?? [];
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(attributes)) cookies.delete(name);
      else cookies.set(name, { value, attributes });
    }
    return answer;
  };
  return {
    baseUrl,
    cookies,
    cookieHeader,
    get: (path, headers = {}) => send(path, { headers }),
    post: (path, form, headers = {}) =>
      send(path, {
        method: 'POST',
        body: new URLSearchParams(form).toString(),
        headers: Object.fromEntries(
          Object.entries({
            'content-type': 'application/x-www-form-urlencoded',
            'sec-fetch-site': 'same-origin',
            origin: new URL(baseUrl).origin,
            ...headers,
          }).filter(([, value]) => value !== ''),
        ),
      }),
  };
};

/** Where an answer leads. */
export const locationOf = (answer: Response): string => {
  const location = answer.headers.get('location');
  if (location === null) throw new Error(`expected a redirect, got ${answer.status}`);
  return location;
};

/** Chooses a person on the provider's page. @returns the address the browser is sent back to */
export const choose = async (authorizeUrl: string, person: string): Promise<string> => {
  const page = await (await fetch(authorizeUrl)).text();
  const request = /name="request" value="([^"]+)"/.exec(page)?.[1];
  if (request === undefined) throw new Error('the provider shows no choice of persons');
  const chosen = await fetch(new URL('/choose', authorizeUrl), {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ request, person }),
  });
  return locationOf(chosen);
};

/** Signs the browser in. @returns where it ends up */
export const signInWith = async (browser: Browser, person: string, to = '/'): Promise<string> => {
  const begun = await browser.get(`/sign-in?to=${encodeURIComponent(to)}`);
  const back = new URL(await choose(locationOf(begun), person));
  const done = await browser.get(back.pathname + back.search);
  if (done.status !== 303) throw new Error(`the sign-in of ${person} was answered with ${done.status}`);
  return locationOf(done);
};

/** @returns the `Cookie` header of somebody who has signed in */
export const signIn = async (baseUrl: string, person: string): Promise<string> => {
  const browser = openBrowser(baseUrl);
  await signInWith(browser, person);
  return browser.cookieHeader();
};
