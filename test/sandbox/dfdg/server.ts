// Det Fælles Datagrundlag on loopback: a scope per method, the number in a header that takes calendar days only, numeric
// errors with text that repeats what was asked, and the older SOAP service of Min Plan beside it.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { at, textAt } from '../../../src/adapter/soap.ts';
import { parseXml } from '../../../src/adapter/xml.ts';
import { createFaultSwitch, type FaultSwitch } from '../momentum/faults.ts';
import type { DfdgCitizen, DfdgData } from './data.ts';
import { myPlanAnswer, myPlanFault } from './my-plan.ts';

export const dfdgCredentials = { clientId: 'samspil-hub', clientSecret: 'sandbox-dfdg-secret' } as const;

export interface DfdgStub {
  readonly url: string;
  readonly tokenUrl: string;
  readonly soapUrl: string;
  readonly faults: FaultSwitch;
  /** Error numbers to answer instead, one per question, until it is empty. */
  readonly numbers: number[];
  readonly urls: readonly string[];
  /** Scopes tokens were asked for. */
  readonly scopes: readonly string[];
  close(): Promise<void>;
}

const methods: Readonly<Record<string, { readonly scope: string; readonly answer: (own: DfdgCitizen) => unknown }>> = {
  '/Kontaktforloeb.IndkaldelseService/v1/Indkaldelser': {
    scope: 'kontaktforloeb.indkaldelse.read',
    answer: ({ indkaldelser }) => ({ indkaldelser }),
  },
  '/Borgerindsats.AktivitetService/v1/Aktiviteter': {
    scope: 'borgerindsats.aktivitet.read',
    answer: ({ aktiviteter }) => ({ aktiviteter }),
  },
  '/Borgerindsats.RehabiliteringService/v1/Rehabiliteringsforloeb': {
    scope: 'borgerindsats.rehabilitering.read',
    answer: ({ rehabiliteringsforloeb }) => rehabiliteringsforloeb,
  },
  '/Borgerindsats.MinPlanService/v1/MinPlan': {
    scope: 'borgerindsats.minplan.read',
    answer: ({ minPlan }) => ({ minPlan: minPlan ?? null }),
  },
};
const calendarDay = /^(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d{6}$/;

interface Reply {
  readonly status: number;
  /** Text is XML. */
  readonly body: unknown;
}

const send = (response: ServerResponse, { status, body }: Reply): void => {
  const xml = typeof body === 'string';
  response.writeHead(status, { 'content-type': xml ? 'text/xml; charset=utf-8' : 'application/json; charset=utf-8' });
  response.end(xml ? body : JSON.stringify(body));
};

const textOf = (number: number, cpr: string): string =>
  number === 1010 ? `Unknown cpr ${cpr}` : number === 1001 ? `Invalid cpr ${cpr}` : `Error about ${cpr}`;

export const startDfdgStub = async (options: {
  readonly data: DfdgData;
  readonly latencyMs?: number;
}): Promise<DfdgStub> => {
  const faults = createFaultSwitch();
  const tokens = new Map<string, string>();
  const [urls, scopes, numbers]: [string[], string[], number[]] = [[], [], []];

  const rest = (request: IncomingMessage, path: string): Reply => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!tokens.has(token)) return { status: 401, body: { title: 'Unauthorized' } };
    if (path === '/Kontaktforloeb.IndkaldelseService/v1/Version') return { status: 200, body: { version: '2026-3' } };
    const method = methods[path];
    if (method === undefined) return { status: 404, body: { title: 'Not found' } };
    if (tokens.get(token) !== method.scope) return { status: 403, body: { title: 'Forbidden' } };
    const cpr = String(request.headers['x-civilregistrationidentifier'] ?? '');
    const number = numbers.shift() ?? (calendarDay.test(cpr) ? undefined : 1001);
    const own = number === undefined ? options.data.byCpr(cpr) : undefined;
    if (own !== undefined) return { status: 200, body: method.answer(own) };
    const said = number ?? 1010;
    return { status: said === 1014 ? 422 : 400, body: { fejl: { fejlnummer: said, fejltekst: textOf(said, cpr) } } };
  };

  const soap = (body: string): Reply => {
    const question = at(parseXml(body), 'Envelope', 'Body', 'GetCitizenDraftMyPlanRequest');
    const cpr = textAt(question, 'CivilRegistrationNumber') ?? '';
    const number = numbers.shift() ?? (calendarDay.test(cpr) ? undefined : 1001);
    const own = number === undefined ? options.data.byCpr(cpr) : undefined;
    return own === undefined
      ? { status: 500, body: myPlanFault(number ?? 1010, textOf(number ?? 1010, cpr)) }
      : { status: 200, body: myPlanAnswer(own) };
  };

  const grant = (form: URLSearchParams): Reply => {
    const { clientId, clientSecret } = dfdgCredentials;
    if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret)
      return { status: 401, body: { error: 'invalid_client' } };
    const [token, scope] = [randomUUID(), form.get('scope') ?? ''];
    scopes.push(scope);
    tokens.set(token, scope);
    return { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: 600 } };
  };

  /** Undefined: the connection is cut. */
  const reply = (request: IncomingMessage, path: string, body: string): Reply | undefined => {
    if (path === '/token') return grant(new URLSearchParams(body));
    const mode = faults.next();
    if (mode === 'down') return undefined;
    if (mode === 'error-500' || mode === 'error-504') return { status: mode === 'error-500' ? 500 : 504, body: {} };
    if (mode === 'garbage') return { status: 200, body: { hvad: 'ved jeg ikke' } };
    return path === '/soap/JobnetMyPlanService' ? soap(body) : rest(request, path);
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    if (urls.length < 100_000) urls.push(request.url ?? '');
    if (options.latencyMs) await new Promise((resolve) => setTimeout(resolve, options.latencyMs));
    const path = new URL(request.url ?? '/', 'http://dfdg.invalid').pathname;
    const answer = reply(request, path, body);
    if (answer === undefined) request.socket.destroy();
    else send(response, answer);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    tokenUrl: `${url}/token`,
    soapUrl: `${url}/soap/JobnetMyPlanService`,
    faults,
    numbers,
    urls,
    scopes,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
