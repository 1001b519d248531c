// What the hub refused, as RFC 9457 says it (FHIR addresses say it as an OperationOutcome). The type is stable and can be
// decided on; title and detail are for people. Nothing in it is about a citizen.

export type ProblemType =
  | 'invalid-request'
  | 'unauthorised'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'gone'
  | 'too-large'
  | 'media-type'
  | 'unprocessable'
  | 'too-many-requests'
  | 'unavailable'
  | 'unexpected'
  /** One this client does not know yet: new ones may come. */
  | 'other';

const byStatus: Readonly<Record<number, ProblemType>> = {
  400: 'invalid-request',
  401: 'unauthorised',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  410: 'gone',
  413: 'too-large',
  415: 'media-type',
  422: 'unprocessable',
  429: 'too-many-requests',
  500: 'unexpected',
  503: 'unavailable',
};

export interface ProblemFields {
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
  readonly hint?: string;
  /** Which field or parameter, and what is wrong with it. */
  readonly errors: readonly { readonly path: string; readonly message: string }[];
  /** Names the exchange in the hub's log: give it to its operators. */
  readonly correlation?: string;
  /** How long the hub asks to be left alone. */
  readonly retryAfterMs?: number;
}

export class HubProblem extends Error {
  readonly type: ProblemType;
  readonly fields: ProblemFields;

  constructor(type: ProblemType, fields: ProblemFields) {
    super(fields.detail === undefined ? fields.title : `${fields.title}: ${fields.detail}`);
    this.name = 'HubProblem';
    this.type = type;
    this.fields = fields;
  }

  get status(): number {
    return this.fields.status;
  }
}

const known = new Set<string>(Object.values(byStatus));

/** `Retry-After` as milliseconds: seconds, or a date. */
export const retryAfterOf = (headers: Headers, now: number = Date.now()): number | undefined => {
  const said = headers.get('retry-after');
  if (said === null) return undefined;
  if (/^\d+$/.test(said)) return Number(said) * 1000;
  const at = Date.parse(said);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
};

interface Said {
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly errors?: ProblemFields['errors'];
  readonly issue?: readonly {
    readonly diagnostics?: string;
    readonly details?: { readonly text?: string };
    readonly expression?: readonly string[];
  }[];
}

const read = async (response: Response): Promise<Said> => {
  try {
    const said: unknown = JSON.parse(await response.text());
    return typeof said === 'object' && said !== null ? (said as Said) : {};
  } catch {
    // A proxy in between may answer in its own words.
    return {};
  }
};

/** The problem an answer tells of. */
export const problemOf = async (response: Response): Promise<HubProblem> => {
  const { type, title, detail, hint, errors, issue } = await read(response);
  const name = type?.replace('urn:samspil:problem:', '') ?? byStatus[response.status] ?? 'other';
  const [first] = issue ?? [];
  const diagnostics = detail ?? first?.diagnostics;
  const correlation = response.headers.get('x-correlation-id');
  const retryAfterMs = retryAfterOf(response.headers);
  const fhirErrors = first?.expression?.map((path) => ({ path, message: first.diagnostics ?? '' }));
  return new HubProblem(known.has(name) ? (name as ProblemType) : 'other', {
    status: response.status,
    title: title ?? first?.details?.text ?? `The hub answered ${response.status}`,
    errors: errors ?? fhirErrors ?? [],
    ...(diagnostics === undefined ? {} : { detail: diagnostics }),
    ...(hint === undefined ? {} : { hint }),
    ...(correlation === null ? {} : { correlation }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
};
