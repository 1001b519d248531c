// Everything one reader can ask, in the order a curious one would ask it: numbers, the list page by page, each citizen's
// pages, tags, what is said about records and consents they cannot see, and addresses that are none.
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { meetingRequests } from './hidden-meetings.ts';
import { powerOf, proposalOf } from './hidden-said.ts';
import { commentOf } from './hidden-words.ts';
import { uuidOf } from './hidden-world.ts';

export interface Asked {
  readonly name: string;
  readonly answer: LightMyRequestResponse;
}
type Ask = (request: InjectOptions) => Promise<LightMyRequestResponse>;

const post = (url: string, payload: object, headers: Record<string, string> = {}): InjectOptions => ({
  method: 'POST',
  url,
  payload,
  headers,
});

async function* pages(ask: Ask): AsyncGenerator<Asked> {
  let after = '';
  for (;;) {
    const answer = await ask({ url: `/v1/citizens?limit=1${after}` });
    yield { name: `citizens${after}`, answer };
    const { more, next } = answer.statusCode === 200 ? answer.json() : {};
    if (more !== true) return;
    after = `&after=${next}`;
  }
}

/** The change feed from its snapshot to its end, some pages read twice, and what was told confirmed. */
async function* changes(ask: Ask): AsyncGenerator<Asked> {
  let after = '';
  for (let n = 0; n < 40; n += 1) {
    const answer = await ask({ url: `/v1/changes?limit=2${after}` });
    yield { name: `changes ${n}`, answer };
    if (answer.statusCode !== 200) break;
    const { more, cursor } = answer.json();
    if (n % 3 === 1) yield { name: `changes ${n} again`, answer: await ask({ url: `/v1/changes?limit=2${after}` }) };
    after = `&after=${cursor}`;
    if (more !== true) {
      yield { name: 'confirm', answer: await ask(post('/v1/changes/confirm', { purged: cursor })) };
      yield { name: 'changes at the end', answer: await ask({ url: `/v1/changes?limit=2${after}` }) };
      break;
    }
  }
  yield { name: 'a cursor that is none', answer: await ask({ url: '/v1/changes?after=none' }) };
  for (const fields of ['plans(title),links', 'citizen(name),goals', 'contacts(secret)'])
    yield { name: `changes ${fields}`, answer: await ask({ url: `/v1/changes?fields=${fields}` }) };
}

/** Webhooks: none of them calls anybody from here, and there is nothing in them to hide but what they lead to. */
async function* subscriptions(ask: Ask): AsyncGenerator<Asked> {
  const at = `/v1/subscriptions/${uuidOf(9, 8)}`;
  for (const [name, request] of [
    ['subscriptions', { url: '/v1/subscriptions' }],
    ['subscribe inside', post('/v1/subscriptions', { url: 'https://localhost/' })],
    ['no subscription', { url: at }],
    ['deliveries of none', { url: `${at}/deliveries?limit=2` }],
    ['verify none', post(`${at}/verify`, {})],
    ['rotate none', post(`${at}/rotate`, {})],
    ['resend of none', post(`${at}/resend`, { from: '2026-01-01T00:00:00Z' })],
    ['delete none', { method: 'DELETE', url: at }],
  ] as const)
    yield { name, answer: await ask(request) };
}

