// Asks the hub: the token is got anew for every load and once more after a 401, answers are held against their tag and
// kept in memory alone, and what goes wrong has one of six names.

export class HubFailure extends Error {
  constructor(kind, status) {
    super(kind);
    this.kind = kind;
    this.status = status;
  }
}

const kindOf = (status) =>
  ({ 400: 'invalid', 401: 'expired', 403: 'refused', 404: 'hidden', 429: 'slow' })[status] ?? 'unreachable';

/** `momentum=fresh;2026-11-21T18:00:00.000Z, sensum=unknown`: a 304 says how old its sources are in a header alone. */
const withFreshness = (answer, header) => {
  const now = new Map(
    (header ?? '').split(', ').map((part) => {
      const [id, rest = ''] = part.split('=');
      const [state, syncedAt] = rest.split(';');
      return [id, { state, ...(syncedAt === undefined ? {} : { syncedAt }) }];
    }),
  );
  return { ...answer, sources: answer.sources.map((source) => ({ ...source, ...now.get(source.id) })) };
};

/** @param access gives the base address, the purpose and a fresh token each time it is asked */
export const hubClient = (access) => {
  const kept = new Map();
  let token;
  const ask = async (path, signal) => {
    const { hub, purpose } = access;
    const known = kept.get(path);
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    if (purpose !== undefined) headers['x-purpose'] = purpose;
    if (known?.tag !== undefined) headers['if-none-match'] = known.tag;
    try {
      return await fetch(new URL(path, hub), {
        headers,
        signal,
        cache: 'no-store',
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
      });
    } catch (error) {
      throw signal.aborted ? error : new HubFailure('unreachable', 0);
    }
  };
  const renewed = async (expired) => {
    try {
      const next = await access.token(expired);
      if (typeof next === 'string' && next !== '') return next;
    } catch {
      // The host could not get one: for the reader that is an access that ended.
    }
    throw new HubFailure('expired', 401);
  };
  let renewing;
  return {
    /** Before a load: a fresh token, and no renewal used yet. */
    async begin() {
      renewing = undefined;
      token = await renewed(false);
    },
    /** @returns the answer, and whether it is another one than last time */
    async get(path, signal) {
      const used = token;
      let answer = await ask(path, signal);
      if (answer.status === 401 && access.renews) {
        // Several questions may fail at once; one renewal serves all of them, and there is no second.
        renewing ??= renewed(true);
        token = await renewing;
        answer = token === used ? answer : await ask(path, signal);
      }
      const known = kept.get(path);
      if (answer.status === 304 && known !== undefined) {
        const value = withFreshness(known.value, answer.headers.get('samspil-sources'));
        return { value, changed: JSON.stringify(value.sources) !== JSON.stringify(known.value.sources) };
      }
      if (!answer.ok) {
        kept.delete(path);
        throw new HubFailure(kindOf(answer.status), answer.status);
      }
      const value = await answer.json();
      kept.set(path, { value, tag: answer.headers.get('etag') ?? undefined });
      return { value, changed: true };
    },
    forget: () => {
      kept.clear();
      token = undefined;
    },
  };
};
