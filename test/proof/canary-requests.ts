// Requests that hold the canary where it does not belong: numbers in addresses, names in fields, malformed bodies, keys
// that are data, headers. Every answer to them must say what is wrong without saying it again.
import type { InjectOptions } from 'fastify';
import type { SignOptions } from '../sandbox/issuer.ts';
import type { PersonaId } from '../sandbox/personas.ts';
import { enrolled, stranger } from './canary-marks.ts';

export interface Asking {
  readonly name: string;
  readonly persona: PersonaId;
  readonly request: InjectOptions;
  readonly options?: SignOptions;
}

const name = `${enrolled.given} ${enrolled.family}`;
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
const inUrl = encodeURIComponent(`${name} ${enrolled.cpr}`);

export const requestsWith = (citizen: string): readonly Asking[] => {
  const asked: Asking[] = [];
  const scope = 'plan.read comments.write consents.write enrolments.write log.read changes.read';
  const add = (what: string, persona: PersonaId, request: InjectOptions, options: SignOptions = {}): void => {
    asked.push({ name: what, persona, request, options: { claims: { scope }, ...options } });
  };
  const post = (url: string, payload: string | object, headers: Record<string, string> = {}): InjectOptions => ({
    method: 'POST',
    url,
    payload,
    headers: { 'content-type': 'application/json', ...headers },
  });
  for (const persona of ['caseworker-social', 'nurse-health', 'private-provider'] as const)
    for (const cpr of [enrolled.cpr, stranger.cpr, `${enrolled.cpr.slice(0, 6)}-${enrolled.cpr.slice(6)}`])
      add(`look-up by ${persona}`, persona, post('/v1/citizens/lookup', { cpr }));
  for (const body of [
    `{"cpr":"${enrolled.cpr}"`,
    `"${enrolled.cpr}"`,
    `{"cpr":["${enrolled.cpr}"]}`,
    `{"cpr":"${enrolled.cpr}","${enrolled.cpr}":"${name}"}`,
    `{"${enrolled.cpr} ${name}":{"__proto__":"${name}"}}`,
    `{"cpr":"${enrolled.cpr}${name}"}`,
    `cpr=${enrolled.cpr}`,
  ]) {
    add('look-up with a bad body', 'caseworker-social', post('/v1/citizens/lookup', body));
    add('enrolment with a bad body', 'caseworker-social', post('/v1/enrolments', body));
    add('consent with a bad body', 'citizen', post(`/v1/citizens/${citizen}/consents`, body), { citizen });
    add('comment with a bad body', 'citizen', post(`/v1/citizens/${citizen}/comments`, body), { citizen });
    add('withdrawal with a bad body', 'citizen', post(`/v1/consents/${citizen}/withdraw`, body), { citizen });
  }
  const odd = { decision: 'refuse', recipient: 'unit:x', [enrolled.cpr]: name };
  add('a consent with an odd field', 'citizen', post(`/v1/citizens/${citizen}/consents`, odd), { citizen });
  add(
    'a consent with a name as field',
    'citizen',
    post(`/v1/citizens/${citizen}/consents`, { decision: 'refuse', [name]: 1 }),
    { citizen },
  );
  const words = { text: `${name} ${enrolled.cpr} har ${enrolled.text}` };
  const key = { 'idempotency-key': 'one' };
  for (const again of ['a comment', 'the same comment'])
    add(again, 'caseworker-social', post(`/v1/citizens/${citizen}/comments`, words, key));
  add('a comment for no unit', 'citizen', post(`/v1/citizens/${citizen}/comments`, { ...words, unit: name }), {
    citizen,
  });
  const rated = { influence: 4, cooperation: 3, direction: 4, comment: words.text };
  add('a rating', 'citizen', post(`/v1/citizens/${citizen}/ratings`, rated), { citizen });
  add('a rating of a name', 'citizen', post(`/v1/citizens/${citizen}/ratings`, { ...rated, influence: name }), {
    citizen,
  });
  const agreed = { text: words.text, responsible: name, meeting: enrolled.cpr };
  add('an agreement at no meeting', 'citizen', post(`/v1/citizens/${citizen}/agreements`, agreed), { citizen });
  const convened = {
    title: words.text,
    start: '2090-01-01T10:00:00Z',
    end: name,
    location: name,
    participants: [{ name, role: enrolled.cpr, recipient: 'person:egevang-kana' }],
    agenda: [{ text: words.text, record: enrolled.cpr }],
  };
  const near = { ...convened, start: inDays(9), end: inDays(9.1), agenda: [{ text: words.text }] };
  for (const [what, body] of [
    ['a meeting at no time', convened],
    ['a meeting', near],
    ['a meeting with an odd field', { ...near, [name]: enrolled.cpr }],
    ['a meeting for a purpose', { ...near, purposes: [name] }],
  ] as const)
    add(what, 'caseworker-social', post(`/v1/citizens/${citizen}/meetings`, body));
  add('an answer to none', 'citizen', post(`/v1/citizens/${citizen}/meetings/${inUrl}/answer`, { answer: name }), {
    citizen,
  });
  add('an agenda', 'caseworker-social', { url: `/v1/citizens/${citizen}/meetings/agenda?at=${inUrl}` });
  const appointed = { person: name, name, phone: enrolled.cpr, from: enrolled.cpr };
  for (const body of [appointed, { ...appointed, from: undefined }])
    add('a coordinating contact', 'caseworker-social', post(`/v1/citizens/${citizen}/coordinator`, body));
  add('a reference', 'caseworker-social', post(`/v1/journalising/${inUrl}/confirm`, { journalReference: name }));
  add('a unit’s list', 'caseworker-social', { url: `/v1/journalising?unit=${inUrl}` });
  const form = { 'content-type': `application/${enrolled.cpr}` };
  add('a media type', 'caseworker-social', post('/v1/citizens/lookup', `cpr=${enrolled.cpr}`, form));
  for (const url of [
    `/v1/citizens/${enrolled.cpr}/plan`,
    `/v1/citizens/${inUrl}/consents`,
    `/v1/citizens?after=${inUrl}`,
    `/v1/citizens?limit=${enrolled.cpr}`,
    `/v1/citizens/${citizen}/plan?fields=${inUrl}`,
    `/v1/citizens/${citizen}/plan?fields=plans(${enrolled.cpr})`,
    `/v1/citizens/${citizen}/access-log?after=${inUrl}`,
    `/v1/changes?after=${inUrl}`,
    `/v1/${enrolled.cpr}/${inUrl}`,
    `/%${enrolled.cpr}`,
    `/docs/${enrolled.cpr}`,
  ])
    add('an address', url.includes('changes') ? 'consumer-system' : 'caseworker-social', { url });
  for (const header of ['x-purpose', 'if-none-match', 'idempotency-key', 'x-correlation-id', 'x-request-id', 'accept'])
    for (const value of [enrolled.cpr, name])
      add(`the header ${header}`, 'caseworker-social', {
        url: `/v1/citizens/${citizen}/plan?fields=goals(status)`,
        headers: { [header]: value },
      });
  add('a token', 'caseworker-social', {
    url: '/v1/citizens',
    headers: { authorization: `Bearer ${enrolled.cpr}${enrolled.cpr}` },
  });
  add('the citizen’s own log-in', 'citizen', { url: '/v1/citizens' }, { cpr: enrolled.cpr });
  add('a purpose claim', 'caseworker-social', { url: '/v1/citizens' }, { purpose: name });
  add(
    'an enrolled number again',
    'caseworker-social',
    post('/v1/enrolments', { cpr: enrolled.cpr, basis: 'lab-40-3' }),
  );
  add('an unknown basis', 'caseworker-social', post('/v1/enrolments', { cpr: enrolled.cpr, basis: enrolled.cpr }));
  add(
    'an unknown recipient',
    'citizen',
    post(`/v1/citizens/${citizen}/consents`, { decision: 'grant', recipient: name }),
    {
      citizen,
    },
  );
  return asked;
};
