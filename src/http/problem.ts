// The one place that turns errors into RFC 9457 answers. Only our own safe messages leave; anything foreign becomes
// "unexpected". A 404 is always the same text: unknown and not visible cannot be told apart.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, HubError } from '../errors.ts';
import { failureOf } from '../feed/failure.ts';

interface ProblemKind {
  readonly status: number;
  readonly name: string;
  readonly title: string;
}

const unavailable: ProblemKind = { status: 503, name: 'unavailable', title: 'Not available now' };
const kinds: Partial<Record<ErrorCode, ProblemKind>> = {
  'request/invalid': { status: 400, name: 'invalid-request', title: 'The request is not valid' },
  'request/unauthorised': { status: 401, name: 'unauthorised', title: 'Who asks is not known' },
  'request/forbidden': { status: 403, name: 'forbidden', title: 'Not allowed to this caller' },
  'request/not-found': { status: 404, name: 'not-found', title: 'Not found' },
  'request/conflict': { status: 409, name: 'conflict', title: 'In conflict with what is there' },
  'request/gone': { status: 410, name: 'gone', title: 'Gone' },
  'request/too-large': { status: 413, name: 'too-large', title: 'The request is too large' },
  'request/media-type': { status: 415, name: 'media-type', title: 'The content type is not understood' },
  'request/unprocessable': { status: 422, name: 'unprocessable', title: 'Understood, but not possible' },
  'request/too-many': { status: 429, name: 'too-many-requests', title: 'Too many requests' },
  'log/unwritable': unavailable,
  'store/unavailable': unavailable,
  'source/unreachable': unavailable,
};
const unexpected: ProblemKind = { status: 500, name: 'unexpected', title: 'An unexpected error occurred' };
const notFoundDetail = 'Unknown or not visible.';

/** Fastify's own refusals, by its stable codes. */
const foreign: Readonly<Record<string, { readonly code: ErrorCode; readonly message: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'request/too-large', message: 'The body is larger than this address takes.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'request/media-type',
    message: 'The content type is not one this address takes.',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'request/invalid', message: 'The body is empty.' },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: 'request/invalid', message: 'The body is not JSON.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { code: 'request/invalid', message: 'The body’s length is wrong.' },
  FST_ERR_BAD_URL: { code: 'request/invalid', message: 'The address is not valid.' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'request/not-found', message: notFoundDetail },
  FST_CSRF_MISSING_SECRET: {
    code: 'request/forbidden',
    message: 'The form does not come from a page of this browser.',
  },
  FST_CSRF_INVALID_TOKEN: { code: 'request/forbidden', message: 'The form does not come from a page of this session.' },
  FST_ERR_HANDLER_TIMEOUT: { code: 'store/unavailable', message: 'The answer took too long.' },
};

export const asOurs = (error: unknown): HubError => {
  const { code } = error as Partial<FastifyError>;
  const known = typeof code === 'string' ? foreign[code] : undefined;
  if (known !== undefined) return new HubError({ ...known, fault: 'config' });
  // JSON.parse failures and prototype poisoning come as plain 400s.
  if (!(error instanceof HubError) && (error as Partial<FastifyError>).statusCode === 400)
    return new HubError({ code: 'request/invalid', fault: 'config', message: 'The body is not JSON.' });
  return failureOf(error);
};

export interface Problem {
  readonly status: number;
  readonly body: string;
  readonly retryAfterSeconds?: number;
}

export const problemOf = (thrown: unknown): Problem => {
  const error = asOurs(thrown);
  const kind = kinds[error.code] ?? unexpected;
  const said = kind !== unexpected;
  // What the database or an issuer said is the operator's business; it is in the hub's own log.
  const detail = { 404: notFoundDetail, 503: 'Try again in a moment.' }[kind.status] ?? error.message;
  const spoken = kind.status !== 404 && kind.status !== 503;
  const body = JSON.stringify({
    type: `urn:samspil:problem:${kind.name}`,
    title: kind.title,
    status: kind.status,
    ...(said ? { detail } : {}),
    ...(said && spoken && error.hint !== undefined ? { hint: error.hint } : {}),
    ...(said && spoken && error.path !== undefined ? { errors: [{ path: error.path, message: error.message }] } : {}),
  });
  const wait = kind.status === 503 || kind.status === 429 ? Math.ceil((error.retryAfterMs ?? 5000) / 1000) : undefined;
  return { status: kind.status, body, ...(wait === undefined ? {} : { retryAfterSeconds: wait }) };
};

/** FHIR's codes of issues, by status. */
const issueTypes: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'login',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  429: 'throttled',
  503: 'transient',
};

/** The same as FHIR clients want to read it. */
const outcomeOf = ({ status, body }: Problem): string => {
  const { title, detail, errors } = JSON.parse(body) as {
    readonly title: string;
    readonly detail?: string;
    readonly errors?: readonly { readonly path: string }[];
  };
  const expression = errors?.map(({ path }) => path);
  return JSON.stringify({
    resourceType: 'OperationOutcome',
    issue: [
      {
        severity: status >= 500 ? 'fatal' : 'error',
        code: issueTypes[status] ?? 'processing',
        details: { text: title },
        ...(detail === undefined ? {} : { diagnostics: detail }),
        ...(expression === undefined ? {} : { expression }),
      },
    ],
  });
};

export const sendProblem = (reply: FastifyReply, thrown: unknown): FastifyReply => {
  const problem = problemOf(thrown);
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  if (problem.retryAfterSeconds !== undefined) reply.header('retry-after', String(problem.retryAfterSeconds));
  const fhir = reply.request.routeOptions.url?.startsWith('/fhir/') === true;
  return reply
    .code(problem.status)
    .header('content-type', `application/${fhir ? 'fhir' : 'problem'}+json; charset=utf-8`)
    .header('cache-control', 'no-store')
    .send(fhir ? outcomeOf(problem) : problem.body);
};

export const notFound = (_request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  sendProblem(reply, new HubError({ code: 'request/not-found', fault: 'config', message: notFoundDetail }));