/** What a curious reader would say, about what is there, hidden, or none. */
async function* words(at: string, id: string, ask: Ask): AsyncGenerator<Asked> {
  const said = async (name: string, path: string, body: object): Promise<Asked> => ({
    name: `${name} ${id}`,
    answer: await ask(post(`${at}/${path}`, body)),
  });
  const agreed = { text: 'Aftalt', responsible: 'Jobcenteret' };
  for (const n of [0, 1, 4, 13]) {
    const record = uuidOf(1, n);
    yield said(`comment on ${n}`, 'comments', { text: 'Hvad nu?', about: record, unit: 'jobcenter' });
    yield said(`agreement at ${n}`, 'agreements', { ...agreed, meeting: record, unit: 'jobcenter' });
    yield said(`request about ${n}`, 'requests', { what: 'Mere', why: 'Derfor', about: record });
  }
  for (const n of [0, 1, 2]) {
    const comment = commentOf(n);
    yield said(`answer to ${n}`, 'comments', { text: 'Enig', replyTo: comment });
    yield said(`edit ${n}`, `comments/${comment}`, { text: 'Rettet' });
    yield said(`answer request ${n}`, `requests/${comment}/answer`, { outcome: 'accepted', answer: 'Ja' });
    yield said(`change agreement ${n}`, `agreements/${comment}`, { status: 'completed' });
    yield said(`withdraw ${n}`, `comments/${comment}/withdraw`, {});
  }
  for (const influence of [4, 6])
    yield said(`rate ${influence}`, 'ratings', { influence, cooperation: 3, direction: 4, comment: 'Det går' });
  yield said('withdraw a rating', `ratings/${uuidOf(1, 0)}/withdraw`, {});
  yield { name: `comments of ${id}`, answer: await ask({ url: `${at}/comments` }) };
  for (const [name, request] of meetingRequests(at)) yield { name: `${name} ${id}`, answer: await ask(request) };
}

async function* aboutCitizen(id: string, ask: Ask): AsyncGenerator<Asked> {
  const at = `/v1/citizens/${id}`;
  const named = async (name: string, request: InjectOptions): Promise<Asked> => ({
    name: `${name} ${id}`,
    answer: await ask(request),
  });
  const plan = await named('plan', { url: `${at}/plan` });
  yield plan;
  const tag = plan.answer.headers.etag;
  const headers = { 'if-none-match': typeof tag === 'string' ? tag : 'W/"none"' };
  yield named('plan again', { url: `${at}/plan`, headers });
  yield named('plan if there', { url: `${at}/plan`, headers: { 'if-none-match': '*' } });
  yield named('plan upper case', { url: `/v1/citizens/${id.toUpperCase()}/plan` });
  for (const fields of [
    'plans(title),links',
    'citizen,interventions(title,period)',
    'citizen(cpr)',
    'contacts(secret)',
  ])
    yield named(fields, { url: `${at}/plan?fields=${fields}` });
  yield named('no purpose', { url: `${at}/plan`, headers: { 'x-purpose': 'none-such' } });
  for (const path of [
    'consents',
    'sharing',
    'access-log?limit=2',
    'access-log',
    'access-log/export',
    'access-log/export?format=csv',
    'access-log/readers',
    'enrolments',
    'representations',
    'comments',
    'ratings',
    'consent-proposals',
    'meetings',
    'meetings/agenda',
    'coordinator',
    'calendar',
    'calendar.ics',
    'calendar-links',
    'timeline',
    'timeline?limit=2',
    'emergency-access',
    'explain',
    'explain?limit=1',
    'explain?reader=x',
    'overlaps',
    'calendar?from=2026-01-01&to=2026-12-31',
    'nowhere',
  ])
    yield named(path, { url: `${at}/${path}` });
  for (const path of ['', '/$everything', '/$everything?_count=2', '/$everything?_after=none'])
    yield named(`fhir${path}`, { url: `/fhir/Patient/${id}${path}` });
  for (const [n, key] of [
    [0, 'one'],
    [0, 'one'],
    [5, 'two'],
    [13, 'three'],
  ] as const) {
    const body = { decision: 'refuse', recipient: 'person:nobody', record: uuidOf(1, n), evidence: 'Journal 1' };
    yield named(`refuse record ${n}`, post(`${at}/consents`, body, { 'idempotency-key': `${id} ${key}` }));
  }
  const asking = { for: 'person', domains: ['health'], why: 'For at hjælpe' };
  yield named('ask for consent', post(`${at}/consent-proposals`, asking));
  yield named('ask badly', post(`${at}/consent-proposals`, { ...asking, for: 'somebody' }));
  for (const place of [0, 1]) {
    const proposal = `${at}/consent-proposals/${proposalOf(place)}`;
    yield named(`confirm ${place}`, post(`${proposal}/confirm`, { evidence: 'Journal 1' }));
    yield named(`dismiss ${place}`, post(`${proposal}/dismiss`, {}));
    yield named(`take back ${place}`, post(`${proposal}/withdraw`, {}));
  }
  const grant = { decision: 'grant', recipient: 'person:nobody', domains: ['employment'] };
  for (const acts of [{ say: [grant] }, { withdraw: [uuidOf(2, 0)] }, { say: [{ ...grant, record: uuidOf(1, 1) }] }])
    yield named(`preview ${Object.keys(acts)}`, post(`${at}/consents/preview`, acts));
  const guardian = { type: 'guardian', form: '5', domains: ['social'], cpr: '0302503333', evidence: 'Journal 1' };
  yield named('guardian', post(`${at}/representations`, guardian));
  yield named('guardian badly', post(`${at}/representations`, { ...guardian, form: '9' }));
  yield* words(at, id, ask);
  yield named('grant badly', post(`${at}/consents`, { decision: 'grant', recipient: 7 }));
}

/** In order; each answer may decide what is asked next. */
export async function* requestsOf(
  cprs: readonly string[],
  citizens: readonly string[],
  ask: Ask,
): AsyncGenerator<Asked> {
  for (const cpr of [...cprs, '0502503333', '050250'])
    yield { name: `lookup ${cpr}`, answer: await ask(post('/v1/citizens/lookup', { cpr })) };
  yield* pages(ask);
  yield { name: 'citizens', answer: await ask({ url: '/v1/citizens' }) };
  yield { name: 'citizens by name', answer: await ask({ url: '/v1/citizens?fields=name,age' }) };
  for (const id of [...citizens, uuidOf(9, 9)]) {
    yield* aboutCitizen(id, ask);
    yield { name: `citizens after ${id}`, answer: await ask({ url: `/v1/citizens?after=${id}` }) };
  }
  yield* changes(ask);
  yield* subscriptions(ask);
  for (const n of [0, 1, 2, 3])
    yield {
      name: `withdraw ${n}`,
      answer: await ask(post(`/v1/consents/${uuidOf(2, n)}/withdraw`, { evidence: 'Journal 1' })),
    };
  for (const n of [0, 1, 2, 3]) {
    const receipt = `/v1/consents/${uuidOf(2, n)}/receipt`;
    yield { name: `receipt ${n}`, answer: await ask({ url: receipt }) };
    yield { name: `receipt ${n} of 1`, answer: await ask({ url: `${receipt}?version=1` }) };
    const end = post(`/v1/representations/${powerOf(n)}/end`, { evidence: 'Journal 1' });
    yield { name: `end ${n}`, answer: await ask(end) };
  }
  for (const url of ['', '?limit=2', '?unit=jobcenter', '?late=yes', '?fields=cpr', `?after=${uuidOf(1, 0)}`])
    yield { name: `journalising${url}`, answer: await ask({ url: `/v1/journalising${url}` }) };
  yield { name: 'requests', answer: await ask({ url: '/v1/requests' }) };
  for (const path of ['confirm', 'release'])
    yield {
      name: path,
      answer: await ask(post(`/v1/journalising/${uuidOf(1, 0)}/${path}`, { journalReference: '1' })),
    };
  for (const url of [
    '/v1/sources',
    '/v1/access-log',
    `/v1/access-log/${uuidOf(1, 0)}`,
    '/v1/nowhere',
    '/v1/citizens/none/plan',
    '/v1/citizens?limit=0',
  ])
    yield { name: url, answer: await ask({ url }) };
  for (const cpr of cprs)
    yield {
      name: `emergency ${cpr}`,
      answer: await ask(post('/v1/emergency-access', { cpr, reason: 'Faldet hjemme i dag' })),
    };
  // Last, because it makes citizens known: enrolling is answered alike whether the number was known or not.
  for (const cpr of cprs)
    yield { name: `enrol ${cpr}`, answer: await ask(post('/v1/enrolments', { cpr, basis: 'lab-40-3' })) };
}
